// Package migrations brings a store of an older format to the current one
// (survey.CurrentFormat).
//
// It owns the list of what each format changed, and how far a store has come. It
// must not know how a store keeps its documents, nor any use case.
//
//  1. A migration is named by the format it leads to, and they run in order.
//  2. The store says that it is on its way before the first document changes, so
//     that an older program refuses it from then on, and that it has arrived after
//     the last one did.
//  3. A migration may be killed at any moment, and begun anew: what it has done
//     already it finds done. Two programs may do it at the same time.
package migrations
