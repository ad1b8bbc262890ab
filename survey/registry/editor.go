package registry

import (
	"context"
	"io"
	"time"

	"hailong/survey"
	"hailong/survey/audit"
)

// Editor is what staff change in the catalogue: units, sectors, points and
// questionnaires. Each change expects the revision that was seen, and is in
// the audit log when its method returns. Whoever shares the catalogue reloads
// it afterwards.
type Editor struct {
	Store   survey.Store
	Audit   *audit.Log
	Catalog func() *survey.Catalog // as of now
	Now     func() time.Time
	Random  io.Reader // for the codes of points
}

func (e *Editor) today() survey.Date { return survey.DateOf(e.Now()) }

// shelf is a collection of the catalogue whose documents are edited.
type Shelf[T any] struct {
	survey.Table[T]
	Key func(*T) string
	Rev func(*T) *int64
}

func (e *Editor) units() Shelf[survey.Unit] {
	return Shelf[survey.Unit]{survey.Table[survey.Unit]{Store: e.Store, Collection: survey.Units}, func(u *survey.Unit) string { return string(u.ID) }, func(u *survey.Unit) *int64 { return &u.Rev }}
}

func (e *Editor) sectors() Shelf[survey.Sector] {
	return Shelf[survey.Sector]{survey.Table[survey.Sector]{Store: e.Store, Collection: survey.Sectors}, func(s *survey.Sector) string { return string(s.ID) }, func(s *survey.Sector) *int64 { return &s.Rev }}
}

func (e *Editor) points() Shelf[survey.Point] {
	return Shelf[survey.Point]{survey.Table[survey.Point]{Store: e.Store, Collection: survey.Points}, func(p *survey.Point) string { return string(p.Code) }, func(p *survey.Point) *int64 { return &p.Rev }}
}

// put stores the next revision of a document whose revision is as in before.
func (s Shelf[T]) put(ctx context.Context, before, after *T) error {
	*s.Rev(after) = *s.Rev(before) + 1
	return s.Replace(ctx, *s.Rev(before), *after)
}

// insertNew inserts what a list adds and returns what was inserted. Conflict if
// somebody else took one of the ids meanwhile.
func (s Shelf[T]) insertNew(ctx context.Context, list []T) (done []T, err error) {
	fresh, err := survey.InsertAll(ctx, s.Store, s.Collection, list)
	for i, is := range fresh {
		if is {
			done = append(done, list[i])
		} else {
			err = survey.NewError(survey.Conflict, "insert into "+string(s.Collection), nil)
		}
	}
	return done, err
}

// replaceAll replaces what a list changes, each of the revision before its own,
// and returns what was replaced.
func (s Shelf[T]) replaceAll(ctx context.Context, list []T) (done []T, err error) {
	for _, v := range list {
		if err := s.Replace(ctx, *s.Rev(&v)-1, v); err != nil {
			return done, err
		}
		done = append(done, v)
	}
	return done, nil
}

// change replaces a document whose revision was seen, and records it. Conflict
// if it has another revision by now.
func Change[T any](ctx context.Context, log *audit.Log, actor survey.Actor, action survey.Action, s Shelf[T], id string, seen int64, do func(*T) error) (T, error) {
	before, err := s.Get(ctx, id)
	if err != nil {
		return before, err
	}
	if *s.Rev(&before) != seen {
		return before, survey.NewError(survey.Conflict, string(action), nil)
	}
	after, err := survey.Clone(before)
	if err != nil {
		return before, err
	}
	if err := do(&after); err != nil {
		return before, err
	}
	if err := s.put(ctx, &before, &after); err != nil {
		return before, err
	}
	return after, log.Record(ctx, actor, action, string(s.Collection)+"/"+id, before, after)
}
