package surveytest

import (
	"context"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Failing is a store that cannot be reached at a moment that a test chooses.
type Failing struct {
	survey.Store

	// Before is called before each call of the store, with its name ("Insert").
	// It may write to the store inside, as somebody who is faster does. nil:
	// nothing is called.
	Before func(call string, c survey.Collection)

	// After is called after InsertInOrder and Scan have done their work; its error is
	// returned, as of an answer that got lost. nil: nothing is called.
	After func(call string) error

	mu     sync.Mutex
	left   int // calls that succeed before one fails
	armed  bool
	failed bool
}

// FailEach has each call that do makes of the store fail in turn, and then none.
// do is called again after every failure and may rely on nothing of the call
// before. What it returns of a failure must be Unavailable; nil is right too,
// because a change that is stored is not undone by what follows it.
func (s *Failing) FailEach(t *testing.T, do func() error) {
	t.Helper()
	for n := 0; ; n++ {
		s.arm(n)
		err := do()
		switch failed := s.disarm(); {
		case !failed && err != nil:
			t.Errorf("no call of the store failed: error %v, want none", err)
			return
		case !failed && n == 0:
			t.Error("the store was not called, so that nothing was tried")
			return
		case !failed:
			return
		case err != nil && !survey.Is(err, survey.Unavailable):
			t.Errorf("call %d of the store failed: error %v, want one of kind %s", n+1, err, survey.Unavailable)
		}
	}
}

// FailNext has the next call of the store fail.
func (s *Failing) FailNext() { s.arm(0) }

func (s *Failing) arm(left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left, s.armed, s.failed = left, true, false
}

func (s *Failing) disarm() (failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = false
	return s.failed
}

func (s *Failing) call(name string, c survey.Collection) error {
	if s.Before != nil {
		s.Before(name, c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.armed || s.failed {
		return nil
	}
	if s.left--; s.left >= 0 {
		return nil
	}
	s.failed = true
	return survey.NewError(survey.Unavailable, name+" "+string(c), nil)
}

// Insert implements survey.Store.
func (s *Failing) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if err := s.call("Insert", c); err != nil {
		return nil, err
	}
	return s.Store.Insert(ctx, c, docs...)
}

// InsertInOrder implements survey.Store. It may fail before each of the groups, as a
// server does that is killed between two writes.
func (s *Failing) InsertInOrder(ctx context.Context, groups ...survey.InsertGroup) (fresh [][]bool, err error) {
	for _, g := range groups {
		if err := s.call("InsertInOrder", g.Collection); err != nil {
			return nil, err
		}
		inserted, err := s.Store.Insert(ctx, g.Collection, g.Docs...)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, inserted)
	}
	return fresh, s.after("InsertInOrder")
}

func (s *Failing) after(call string) error {
	if s.After == nil {
		return nil
	}
	return s.After(call)
}

// Get implements survey.Store.
func (s *Failing) Get(ctx context.Context, c survey.Collection, id string) (bson.Raw, error) {
	if err := s.call("Get", c); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, c, id)
}

// Replace implements survey.Store.
func (s *Failing) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	if err := s.call("Replace", c); err != nil {
		return err
	}
	return s.Store.Replace(ctx, c, rev, doc)
}

// Delete implements survey.Store.
func (s *Failing) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	if err := s.call("Delete", c); err != nil {
		return err
	}
	return s.Store.Delete(ctx, c, id, rev)
}

// Scan implements survey.Store.
func (s *Failing) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	if err := s.call("Scan", c); err != nil {
		return err
	}
	if err := s.Store.Scan(ctx, c, from, to, visit); err != nil {
		return err
	}
	return s.after("Scan")
}
