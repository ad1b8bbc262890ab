// Package editions keeps the text of what was published: the figures of an edition,
// written once as canonical JSON and found by its hash.
//
// Whoever holds the text can compute its hash and compare it with the one that was
// made public. The text is never written again, whatever is learnt afterwards; an
// edition that was wrong is withdrawn, and a later one takes its place (package
// campaigns decides when).
//
// It owns the document, its hash and its canonical form. It must not know what the
// figures are, who may see them (hailong/analysis/results), or when to publish.
package editions
