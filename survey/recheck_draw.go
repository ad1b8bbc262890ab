package survey

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// RecheckDraw is forms of a surveyor that were drawn to be re-checked. With
// the seed anybody can draw them again; see pick.
type RecheckDraw struct {
	ID       string       `bson:"_id" json:"id"` // campaign, surveyor and Number
	Rev      int64        `bson:"rev" json:"-"`
	Campaign CampaignID   `bson:"campaign" json:"campaign"`
	Surveyor Login        `bson:"surveyor" json:"surveyor"`
	Number   int          `bson:"number" json:"number"` // from 1; later draws add to the earlier ones
	Share    float64      `bson:"share" json:"share"`   // of the surveyor's forms, 0..1
	Minimum  int          `bson:"minimum" json:"minimum"`
	Of       int          `bson:"of" json:"of"` // forms that the surveyor had keyed in by then
	Seed     string       `bson:"seed" json:"seed"`
	Drawn    []ResponseID `bson:"drawn" json:"drawn"`
	By       string       `bson:"by" json:"by"`
	At       time.Time    `bson:"at" json:"at"`
}

// The usual draw.
const (
	UsualRecheckShare   = 0.10
	UsualRecheckMinimum = 3
)

func (c *Rechecks) drawsOf(ctx context.Context, id CampaignID) ([]RecheckDraw, error) {
	table := Table[RecheckDraw]{c.store, RecheckDraws}
	var draws []RecheckDraw
	err := c.store.Scan(ctx, RecheckDraws, string(id)+"/", string(id)+"0", func(doc bson.Raw) error { // "0" follows "/"
		var d RecheckDraw
		err := table.decode(doc, &d)
		draws = append(draws, d)
		return err
	})
	return draws, err
}

// Draw draws, of each surveyor's forms from the units that covers admits, as
// many as it takes that share of them, and at least minimum, are drawn in all.
// Whoever failed has every form drawn. Errors: Invalid with Fields.
func (c *Rechecks) Draw(ctx context.Context, actor Actor, id CampaignID, share float64, minimum int, covers func(UnitID) bool) (drawn int, err error) {
	fields := map[string]Message{}
	if !(share >= 0.01 && share <= 1) {
		fields["share"] = Message{"plan.bad_percent", []any{1, 100}}
	}
	if minimum < 1 || minimum > 1000 {
		fields["minimum"] = Message{"plan.bad_number", []any{1, 1000}}
	}
	if err := invalid("recheck.invalid", "draw re-checks", fields); err != nil {
		return 0, err
	}
	surveyors, err := c.Campaign(ctx, id, covers)
	if err != nil {
		return 0, err
	}
	for i := range surveyors {
		s := &surveyors[i]
		size := share
		if s.All {
			size = 1
		}
		before := len(s.Drawn)
		if err := c.draw(ctx, actor, id, s, size, minimum); err != nil {
			return drawn, err
		}
		drawn += len(s.Drawn) - before
	}
	return drawn, nil
}

// drawAllIfFailed draws every form of a surveyor whose re-checks failed. Two who
// report at the same moment both want to draw; whoever comes second looks again
// and finds it done.
func (c *Rechecks) drawAllIfFailed(ctx context.Context, actor Actor, id CampaignID, login Login) error {
	for {
		surveyors, err := c.Campaign(ctx, id, Everywhere)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(surveyors, func(s SurveyorRechecks) bool { return s.Surveyor == login })
		if i < 0 || !surveyors[i].Failed() {
			return nil
		}
		if err = c.draw(ctx, actor, id, &surveyors[i], 1, 0); err == nil || KindOf(err) != Conflict {
			return err
		}
	}
}

// draw draws what is missing of a surveyor's share.
func (c *Rechecks) draw(ctx context.Context, actor Actor, id CampaignID, s *SurveyorRechecks, share float64, minimum int) error {
	have := map[ResponseID]bool{}
	inForce := 0
	for i := range s.Drawn {
		have[s.Drawn[i].Response.ID] = true
		if !s.Drawn[i].Voided {
			inForce++
		}
	}
	var rest []ResponseID
	for _, form := range s.forms {
		if !have[form] {
			rest = append(rest, form)
		}
	}
	missing := min(len(rest), recheckSize(s.Forms, share, minimum)-inForce)
	if missing <= 0 {
		return nil
	}
	d := RecheckDraw{
		ID: fmt.Sprintf("%s/%s/%04d", id, s.Surveyor, s.draws+1), Rev: 1, Campaign: id, Surveyor: s.Surveyor, Number: s.draws + 1,
		Share: share, Minimum: minimum, Of: s.Forms, Seed: rand.Text(), By: actor.String(), At: c.now().UTC().Truncate(time.Millisecond),
	}
	d.Drawn = pick(d.Seed, rest, missing)
	if err := (Table[RecheckDraw]{c.store, RecheckDraws}).Insert(ctx, d); err != nil {
		return err // Conflict: somebody else drew at the same moment
	}
	for _, form := range d.Drawn {
		s.Drawn = append(s.Drawn, RecheckedForm{Response: Response{ID: form}})
	}
	return c.audit.Record(ctx, actor, "recheck.draw", "recheck_draws/"+d.ID, nil, d)
}

// recheckSize is how many of n forms are to be drawn in all.
func recheckSize(n int, share float64, minimum int) int {
	// A whole number that came out a hair too large is not rounded up.
	return min(n, max(minimum, int(math.Ceil(share*float64(n)-1e-9))))
}

// pick draws n of some forms: those whose SHA-256 of the seed and their id is
// the lowest. Each is as likely as any other to be among them, and with the
// seed an auditor finds the same ones on paper.
func pick(seed string, forms []ResponseID, n int) []ResponseID {
	rank := func(id ResponseID) string {
		sum := sha256.Sum256([]byte(seed + string(id)))
		return string(sum[:])
	}
	drawn := slices.Clone(forms)
	slices.SortFunc(drawn, func(a, b ResponseID) int { return strings.Compare(rank(a), rank(b)) })
	return drawn[:n]
}
