// Package storetest holds every implementation of survey.Store to the same
// suite, and starts the MongoDB-protocol server that tests run against.
//
// It knows the Store interface and nothing of any implementation.
package storetest
