package servertest

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/web"
)

// StaffServer is a server whose catalogue is in its store, so that what staff change
// is in force at once, and whose clock can be moved.
type StaffServer struct {
	*Server
	Current *survey.CatalogCache
	Time    time.Time // what the server's clock shows
}

// NewStaffServer serves Catalog with the two targets of procedures, each document at
// revision 1 as a first start stores it.
func NewStaffServer(t testing.TB, change ...func(*web.Config)) *StaffServer {
	t.Helper()
	store := surveytest.Store(t)
	catalog := CatalogWithTargets(t)
	for i := range catalog.Units {
		catalog.Units[i].Rev = 1
	}
	for i := range catalog.Sectors {
		catalog.Sectors[i].Rev = 1
	}
	for i := range catalog.Questionnaires {
		catalog.Questionnaires[i].ID, catalog.Questionnaires[i].Rev = catalog.Questionnaires[i].Ref().ID(), 1
	}
	for i := range catalog.Campaigns {
		catalog.Campaigns[i].Rev, catalog.Campaigns[i].Frame = 1, "2026-01-01"
	}
	for i := range catalog.Points {
		catalog.Points[i].Rev = 1
	}
	InsertAll(t, store, survey.Units, catalog.Units)
	InsertAll(t, store, survey.Sectors, catalog.Sectors)
	InsertAll(t, store, survey.Questionnaires, catalog.Questionnaires)
	InsertAll(t, store, survey.Targets, catalog.Targets)
	InsertAll(t, store, survey.Campaigns, catalog.Campaigns)
	InsertAll(t, store, survey.Points, catalog.Points)
	w := &StaffServer{Time: Now}
	var err error
	if w.Current, err = survey.OpenCatalog(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return w.Time }
	w.Server = NewOn(t, store, w.Current.Catalog(), append([]func(*web.Config){func(c *web.Config) {
		c.Catalog, c.Reload = w.Current.Catalog, w.Current.Reload
		c.Now = now
	}}, change...)...)
	return w
}

// Campaign is a campaign as it is now.
func (w *StaffServer) Campaign(t *testing.T, id survey.CampaignID) survey.Campaign {
	t.Helper()
	k := w.Current.Catalog().Campaign(id)
	if k == nil {
		t.Fatalf("no campaign %s", id)
	}
	return *k
}

// Step asks for a step as a person does: opens its page and presses the button.
func (w *StaffServer) Step(t *testing.T, v *Client, path string, more ...string) (*http.Response, string) {
	t.Helper()
	resp, body := v.Get(path)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	rev := Document(t, body).Find("main [name=rev]").AttrOr("value", "")
	return v.Post(path, append(more, "rev", rev)...)
}

// StoredCatalog is everything of the catalogue and of settings, as stored.
func StoredCatalog(t *testing.T, w *StaffServer) []string {
	t.Helper()
	var all []string
	for _, c := range []survey.Collection{survey.Units, survey.Sectors, survey.Points, survey.Campaigns, survey.Questionnaires, survey.Plans, survey.Settings} {
		docs, err := (survey.Documents[map[string]any]{Store: w.Store, Collection: c}).All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			text, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
	}
	return all
}
