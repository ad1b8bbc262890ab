package surveytest

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/releases"
)

// ReleaseAll stores releases of campaigns that hold every response stored now, also the
// few of a unit that a cut would leave to wait.
func ReleaseAll(t testing.TB, store survey.Store, campaigns ...survey.CampaignID) {
	t.Helper()
	units := map[survey.CampaignID]map[survey.UnitID]bool{}
	last := time.Time{}
	err := store.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		campaign := survey.CampaignID(survey.DocumentText(doc, "campaign"))
		if units[campaign] == nil {
			units[campaign] = map[survey.UnitID]bool{}
		}
		units[campaign][survey.UnitID(survey.DocumentText(doc, "unit"))] = true
		if received, ok := doc.Lookup("received").TimeOK(); ok && received.After(last) {
			last = received
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	docs := survey.Documents[releases.Release]{Store: store, Collection: survey.Releases}
	for _, id := range campaigns {
		before, err := docs.Get(t.Context(), string(id))
		fresh := survey.Is(err, survey.NotFound)
		if err != nil && !fresh {
			t.Fatal(err)
		}
		r := releases.Release{ID: id, Rev: before.Rev + 1, Number: before.Number + 1, At: last}
		for unit := range units[id] {
			r.Places = append(r.Places, releases.UnitRelease{Unit: unit, Through: last, Corrected: last.AddDate(1, 0, 0)})
		}
		if fresh {
			err = docs.Insert(t.Context(), r)
		} else {
			err = docs.Replace(t.Context(), before.Rev, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
