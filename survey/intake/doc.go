// Package intake takes in one response: it finds the campaign that takes it,
// checks the answers, and stores it once, durably, before it is acknowledged.
//
// It owns the way in. It must not change or read a stored response, compute a
// figure, or know how the answer came over the network.
package intake
