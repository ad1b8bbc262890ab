// Package tempdir makes temporary directories that do not outlive a killed process:
// what is left behind is removed by the next program that makes one beside it.
//
// It owns their names, their locks and what older versions left. It must not know what
// lies in them.
//
//  1. A directory is locked by the process that owns it, by a file beside it that is
//     locked before the directory is made. The system lets go of the lock when the
//     process ends, in whatever way. Whoever gets the lock may remove the directory.
//  2. Its name begins with a word of ours, and nothing else is ever removed.
//  3. It is open to its owner alone: it may hold a store in clear.
package tempdir
