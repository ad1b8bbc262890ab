package bolt

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/rpc"
	"os"
	"sync"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// One process has the file. The others of the machine use the store through
// it, over a socket beside the file: so a person can export, back up or add an
// account while the server runs. The socket is open to the file's owner only.

func socketOf(path string) string { return path + ".sock" }

// Share lets other processes use the store by Dial until stop is called or
// the store is closed.
func (s *Store) Share() (stop func(), err error) {
	const op = "share store"
	name := socketOf(s.path)
	// This process has the lock of the file, so a socket that is there was
	// left behind by one that was killed.
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, survey.NewError(survey.Unavailable, op, err)
	}
	listener, err := net.Listen("unix", name)
	if err != nil {
		return nil, survey.NewError(survey.Unavailable, op, err)
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, survey.NewError(survey.Unavailable, op, errors.Join(err, listener.Close()))
	}
	server := rpc.NewServer()
	ctx, cancel := context.WithCancel(context.Background())
	if err := server.RegisterName(serviceName, &service{store: s, ctx: ctx}); err != nil {
		cancel()
		return nil, survey.NewError(survey.Internal, op, errors.Join(err, listener.Close()))
	}
	var (
		mu    sync.Mutex
		conns = map[net.Conn]bool{}
	)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			mu.Lock()
			conns[conn] = true
			mu.Unlock()
			go func() {
				server.ServeConn(conn)
				mu.Lock()
				delete(conns, conn)
				mu.Unlock()
			}()
		}
	}()
	return func() {
		cancel()
		_ = listener.Close() // removes the socket
		mu.Lock()
		defer mu.Unlock()
		for conn := range conns {
			_ = conn.Close()
		}
	}, nil
}

const serviceName = "Store"

// service answers the calls of other processes.
type service struct {
	store *Store
	ctx   context.Context
}

// ShareRequest is the question of every call; which fields count depends on it.
type ShareRequest struct {
	Collection survey.Collection
	ID, To     string
	Rev        int64
	Docs       []bson.Raw
	Groups     []survey.InsertGroup
	Path       string
}

// ShareReply is the answer of every call. Fault is the error of the store, which
// would lose its kind as an error of net/rpc.
type ShareReply struct {
	Docs  []bson.Raw
	Fresh [][]bool
	More  bool // a scan has not reached its end

	Collections []survey.Collection

	Fault *Fault

	Extent  survey.Inspected // of a check
	Damages []survey.Damage  // that it found
}

// Fault is a *survey.Error on its way.
type Fault struct {
	Kind    survey.Kind
	Op, Key string
	Cause   string
	Damage  *survey.Damage
}

func (r *ShareReply) fail(err error) error {
	var e *survey.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	r.Fault = &Fault{Kind: e.Kind, Op: e.Op, Key: e.Key, Damage: survey.DamageOf(err)}
	if e.Err != nil {
		r.Fault.Cause = e.Err.Error()
	}
	return nil
}

// InsertInOrder answers Remote.InsertInOrder.
func (v *service) InsertInOrder(q ShareRequest, r *ShareReply) (err error) {
	r.Fresh, err = v.store.InsertInOrder(v.ctx, q.Groups...)
	return r.fail(err)
}

// Get answers Remote.Get.
func (v *service) Get(q ShareRequest, r *ShareReply) error {
	doc, err := v.store.Get(v.ctx, q.Collection, q.ID)
	r.Docs = []bson.Raw{doc}
	return r.fail(err)
}

// Replace answers Remote.Replace.
func (v *service) Replace(q ShareRequest, r *ShareReply) error {
	if len(q.Docs) != 1 {
		return errors.New("replace takes one document")
	}
	return r.fail(v.store.Replace(v.ctx, q.Collection, q.Rev, q.Docs[0]))
}

// Delete answers Remote.Delete.
func (v *service) Delete(q ShareRequest, r *ShareReply) error {
	return r.fail(v.store.Delete(v.ctx, q.Collection, q.ID, q.Rev))
}

// Scan answers one piece of Remote.Scan.
func (v *service) Scan(q ShareRequest, r *ShareReply) error {
	size := 0
	err := v.store.Scan(v.ctx, q.Collection, q.ID, q.To, func(doc bson.Raw) error {
		if r.More = size > pieceBytes || len(r.Docs) == pieceDocuments; r.More {
			return errEnough
		}
		r.Docs = append(r.Docs, bytes.Clone(doc))
		size += len(doc)
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return r.fail(err)
}

var errEnough = errors.New("enough")

// Snapshot answers Remote.Snapshot.
func (v *service) Snapshot(q ShareRequest, r *ShareReply) error {
	return r.fail(v.store.Snapshot(v.ctx, q.Path))
}

// Check answers Remote.Check.
func (v *service) Check(_ ShareRequest, r *ShareReply) (err error) {
	r.Extent, err = v.store.Check(v.ctx, func(int) error { return v.ctx.Err() }, func(d survey.Damage) {
		if len(r.Damages) < pieceDocuments {
			r.Damages = append(r.Damages, d)
		}
	})
	return r.fail(err)
}
