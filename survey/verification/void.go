package verification

import (
	"context"
	"time"

	"hailong/survey"
)

// Void takes a response out of force: figures, progress and re-checks leave it
// out, and an export marks it. The response itself stays as it was. There is
// at most one for a response, whose id it has, and it is not taken back; a
// paper form that was entered wrongly is entered again.
//
// A void never changes a published figure: an edition keeps its figures, also
// those in which the response was counted. Figures of now, and every edition
// that is made after the void, leave the response out.
type Void struct {
	ID       survey.ResponseID `bson:"_id" json:"response"`
	Rev      int64             `bson:"rev" json:"-"`
	Campaign survey.CampaignID `bson:"campaign" json:"campaign"`
	Reason   string            `bson:"reason" json:"reason"`
	By       string            `bson:"by" json:"by"` // as Actor.String writes them
	At       time.Time         `bson:"at" json:"at"`
}

// VoidedResponses returns the voids of a store by the response they are about.
func VoidedResponses(ctx context.Context, store survey.Store) (map[survey.ResponseID]Void, error) {
	all, err := survey.Documents[Void]{Store: store, Collection: survey.Voids}.All(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[survey.ResponseID]Void, len(all))
	for _, v := range all {
		byID[v.ID] = v
	}
	return byID, nil
}
