package ledger_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/ledger"
	"hailong/survey/surveytest"
)

// since returns what the ledger names after a position.
func (f *fixture) since(p ledger.ClosedPosition) (ids map[survey.ResponseID]bool, goesOn bool) {
	f.Helper()
	ids = map[survey.ResponseID]bool{}
	goesOn, err := p.Since(context.Background(), f.store, func(id uuid.UUID) { ids[survey.ResponseID(id.String())] = true })
	f.must(err)
	return ids, goesOn
}

func (f *fixture) position() ledger.ClosedPosition {
	f.Helper()
	p, err := ledger.PositionOf(context.Background(), f.store)
	f.must(err)
	return p
}

func TestPosition(t *testing.T) {
	t.Parallel()
	t.Run("WhatCameSince", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		l := f.process()
		nothing := f.position()
		first := f.keep(l, 3)
		begun := f.position()
		f.nextDay()
		f.close(l)
		closed := f.position()
		second := f.keep(l, 2)
		another := f.keep(f.process(), 2)
		for name, test := range map[string]struct {
			from ledger.ClosedPosition
			want int
		}{"OfNothing": {nothing, 7}, "OfAnOpenDay": {begun, 7}, "OfAClosedDay": {closed, 4}} {
			ids, goesOn := f.since(test.from)
			if len(ids) != test.want || !goesOn || !ids[second[0].ID] || !ids[another[1].ID] || ids[first[0].ID] != (test.want == 7) {
				t.Errorf("%s: %d are named (goes on: %v), want %d", name, len(ids), goesOn, test.want)
			}
		}
		f.nextDay()
		f.close(l)
		if ids, goesOn := f.since(closed); len(ids) != 4 || !goesOn {
			t.Errorf("when their day is closed %d are named (goes on: %v), want 4", len(ids), goesOn)
		}
	})
	t.Run("OfAnotherStore", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		f.keep(f.process(), 3)
		at := f.position()
		f.store.Store = surveytest.Store(t)
		if _, goesOn := f.since(at); goesOn {
			t.Error("another store goes on from the position of this one")
		}
	})
	t.Run("OfAnEarlierState", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		l := f.process()
		f.keep(l, 3)
		f.nextDay()
		f.close(l)
		chains := f.idsOf(survey.Chains)
		before := f.get(survey.Chains, chains[0])
		f.keep(l, 1)
		f.nextDay()
		f.close(l)
		at := f.position()
		f.put(survey.Chains, before)
		if _, goesOn := f.since(at); goesOn {
			t.Error("an earlier state goes on from the position of a later one")
		}
	})
}
