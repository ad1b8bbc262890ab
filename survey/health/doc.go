// Package health says whether a server can do its work now: whether its store takes a
// write and is whole, whether its figures are loaded, and whether its clock can be
// believed.
//
//  1. Whether a store takes a write is found by a write. A full disk still answers every
//     question, and may have room for a small document in pages that are free: so a
//     commit that failed since the last look counts too.
//  2. Looking costs one small write every few seconds, however many ask.
//  3. No clock is right by itself. This machine's is held against the newest document
//     that is stored, and against a counter that nobody can set.
//
// It owns the look. It must not know HTTP, metrics or what documents mean; who shows
// what it finds asks Faults.
package health
