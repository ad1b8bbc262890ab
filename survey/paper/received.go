package paper

import (
	"bytes"
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// BlurReceived takes the moment of receipt off the forms of days that are over, also
// off those of older versions, and returns how many it was. The moments of a day are
// the order in which a surveyor entered her pile, and so that of her list of visits.
//
// A release holds what was received until its cut, and goes on holding the same: a
// form that it holds is then of the beginning of its day, which lies before the cut
// too, and one that waits is of the end of its day, which lies after it. A release
// that is cut meanwhile holds both, because the day is over.
//
// It is one write for each form, at the revision that was read: it may be killed
// anywhere, and run in several processes at once.
func (b *Batches) BlurReceived(ctx context.Context) (int, error) {
	stored, err := releases.Stored(ctx, b.store)
	if err != nil {
		return 0, err
	}
	places := map[survey.CampaignID]releases.Places{}
	for id, release := range stored {
		places[id] = release.ByUnit()
	}
	today := survey.DateOf(b.now())
	var exact []bson.Raw
	err = eachPaper(ctx, b.store, func(doc bson.Raw) error {
		received, _ := doc.Lookup("received").TimeOK()
		if survey.DateOf(received) < today && !blurred(received) {
			exact = append(exact, bytes.Clone(doc))
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	done := 0
	for _, doc := range exact {
		received, _ := doc.Lookup("received").TimeOK()
		place := places[survey.CampaignID(survey.DocumentText(doc, "campaign"))][survey.UnitID(survey.DocumentText(doc, "unit"))]
		first, last := ends(received)
		extent := place.Of(verification.Verified) // as every form of a batch is
		at := extent.Blurred(received, first, last)
		if at.Equal(received) {
			continue
		}
		left, err := receivedAt(doc, at)
		if err != nil {
			return done, err
		}
		switch err := b.store.Replace(ctx, survey.Responses, survey.DocumentRev(doc), left); {
		case err == nil:
			done++
		case !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound): // another process was faster
			return done, err
		}
	}
	return done, nil
}

// ends are the first and the last moment of the day of a moment.
func ends(at time.Time) (first, last time.Time) {
	first = survey.DateOf(at).Time()
	return first, first.AddDate(0, 0, 1).Add(-time.Millisecond)
}

func blurred(at time.Time) bool {
	first, last := ends(at)
	return at.Equal(first) || at.Equal(last)
}

// receivedAt is a stored response with another moment of receipt, in its next
// revision; everything else stays as it is.
func receivedAt(doc bson.Raw, at time.Time) (bson.Raw, error) {
	elements, err := bsoncore.Document(doc).Elements()
	if err != nil {
		return nil, survey.NewError(survey.Internal, "blur response", err)
	}
	i, out := bsoncore.AppendDocumentStart(make([]byte, 0, len(doc)+16))
	for _, e := range elements {
		switch e.Key() {
		case "received":
			out = bsoncore.AppendDateTimeElement(out, "received", at.UnixMilli())
		case "rev":
		default:
			out = append(out, e...)
		}
	}
	out = bsoncore.AppendInt64Element(out, "rev", survey.DocumentRev(doc)+1)
	return bsoncore.AppendDocumentEnd(out, i)
}
