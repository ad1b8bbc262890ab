package registry

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// Activity says how much a point is used.
type Activity struct {
	Last  time.Time // when its last response arrived, of a former day an end of its hour; zero: none since activity is counted
	Today int       // responses that arrived today
	Count int       // responses since activity is counted
}

// LastDay is the day on which the last response arrived: the minute is for nobody.
func (a Activity) LastDay() survey.Date { return survey.DateOf(a.Last) }

// Activities counts the responses in force of each point from a time on. It reads
// the responses whose id is not older than the day of it, and those whose id tells no time;
// of these a few in a thousand, which sort before every time, are missed.
func Activities(ctx context.Context, store survey.Store, since, now time.Time) (map[survey.PointCode]Activity, error) {
	pulses := map[survey.PointCode]Activity{}
	today := survey.DateOf(now)
	voided, err := verification.VoidedResponses(ctx, store)
	if err != nil {
		return nil, err
	}
	err = store.Scan(ctx, survey.Responses, firstIDAt(survey.DateOf(since).Time()), "", func(doc bson.Raw) error {
		code, ok := doc.Lookup("point").StringValueOK()
		at, timed := doc.Lookup("received").TimeOK()
		if !ok || !timed || at.Before(since) {
			return nil
		}
		if len(voided) > 0 {
			id, err := survey.DocumentID(doc)
			if err != nil {
				return err
			}
			if _, void := voided[survey.ResponseID(id)]; void {
				return nil
			}
		}
		p := pulses[survey.PointCode(code)]
		p.Count++
		if at.After(p.Last) {
			p.Last = at
		}
		if survey.DateOf(at) == today {
			p.Today++
		}
		pulses[survey.PointCode(code)] = p
		return nil
	})
	return pulses, err
}

// firstIDAt is the lowest UUIDv7 of a millisecond.
func firstIDAt(at time.Time) string {
	var id uuid.UUID
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(max(at.UnixMilli(), 0))) //nolint:gosec // not negative
	copy(id[:6], ms[2:])
	return id.String()
}
