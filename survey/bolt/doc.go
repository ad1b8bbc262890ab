// Package bolt keeps documents in one file with bbolt: the store of a single
// machine, and the default.
//
// It owns the file: its layout, its lock, how writes reach the disk, and the
// socket through which other processes of the machine use the store while one
// process has it open. It must not know what documents mean.
//
//  1. Each collection is a bucket; the key is the document's id, the value its
//     bytes. One bucket more says that the file is ours and in which format.
//  2. One goroutine writes. It commits whatever has queued as one transaction,
//     so that many writers share one wait for the disk. A caller hears about
//     its write only after the commit is on disk.
//  3. A reader copies a bounded piece inside a transaction and hands it out
//     after the transaction has ended. No code of a caller ever runs inside
//     one, so that a slow reader neither stops the writer nor keeps replaced
//     pages from being used again.
//  4. A replaced or deleted document leaves its bytes in a free page. Where that
//     must not be (survey.Erasable) the file says so until it is compacted: copied
//     page by page into a new one that takes its place, while the store works on.
//  5. Every document ends with a checksum, which is added when it is written and
//     taken off when it is read; a tally of each collection is committed with what
//     changes it. What does not fit is a *survey.Damage, and from then on the store
//     refuses to write: what it acknowledged might be lost with the rest.
package bolt
