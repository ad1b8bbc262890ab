package proof_test

import (
	"context"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/keys"
	"hailong/survey/proof"
	"hailong/survey/surveytest"
)

const (
	point      survey.PointCode  = "6H8363X"
	otherPoint survey.PointCode  = "0000000"
	response   survey.ResponseID = "0199b2a4-7c1e-7d3a-9f00-1234567890ab"
)

// fixture is proofs over a real store and real keys, with a clock that tests turn.
type fixture struct {
	*proof.Proofs
	store survey.Store
	keys  *keys.Keys
	log   *audit.Log
	now   time.Time
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{store: surveytest.Store(t), keys: surveytest.Keys(t), now: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return f.now }
	f.log = audit.New(f.store, clock)
	f.Proofs = proof.New(survey.NewChanges(f.store, f.log, clock), f.keys)
	return f
}

// replica is another server of the same installation.
func (f *fixture) replica() *proof.Proofs {
	clock := func() time.Time { return f.now }
	return proof.New(survey.NewChanges(f.store, audit.New(f.store, clock), clock), f.keys)
}

func (f *fixture) issue(t *testing.T, at survey.PointCode, id survey.ResponseID, code string) string {
	t.Helper()
	ticket, err := f.Issue(t.Context(), at, id, code)
	if err != nil {
		t.Fatal(err)
	}
	if len(ticket) != proof.TicketLength {
		t.Fatalf("a ticket of %d characters, want %d", len(ticket), proof.TicketLength)
	}
	return ticket
}

// decided is what is made of a form that came with a ticket.
func (f *fixture) decided(t *testing.T, at survey.PointCode, id survey.ResponseID, ticket string, fill proof.Fill) (survey.Proof, survey.Doubt) {
	t.Helper()
	read, err := f.Read(t.Context(), at, id, ticket)
	if err != nil {
		t.Fatal(err)
	}
	return proof.Checks{Form: true, Ticket: read}.Decide(fill)
}

// noKeys is a directory of keys that cannot be read.
type noKeys struct{}

func (noKeys) Key(context.Context, string) ([]byte, error) {
	return nil, survey.NewError(survey.Unavailable, "read key", nil)
}
