// Package licences holds what a binary of this product owes those whose code is in it:
// the notices of every module, word by word, and a list of them for programs.
//
// It must not know what any other package does. The notices are collected by
// "go generate", from the modules that the binary links; a test holds the file to them.
package licences

//go:generate go run collect.go
