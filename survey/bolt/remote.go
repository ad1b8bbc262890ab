package bolt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/rpc"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Remote is a survey.Store in a file that another process of this machine has
// open and shares. All methods may be called at the same time.
type Remote struct {
	path   string
	client *rpc.Client
}

var _ survey.Store = (*Remote)(nil)

// Dial connects to the process that has the file open. The caller closes the
// Remote. The error is Unavailable if there is no such process; Open may
// succeed then.
func Dial(path string) (*Remote, error) {
	conn, err := net.Dial("unix", socketOf(path))
	if err != nil {
		return nil, survey.NewError(survey.Unavailable, "share store "+path, err)
	}
	return &Remote{path: path, client: rpc.NewClient(conn)}, nil
}

// Close ends the connection. A second Close does nothing.
func (r *Remote) Close() error {
	if err := r.client.Close(); err != nil && !errors.Is(err, rpc.ErrShutdown) {
		return survey.NewError(survey.Internal, "close store", err)
	}
	return nil
}

// call asks and waits for the answer or the end of ctx; in the latter case the
// other process may still do what it was asked.
func (r *Remote) call(ctx context.Context, method string, q ShareRequest) (*ShareReply, error) {
	op := method + " through the running server"
	if err := ctx.Err(); err != nil {
		return nil, survey.NewError(survey.Unavailable, op, err)
	}
	reply := new(ShareReply)
	call := r.client.Go(serviceName+"."+method, q, reply, make(chan *rpc.Call, 1))
	select {
	case <-ctx.Done():
		return nil, survey.NewError(survey.Unavailable, op, ctx.Err())
	case <-call.Done:
	}
	switch fault := reply.Fault; {
	case call.Error != nil:
		return nil, survey.NewError(survey.Unavailable, op,
			fmt.Errorf("the process that has %s open ended or is of another version; try again: %w", r.path, call.Error))
	case fault != nil:
		cause := error(errors.New(fault.Cause))
		if fault.Damage != nil {
			cause = fault.Damage
		}
		return nil, &survey.Error{Kind: fault.Kind, Op: fault.Op, Key: fault.Key, Err: cause}
	}
	return reply, nil
}

// Insert implements survey.Store.
func (r *Remote) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if len(docs) == 0 {
		return nil, nil
	}
	fresh, err := r.InsertInOrder(ctx, survey.InsertGroup{Collection: c, Docs: docs})
	if err != nil {
		return nil, err
	}
	return fresh[0], nil
}

// InsertInOrder implements survey.Store.
func (r *Remote) InsertInOrder(ctx context.Context, groups ...survey.InsertGroup) ([][]bool, error) {
	for _, g := range groups {
		for _, doc := range g.Docs {
			if _, err := survey.DocumentID(doc); err != nil {
				return nil, err
			}
		}
	}
	reply, err := r.call(ctx, "InsertInOrder", ShareRequest{Groups: groups})
	if err != nil {
		return nil, err
	}
	return reply.Fresh, nil
}

// Get implements survey.Store.
func (r *Remote) Get(ctx context.Context, c survey.Collection, id string) (bson.Raw, error) {
	reply, err := r.call(ctx, "Get", ShareRequest{Collection: c, ID: id})
	if err != nil {
		return nil, err
	}
	return reply.Docs[0], nil
}

// Replace implements survey.Store.
func (r *Remote) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	_, err := r.call(ctx, "Replace", ShareRequest{Collection: c, Rev: rev, Docs: []bson.Raw{doc}})
	return err
}

// Delete implements survey.Store.
func (r *Remote) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	_, err := r.call(ctx, "Delete", ShareRequest{Collection: c, ID: id, Rev: rev})
	return err
}

// Scan implements survey.Store.
func (r *Remote) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	for {
		reply, err := r.call(ctx, "Scan", ShareRequest{Collection: c, ID: from, To: to})
		if err != nil {
			return err
		}
		for _, doc := range reply.Docs {
			if err := visit(doc); err != nil {
				return err
			}
		}
		if !reply.More {
			return nil
		}
		last, err := survey.DocumentID(reply.Docs[len(reply.Docs)-1])
		if err != nil {
			return err
		}
		from = last + "\x00" // the next possible id
	}
}

// Check is Store.Check, done by the process that has the file; told is called once, at
// its end.
func (r *Remote) Check(ctx context.Context, told func(bytes int) error, found func(survey.Damage)) (survey.Inspected, error) {
	reply, err := r.call(ctx, "Check", ShareRequest{})
	if err != nil {
		return survey.Inspected{}, err
	}
	for _, d := range reply.Damages {
		found(d)
	}
	return reply.Extent, told(0)
}
