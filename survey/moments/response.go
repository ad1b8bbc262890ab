package moments

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"

	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/survey/verification"
)

// exact reports whether a stored response may hold more of its moment than is needed.
func (b *blurring) exact(doc bson.Raw) bool {
	received, ok := doc.Lookup("received").TimeOK()
	if !ok || survey.DateOf(received) >= b.today { // what was taken back has none
		return false
	}
	return !isEnd(received, survey.DayEnds) || hasPassingField(doc)
}

// put writes what is left of a response in the place of a revision, and looks again
// where another one was written at the same time.
func (b *blurring) put(ctx context.Context, rev int64, left bson.Raw) error {
	for left != nil {
		err := b.store.Replace(ctx, survey.Responses, rev, left)
		if err == nil {
			b.done.Add(1)
			return nil
		}
		if survey.Is(err, survey.Conflict) { // its sender took it back, part of it was erased, or another server was faster
			var stored bson.Raw
			if stored, err = b.store.Get(ctx, survey.Responses, survey.DocumentText(left, "_id")); err == nil {
				rev = survey.DocumentRev(stored)
				left, err = b.blurred(stored)
			}
		}
		switch {
		case survey.Is(err, survey.NotFound):
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

// blurred is a response in its next revision; nil where nothing of it changes.
func (b *blurring) blurred(doc bson.Raw) (bson.Raw, error) {
	if !b.exact(doc) {
		return nil, nil
	}
	var r survey.Response
	if err := r.UnmarshalBSON(doc); err != nil {
		return nil, survey.NewError(survey.Internal, "blur response", err)
	}
	place := b.places[r.Campaign][r.Unit]
	through := place.Of(verification.ClassOf(r.Proof, r.Batch)).Through
	at := Blurred(&r, !r.Received.After(through), b.now)
	if at.Equal(r.Received) && !hasPassingField(doc) {
		return nil, nil
	}
	return receivedAt(doc, at)
}

// Blurred is what the moment of receipt of a response becomes at a time when its day is
// over. held says that a release holds it.
func Blurred(r *survey.Response, held bool, now time.Time) time.Time {
	ends := survey.DayEnds
	if quarantine.NeedsHour(r, now) {
		ends = survey.HourEnds
	}
	if isEnd(r.Received, ends) { // a release that was cut since leaves it where it is
		return r.Received
	}
	first, last := ends(r.Received)
	if held {
		return first
	}
	return last
}

func isEnd(at time.Time, ends func(time.Time) (first, last time.Time)) bool {
	first, last := ends(at)
	return at.Equal(first) || at.Equal(last)
}

func hasPassingField(doc bson.Raw) bool {
	return slices.ContainsFunc(survey.PassingFields, func(field string) bool {
		_, err := doc.LookupErr(field)
		return err == nil
	})
}

// receivedAt is a stored response with another moment of receipt and without its passing
// fields, in its next revision; everything else stays as it is.
func receivedAt(doc bson.Raw, at time.Time) (bson.Raw, error) {
	elements, err := bsoncore.Document(doc).Elements()
	if err != nil {
		return nil, survey.NewError(survey.Internal, "blur response", err)
	}
	i, out := bsoncore.AppendDocumentStart(make([]byte, 0, len(doc)+16))
	for _, e := range elements {
		switch key := e.Key(); {
		case key == "received":
			out = bsoncore.AppendDateTimeElement(out, key, at.UnixMilli())
		case key == "rev" || slices.Contains(survey.PassingFields, key):
		default:
			out = append(out, e...)
		}
	}
	out = bsoncore.AppendInt64Element(out, "rev", survey.DocumentRev(doc)+1)
	return bsoncore.AppendDocumentEnd(out, i)
}
