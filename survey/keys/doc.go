// Package keys keeps the secret keys of an installation in a directory, outside
// the store and outside every backup of it.
//
// It owns the directory and its files. It must not know what a key is for, nor
// the store.
//
//  1. What is sealed with a key can be read by nobody who has only the store, a
//     backup of it or a copy of its database.
//  2. To destroy a key is to erase all that was sealed with it, also where the
//     sealed bytes are out of reach: in backups, in free pages of the database
//     file, in copies that nobody remembers.
//  3. A key is on disk before it is used, and processes that share the directory
//     get the same one. A name whose key was destroyed would get a new key; who
//     reads old things asks for the key by Existing, which makes none.
//  4. What must be remembered beside a key, whatever becomes of the store, lies here too
//     (Remember). It is no secret.
//
// Whoever loses the directory loses what is sealed, for good. Whoever keeps
// copies of it must delete them when a key is destroyed; so it is better not
// copied at all than copied carelessly.
package keys
