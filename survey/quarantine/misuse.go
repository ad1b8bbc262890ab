package quarantine

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// Misuse says that what verified the responses of a point was misused on some days: a
// kiosk or a screen was used to send responses of nobody, or slips were filled in by
// who issued them. A response does not tell which device it came by, so that it is
// about all that was verified in this way, at this point, on these days.
//
// It is one document, which people answer for and which is stored before anything is
// held because of it. Whoever judges next, this server after a crash or another one,
// holds what it says; a suspect is stored once.
type Misuse struct {
	ID     string           `bson:"_id" json:"-"` // point, proof and days, so that saying it twice is saying it once
	Rev    int64            `bson:"rev" json:"-"`
	Point  survey.PointCode `bson:"point" json:"point"`
	Proof  survey.Proof     `bson:"proof" json:"proof"`
	From   survey.Date      `bson:"from" json:"from"` // days of arrival, both included
	To     survey.Date      `bson:"to" json:"to"`
	By     string           `bson:"by" json:"by"` // as Actor.String writes them
	Reason string           `bson:"reason" json:"reason"`
	At     time.Time        `bson:"at" json:"at"`
	Held   bool             `bson:"held,omitempty" json:"-"` // all of those days is held
}

// MisuseRequest is what somebody says was misused.
type MisuseRequest struct {
	Point    survey.PointCode
	Proof    survey.Proof
	From, To survey.Date
	Reason   string
}

// MisusedProofs are those that can be misused, in the order they are offered. A
// paper form is re-checked and voided instead.
var MisusedProofs = []survey.Proof{survey.VerifiedDevice, survey.VerifiedScreen, survey.VerifiedSlip}

func (r *MisuseRequest) id() string {
	return string(r.Point) + "/" + string(r.Proof) + "/" + string(r.From) + "/" + string(r.To)
}

// covers reports whether a response is among those in doubt, and the day of its arrival.
func (r *MisuseRequest) covers(response *survey.Response) (survey.Date, bool) {
	day := survey.DateOf(response.Received)
	return day, response.Point == r.Point && response.Proof == r.Proof && r.From <= day && day <= r.To
}

// check checks the days against now. The last one may be tomorrow: a form that was opened
// by the code of a screen may be sent until then.
func (r *MisuseRequest) check(fields survey.Fields, now time.Time) {
	today, last := survey.DateOf(now), survey.DateOf(now.AddDate(0, 0, 1))
	if r.Point == "" {
		fields.Add("point", "misuse.no_point")
	}
	if verification.MisuseSign(r.Proof) == "" {
		fields.Add("proof", "misuse.no_proof")
	}
	if !r.From.Valid() || r.From > today {
		fields.Add("from", "misuse.bad_day")
	}
	if !r.To.Valid() || r.To > last || r.To < r.From {
		fields.Add("to", "misuse.bad_day")
	}
}

// MisuseExtent is what would be held, as far as it may be told.
type MisuseExtent struct {
	Days      int // that are over and on which at least Fewest responses were verified so
	Responses int // of these days
}

// Fewest is how many responses of a day are counted at least. Fewer are not told, nor
// on how many days there were fewer: whoever handed out a single slip would learn
// whether it was used (package slips). For the same reason nothing is held where there
// are fewer on all the days of a misuse together; so few move no figure by much either.
const Fewest = 5

// Extent returns what would be held. Errors: Invalid with its Fields.
func (q *Quarantine) Extent(ctx context.Context, r MisuseRequest) (MisuseExtent, error) {
	fields := survey.Fields{}
	r.check(fields, q.now())
	if err := fields.Err("say what was misused", "misuse.invalid"); err != nil {
		return MisuseExtent{}, err
	}
	days := map[survey.Date]int{}
	err := q.eachMisused(ctx, []MisuseRequest{r}, func(_ *MisuseRequest, response *survey.Response, day survey.Date) {
		days[day]++
	})
	var extent MisuseExtent
	for day, n := range days {
		if n >= Fewest && hoursOver(day, q.now()) >= 24 {
			extent.Days++
			extent.Responses += n
		}
	}
	return extent, err
}

// StateMisuse says that what verified responses was misused, and holds them back until
// two people have decided about each of its days, unless they are fewer than Fewest in
// all. A day that is not over yet is held to its end. Saying the same again changes nothing. Errors: Invalid with its Fields.
// With an error of the store after it was said, the responses are held by the next
// call of Judge.
func (q *Quarantine) StateMisuse(ctx context.Context, actor survey.Actor, r MisuseRequest) error {
	fields := survey.Fields{}
	r.check(fields, q.now())
	reason := checkReason(fields, r.Reason)
	if err := fields.Err("say what was misused", "misuse.invalid"); err != nil {
		return err
	}
	_, err := survey.Change(ctx, q.changes, survey.Edit[Misuse]{
		Collection: survey.Misuses, ID: r.id(), Actor: actor, Action: "misuse.state",
		Do: func(m *Misuse) error {
			*m = Misuse{
				ID: r.id(), Point: r.Point, Proof: r.Proof, From: r.From, To: r.To,
				By: actor.String(), Reason: reason, At: q.now().UTC().Truncate(time.Millisecond),
			}
			return nil
		},
	})
	if err != nil && !survey.Is(err, survey.Conflict) { // a conflict: it was said before
		return err
	}
	_, err = q.holdMisused(ctx)
	return err
}

