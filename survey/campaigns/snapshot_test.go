package campaigns_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/editions"
	"hailong/survey/surveytest"
)

// publisher is the campaigns of a store, one of which can be published.
type publisher struct {
	*campaigns.Campaigns
	store    survey.Store
	campaign survey.Campaign
}

func newPublisher(t *testing.T) publisher {
	t.Helper()
	store := surveytest.Store(t)
	now := func() time.Time { return time.Date(2026, 12, 31, 8, 0, 0, 0, survey.Zone) }
	campaign := survey.Campaign{ID: "tthc-2026", Rev: 1, Family: survey.Procedures, State: survey.ClosedDown}
	if err := (survey.Documents[survey.Campaign]{Store: store, Collection: survey.Campaigns}).Insert(t.Context(), campaign); err != nil {
		t.Fatal(err)
	}
	catalog := func() *survey.Catalog { return &survey.Catalog{Campaigns: []survey.Campaign{campaign}} }
	changes := survey.NewChanges(store, audit.New(store, now), now)
	return publisher{Campaigns: campaigns.New(changes, catalog), store: store, campaign: campaign}
}

// publish publishes content and returns the snapshot of it.
func (p publisher) publish(t *testing.T, content any) (editions.Snapshot, error) {
	t.Helper()
	figures := func(survey.Campaign, survey.Edition) (any, string, error) { return content, "", nil }
	after, err := p.Publish(t.Context(), survey.Actor{}, p.campaign.ID, p.campaign.Rev, figures)
	if err != nil {
		return editions.Snapshot{}, err
	}
	return p.Snapshot(t.Context(), after.ID, after.Current().Hash)
}

// What was published before there was a form of canonical JSON to name is
// verified as ever: the hash is of the bytes of the text.
func TestSnapshotOfBefore(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	old := editions.Snapshot{
		ID: "tthc-2025@98c278faca5eae0bb8786faf93d9da227134ec63adcb303ba2925691ba759e0b", Rev: 1,
		Campaign: "tthc-2025", Edition: 1, Hash: "98c278faca5eae0bb8786faf93d9da227134ec63adcb303ba2925691ba759e0b",
		Body: `{"campaign":"tthc-2025","edition":1,"note":"a\u2028b","zero":-0}`,
	}
	table := survey.Documents[editions.Snapshot]{Store: p.store, Collection: survey.Snapshots}
	if err := table.Insert(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	got, err := p.Snapshot(t.Context(), old.Campaign, old.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if got.Canonical != editions.SortedKeys {
		t.Errorf("form %q, want none", got.Canonical)
	}
	if got.Body != old.Body {
		t.Errorf("body %s, want %s", got.Body, old.Body)
	}
}

func TestSnapshotTamperedWithInBothForms(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(*editions.Snapshot){
		"Figure":    func(s *editions.Snapshot) { s.Body = strings.Replace(s.Body, "0.75", "0.95", 1) },
		"OneSpace":  func(s *editions.Snapshot) { s.Body += " " },
		"OtherHash": func(s *editions.Snapshot) { s.Hash = strings.Repeat("0", 64) },
		"Empty":     func(s *editions.Snapshot) { s.Body = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPublisher(t)
			s, err := p.publish(t, map[string]float64{"rate": 0.75})
			if err != nil {
				t.Fatal(err)
			}
			hash := s.Hash
			tamper(&s)
			s.Rev++
			if err := (survey.Documents[editions.Snapshot]{Store: p.store, Collection: survey.Snapshots}).Replace(t.Context(), 1, s); err != nil {
				t.Fatal(err)
			}
			if s.Intact() {
				t.Error("it is intact")
			}
			if _, err := p.Snapshot(t.Context(), p.campaign.ID, hash); !errors.Is(err, editions.ErrTampered) {
				t.Errorf("error %v, want %v", err, editions.ErrTampered)
			}
		})
	}
	if _, err := newPublisher(t).Snapshot(t.Context(), "tthc-2026", "ab"); !survey.Is(err, survey.NotFound) {
		t.Errorf("a snapshot that is not there: %v, want not found", err)
	}
}
