// Package mongo keeps documents in MongoDB: the store of several web replicas.
//
// It owns the connection, the concerns of writes and reads, and the meaning of
// the server's errors. It must not know what documents mean. What an installation has to
// know about its MongoDB is said here and nowhere else; docker-compose.yml does it so.
//
// # Documents
//
// Each collection of the domain is a collection of the database that the address names.
// Documents go in and come out as the same bytes, with a checksum that is added when they
// are written and taken off when they are read. The collection "hailong" says of which
// format they are.
//
// # Once
//
// Every invariant stands on the unique _id or on an expected revision in the filter of
// one write; nothing is read first and written then. Only the write of one document is
// taken to be atomic, so that no transaction is needed, and every write may be sent
// again: an insert meets its own id, a replacement the revision after its own.
//
// # Indexes
//
// That of _id, which every collection has, and no other. Documents are found by id or by
// a range of ids; what is counted is counted in columns in the program's memory. A second
// index would cost a write for each response and be asked by nobody.
//
// # Shard key
//
// No installation needs shards: 100 million responses are below 40 GB. Who shards all the
// same gives the key {_id: "hashed"} to the collection responses, and leaves every other one
// where it is. MongoDB holds an _id to be unique over all shards only if it is the shard
// key, and "once" stands on that. Ids of responses begin with their day: a key in their
// order would have one shard take all that is sent. With the hashed one, a write and a
// lookup go to one shard; a scan asks every shard, which few do (a check, a backup, days
// that are not in segments yet).
//
// # Concerns
//
// A write is acknowledged when it is in the journal of most members; a read returns what
// most members hold, from the primary. No address can ask for less. So no figure counts a
// response that a failing primary takes with it, and what was just written is read.
// Writes and reads that an election interrupts are repeated by the driver.
//
// # Time
//
// A primary that dies is replaced after electionTimeoutMillis (10 s by default) and one or
// two seconds of election. A write of a citizen waits for that (selectWait), because
// whoever is told to try again may not; it ends before the request does (20 s), so that
// the form comes back with everything typed. Who only asks waits less, by a deadline of
// its own: /readyz 5 s, a scrape of /metrics 5 s.
//
// # Pool
//
// Each replica holds up to mostConnections connections to each member; a mongod of 2 GB
// bears ten such replicas. leastConnections of them stay open, so that the first citizens
// after a quiet night or an election do not pay for the handshakes. None is used that was
// idle for longer than idleWait: firewalls forget them without a word, and the next write
// would wait for its deadline.
//
// # Stable API
//
// Only commands of the Stable API version 1 are used, and the server is told so: a newer
// MongoDB answers them as today's does.
//
// # Roles
//
// The application's user may insert into every collection, read the whole database, and
// list its collections. What else it may do is no more than the program does:
//
//	audit, ledger_days                     nothing else: what is written there stays as it is
//	ledger                                 remove: entries of a day that is over (package ledger)
//	responses, chains, snapshots, hailong  update: a response that its sender takes back or whose
//	                                       time is over, the end of a chain, a format
//	every other one                        update and remove
//
// So who gets hold of the application can add to the audit log, but not change or shorten
// it; and a response that is removed, or an entry of a running day, leaves a gap that
// "hailong check" names. Two kinds of work need more, and are done by a second user (role
// readWrite) whose password the application never sees: a migration, which rewrites what
// an older version wrote, and a restore of collections that this version does not know.
// In docker-compose.yml that is the service "duty", which runs before the application at
// each start. MongoDB's own administrator can still do anything: against him stand the
// heads of the chains that are kept elsewhere.
//
// # Backups
//
// A backup is read while responses come in, one collection after another, each by many
// queries: there is no moment that all of it shows. Its order makes it whole all the same
// (backup.Write).
package mongo

import "time"

const (
	// selectWait is how long an operation waits for a primary. The address may say
	// otherwise (serverSelectionTimeoutMS), as each of the following but the last two.
	selectWait = 15 * time.Second

	// dialWait bounds a connection that is being made, and with the heartbeat of 10 s how
	// long a machine that lost its power goes unnoticed (connectTimeoutMS).
	dialWait = 5 * time.Second

	mostConnections  = 100             // maxPoolSize
	leastConnections = 4               // minPoolSize
	idleWait         = 5 * time.Minute // maxIdleTimeMS

	// operationWait bounds an operation whose context has no deadline (timeoutMS).
	operationWait = 30 * time.Second

	// openWait bounds Open as a whole: a start waits for an election too.
	openWait = selectWait + 5*time.Second

	// closeWait bounds Close.
	closeWait = 5 * time.Second
)
