// Package codes writes and reads the codes that people type: of a point, of a slip,
// of a receipt.
//
// A code is characters of Crockford's base 32, which has none that are taken for
// another, and one check character, which finds each single wrong character and each
// swap of two. It is read as people type it: small letters, spaces and hyphens, O for
// 0, I and L for 1.
//
// It owns the alphabet, the check character, and how long each kind of code is. It
// must not know what a code is for, or the words in which a mistake is told; it
// imports nothing of ours.
package codes
