// Package mirror keeps a copy of the signed log where the office that signs it cannot
// reach: at the Fatherland Front, a newspaper, a university.
//
// It owns the directory of a mirror and what a mirror refuses. It must not know where a
// log comes from (LogSource), nor any store.
//
//  1. A mirror takes a head only if it is signed by the key that it knows, and if the
//     records that it has are the first ones of the tree. So whoever has a mirror has
//     seen every head grow out of the one before.
//  2. A log that was rewritten, or is shorter than before, is refused for good. Both heads
//     are kept as evidence: two signatures of one key under trees that cannot both be
//     true.
//  3. A directory is whole after a kill at any moment: a file is written beside its place
//     and renamed, the records before the head. Records behind the head are not believed;
//     they are fetched again.
package mirror
