// Package traffic counts the submissions that come in, by point and by network, in
// windows of ten minutes, for all servers of an installation together.
//
//  1. A submission is refused only where so many endanger the server: its disk,
//     and the memory of its figures. Those limits are far above what people send,
//     and an office, a school or a whole mobile network may share one address.
//  2. What is merely more than people send from one network, at whatever points, is
//     stored, and marked as a flood (survey.DoubtFlood). Whether it counts is for
//     others to judge.
//  3. No address is stored, and none is counted by itself: a network is the first
//     24 bits of an IPv4 address, the first 48 and the first 64 of an IPv6
//     address, hashed with a key of the day that lies outside the store and is
//     destroyed when the day is over. Counts are deleted when their window is.
//  4. Nobody is exempt, this machine neither: before a server whose proxy it does
//     not know, everybody is this machine. Tests and tools that measure bring
//     their own Limits.
//
// Each server counts in memory and writes what may matter to the store every few
// seconds, in one document, so that a submission costs no further write. What
// the others counted is therefore known a few seconds late, and what a server
// counted in its last seconds is forgotten when it is killed. Limits of hundreds
// in minutes bear that.
//
// This package owns the counts. It must not know a response, nor who sent one.
package traffic
