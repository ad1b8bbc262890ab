package survey

import (
	"context"
	"errors"
	"io"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// Editor is what staff change in the catalogue: units, sectors, points and
// questionnaires. Each change expects the revision that was seen, and is in
// the audit log when its method returns. Whoever shares the catalogue reloads
// it afterwards.
type Editor struct {
	Store   Store
	Audit   *AuditLog
	Catalog func() *Catalog // as of now
	Now     func() time.Time
	Random  io.Reader // for the codes of points
}

func (e *Editor) today() Date { return DateOf(e.Now()) }

// shelf is a collection of the catalogue whose documents are edited.
type shelf[T any] struct {
	Table[T]
	key func(*T) string
	rev func(*T) *int64
}

func (e *Editor) units() shelf[Unit] {
	return shelf[Unit]{Table[Unit]{e.Store, Units}, func(u *Unit) string { return string(u.ID) }, func(u *Unit) *int64 { return &u.Rev }}
}

func (e *Editor) sectors() shelf[Sector] {
	return shelf[Sector]{Table[Sector]{e.Store, Sectors}, func(s *Sector) string { return string(s.ID) }, func(s *Sector) *int64 { return &s.Rev }}
}

func (e *Editor) points() shelf[Point] {
	return shelf[Point]{Table[Point]{e.Store, Points}, func(p *Point) string { return string(p.Code) }, func(p *Point) *int64 { return &p.Rev }}
}

func (e *Editor) forms() shelf[Questionnaire] {
	return shelf[Questionnaire]{
		Table[Questionnaire]{e.Store, Questionnaires},
		func(q *Questionnaire) string { return q.ID }, func(q *Questionnaire) *int64 { return &q.Rev },
	}
}

// clone copies a document, so that a change cannot reach what others read.
func clone[T any](v T) (T, error) {
	var c T
	raw, err := bson.Marshal(v)
	if err == nil {
		err = bson.Unmarshal(raw, &c)
	}
	if err != nil {
		return c, NewError(Internal, "copy document", err)
	}
	return c, nil
}

// put stores the next revision of a document whose revision is as in before.
func (s shelf[T]) put(ctx context.Context, before, after *T) error {
	*s.rev(after) = *s.rev(before) + 1
	return s.Replace(ctx, *s.rev(before), *after)
}

// insertNew inserts what a list adds and returns what was inserted. Conflict if
// somebody else took one of the ids meanwhile.
func (s shelf[T]) insertNew(ctx context.Context, list []T) (done []T, err error) {
	fresh, err := insertAll(ctx, s.Store, s.Collection, list)
	for i, is := range fresh {
		if is {
			done = append(done, list[i])
		} else {
			err = NewError(Conflict, "insert into "+string(s.Collection), nil)
		}
	}
	return done, err
}

// replaceAll replaces what a list changes, each of the revision before its own,
// and returns what was replaced.
func (s shelf[T]) replaceAll(ctx context.Context, list []T) (done []T, err error) {
	for _, v := range list {
		if err := s.Replace(ctx, *s.rev(&v)-1, v); err != nil {
			return done, err
		}
		done = append(done, v)
	}
	return done, nil
}

// change replaces a document whose revision was seen, and records it. Conflict
// if it has another revision by now.
func change[T any](ctx context.Context, e *Editor, actor Actor, action Action, s shelf[T], id string, seen int64, do func(*T) error) (T, error) {
	before, err := s.Get(ctx, id)
	if err != nil {
		return before, err
	}
	if *s.rev(&before) != seen {
		return before, NewError(Conflict, string(action), nil)
	}
	after, err := clone(before)
	if err != nil {
		return before, err
	}
	if err := do(&after); err != nil {
		return before, err
	}
	if err := s.put(ctx, &before, &after); err != nil {
		return before, err
	}
	return after, e.Audit.Record(ctx, actor, action, string(s.Collection)+"/"+id, before, after)
}

// invalid is an Invalid error with the key of its noun if there are fields, and
// nil otherwise.
func invalid(key, op string, fields map[string]Message) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Op: op, Key: key, Fields: fields}
}

// fieldsOf returns the messages of an Invalid error.
func fieldsOf(err error) map[string]Message {
	var e *Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}