// Misuses returns what was said to be misused, by point.
func (q *Quarantine) Misuses(ctx context.Context) ([]Misuse, error) {
	return survey.Documents[Misuse]{Store: q.store, Collection: survey.Misuses}.All(ctx)
}

// holdMisused holds what people said was misused, and returns how many responses that
// were not held for it before. What has arrived is held at once, by each server once,
// and all of it when the last day is over and every server has heard of the others'.
func (q *Quarantine) holdMisused(ctx context.Context) (fresh int, err error) {
	all, err := q.Misuses(ctx)
	if err != nil {
		return 0, err
	}
	var due []MisuseRequest
	over := map[string]bool{}
	for _, m := range all {
		r := MisuseRequest{Point: m.Point, Proof: m.Proof, From: m.From, To: m.To}
		over[m.ID] = hoursOver(m.To, q.now()) >= 24
		if !m.Held && (over[m.ID] || !q.wasHeld(m.ID)) {
			due = append(due, r)
		}
	}
	if len(due) == 0 {
		return 0, nil
	}
	suspects, days, err := q.suspectsOfMisuse(ctx, due)
	if err != nil {
		return 0, err
	}
	inserted, err := survey.InsertAll(ctx, q.store, survey.Suspects, suspects)
	if err != nil {
		return 0, err
	}
	for _, stored := range inserted {
		if stored {
			fresh++
		}
	}
	for i := range due {
		// Only now, so that what a crash left out is held by the next call.
		if err := q.misuseHeld(ctx, due[i].id(), over[due[i].id()]); err != nil {
			return fresh, err
		}
	}
	q.log.Info("responses are held back for misuse", "responses", fresh)
	return fresh, q.markSuspects(ctx, days)
}

// suspectsOfMisuse are the suspects of requests that are about enough responses, and the days on
// which these arrived.
func (q *Quarantine) suspectsOfMisuse(ctx context.Context, requests []MisuseRequest) (suspects []verification.Suspect, days map[pointDay]bool, err error) {
	of := map[*MisuseRequest][]verification.Suspect{}
	arrived := map[*MisuseRequest]map[survey.Date]bool{}
	now := q.now().UTC().Truncate(time.Millisecond)
	err = q.eachMisused(ctx, requests, func(r *MisuseRequest, response *survey.Response, day survey.Date) {
		of[r] = append(of[r], verification.NewSuspect(
			verification.NewBurstID(response.Campaign, r.Point, day), response.ID, verification.MisuseSign(r.Proof), response.Received.In(survey.Zone).Hour(), now))
		if arrived[r] == nil {
			arrived[r] = map[survey.Date]bool{}
		}
		arrived[r][day] = true
	})
	days = map[pointDay]bool{}
	for r, found := range of {
		if len(found) < Fewest {
			continue
		}
		suspects = append(suspects, found...)
		for day := range arrived[r] {
			days[pointDay{r.Point, day}] = true
		}
	}
	return suspects, days, err
}

func (q *Quarantine) wasHeld(id string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.misused[id]
}

// misuseHeld notes that what had arrived was held; for good where the days are over.
func (q *Quarantine) misuseHeld(ctx context.Context, id string, over bool) error {
	q.mu.Lock()
	q.misused[id] = true
	q.mu.Unlock()
	if !over {
		return nil
	}
	return survey.Mark(ctx, q.changes, survey.Misuses, id, func(m *Misuse) bool {
		changed := !m.Held
		m.Held = true
		return changed
	})
}

// eachMisused visits the stored responses that any of the requests covers. It reads
// every response of the store, most of them by two fields alone.
func (q *Quarantine) eachMisused(ctx context.Context, requests []MisuseRequest, visit func(*MisuseRequest, *survey.Response, survey.Date)) error {
	return q.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		var response *survey.Response
		for i := range requests {
			r := &requests[i]
			if survey.DocumentText(doc, "point") != string(r.Point) || survey.DocumentText(doc, "proof") != string(r.Proof) {
				continue
			}
			if response == nil {
				response = new(survey.Response)
				if err := response.UnmarshalBSON(doc); err != nil {
					return survey.NewError(survey.Internal, "hold what was misused", err)
				}
			}
			if day, covered := r.covers(response); covered && !response.TakenBack {
				visit(r, response, day)
			}
		}
		return nil
	})
}
