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

// Activity says how much a point is used. Of a single point nothing is to be shown that
// moves in the course of a day: who was served there last would be seen to answer.
type Activity struct {
	LastDay survey.Date // the last day before today on which a response arrived; empty: none since activity is counted
	Before  int         // responses of the days before today
	Today   int         // responses that arrived today; to be shown of many points together
}

// Count is how many responses there were, today's too; to be shown of many points
// together.
func (a Activity) Count() int { return a.Before + a.Today }

// fewestTold is how many responses a point has before a number is told.
const fewestTold = 5

// Few reports whether the point had so few responses before today that their number is
// not told.
func (a Activity) Few() bool { return a.Before > 0 && a.Before < fewestTold }

// Told is how many responses the point had at least, before today, in full fives: from
// one day to the next no number tells of one person.
func (a Activity) Told() int { return a.Before - a.Before%fewestTold }

// Activities counts the responses in force of each point from a day on. It reads
// the responses whose id is not older than that day, and those whose id tells no time;
// of these a few in a thousand, which sort before every time, are missed.
func Activities(ctx context.Context, store survey.Store, since survey.Date, now time.Time) (map[survey.PointCode]Activity, error) {
	activities := map[survey.PointCode]Activity{}
	today := survey.DateOf(now)
	voided, err := verification.VoidedResponses(ctx, store)
	if err != nil {
		return nil, err
	}
	err = store.Scan(ctx, survey.Responses, firstIDAt(since.Time()), "", func(doc bson.Raw) error {
		code, ok := doc.Lookup("point").StringValueOK()
		at, timed := doc.Lookup("received").TimeOK()
		day := survey.DateOf(at)
		if !ok || !timed || day < since {
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
		p := activities[survey.PointCode(code)]
		if day == today {
			p.Today++
		} else {
			p.Before++
			p.LastDay = max(p.LastDay, day)
		}
		activities[survey.PointCode(code)] = p
		return nil
	})
	return activities, err
}

// firstIDAt is the lowest UUIDv7 of a millisecond.
func firstIDAt(at time.Time) string {
	var id uuid.UUID
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(max(at.UnixMilli(), 0))) // not negative
	copy(id[:6], ms[2:])
	return id.String()
}
