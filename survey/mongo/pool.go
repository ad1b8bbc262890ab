package mongo

import (
	"sync/atomic"

	"go.mongodb.org/mongo-driver/event"
)

// Pool is what the connections to the servers do. How large the database is, the stable
// interface of MongoDB does not say: its own metrics do.
type Pool struct {
	Open  int64 // connections, used or not
	InUse int64
}

// poolCounter counts connections as the driver tells of them.
type poolCounter struct{ open, inUse atomic.Int64 }

func (p *poolCounter) monitor() *event.PoolMonitor {
	return &event.PoolMonitor{Event: func(e *event.PoolEvent) {
		switch e.Type {
		case event.ConnectionCreated:
			p.open.Add(1)
		case event.ConnectionClosed:
			p.open.Add(-1)
		case event.GetSucceeded:
			p.inUse.Add(1)
		case event.ConnectionReturned:
			p.inUse.Add(-1)
		}
	}}
}

// Pool returns what the connections do now.
func (s *Store) Pool() Pool { return Pool{Open: s.pool.open.Load(), InUse: s.pool.inUse.Load()} }
