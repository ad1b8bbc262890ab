// Package boltfile reads the file of a bbolt database page by page, by code of its own.
//
// It owns the format of the file and nothing else: what a page holds, which pages are in
// use, and what can still be told of that where pages are damaged. It must not know what
// the buckets mean, write to a file, or use bbolt, which may panic on a page that makes
// no sense.
//
//  1. Every number that is read from a page is held against the page before it is used.
//  2. A file is never mapped: a page that cannot be read is an error, and no fault.
package boltfile
