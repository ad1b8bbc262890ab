// Package publication makes the fixed figures of an edition, and says what a figure means
// for a target.
//
// It owns which tables an edition holds (Divisions), what it hides over all of them and
// all earlier editions of its campaign together (Make), when a target is met and how
// firmly (Judge), and which response rates are told. It must not know who reads an
// edition or when one is published (package results), nor how its text is kept (package
// hailong/survey/editions): it is given the responses and the texts of earlier editions,
// and it gives figures that are written as JSON once and read as they were (Read).
//
// Two editions differ in every group that both show by nobody or by at least the
// threshold: of respondents (publication), and of who answered an item or factor
// (itemPublication). Where as many left as came, the people are others, and the group is
// treated as one that changed by few. For that an edition leaves behind how many were in
// its finest groups, and a sum over who they were (columns.Respondents), which is kept
// beside its text and shown to nobody (ReadEarlier). A group with the same people as
// before is known from before: it hides nothing beside another one.
package publication
