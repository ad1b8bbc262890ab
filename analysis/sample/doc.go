// Package sample plans and draws samples: how many answers a margin of error
// takes, how they are spread over strata, and which rows of a frame are drawn.
//
// A draw is repeatable from its seed, here and in any other program that follows
// the description of Draw. What cannot be is analysis.ErrBadRequest. It must not
// know what the rows are.
package sample
