// Package mongo keeps documents in MongoDB: the store of several web replicas.
//
// It owns the connection, the concerns of writes and reads, and the meaning of
// the server's errors. It must not know what documents mean.
//
//  1. Each collection of the domain is a collection of the database that the
//     address names. Documents go in and come out as the same bytes.
//  2. Every invariant stands on the unique _id or on an expected revision in
//     the filter of one write; nothing is read first and written then.
//  3. Every document carries a checksum, which is added when it is written and taken
//     off when it is read. The collection "hailong" says of which format they are.
//  4. Only commands of MongoDB's Stable API version 1 are used.
package mongo
