// Package check looks through a whole store for damage: what a disk, memory, or
// somebody behind the program's back made of what was written.
//
// It owns what is looked at and how that is reported. It must not know how a store
// keeps its documents, which is for the store (Store.Check), nor mend anything.
//
//  1. A part that was not looked at is never reported as whole.
//  2. Where pages or documents are damaged, what would be read from them is not
//     looked at: it would be wrong for the same reason.
package check
