package surveytest

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/releases"
)

// Holding returns the store as if it held these responses instead, by rising id and all
// of them released. It is for tests over many draws, for which storing takes too long.
func (f *ResponseFixture) Holding(t interface{ Fatal(...any) }, responses ...survey.Response) survey.Store {
	held := heldResponses{Store: f.Store, releases: map[survey.CampaignID]releases.Release{}}
	for _, r := range responses {
		doc, err := r.MarshalBSON()
		if err != nil {
			t.Fatal(err)
		}
		held.responses = append(held.responses, doc)
		release := held.releases[r.Campaign]
		if _, known := release.ByUnit()[r.Unit]; !known {
			release.ID, release.Rev, release.Number = r.Campaign, 1, 1
			release.Places = append(release.Places, releases.UnitRelease{Unit: r.Unit, Through: Received.Add(time.Hour)})
			held.releases[r.Campaign] = release
		}
	}
	return held
}

// heldResponses is a store with other responses and releases.
type heldResponses struct {
	survey.Store
	responses []bson.Raw
	releases  map[survey.CampaignID]releases.Release
}

func (h heldResponses) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	if c == survey.Releases {
		for _, r := range h.releases {
			doc, err := bson.Marshal(r)
			if err == nil {
				err = visit(doc)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if c != survey.Responses {
		return h.Store.Scan(ctx, c, from, to, visit)
	}
	for _, doc := range h.responses {
		id := survey.DocumentText(doc, "_id")
		if id < from || to != "" && id >= to {
			continue
		}
		if err := visit(doc); err != nil {
			return err
		}
	}
	return nil
}
