package paper

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

	"hailong/survey"
)

// RecheckDraw is forms of a surveyor that were drawn to be re-checked. With
// the seed anybody can draw them again; see pick.
type RecheckDraw struct {
	ID       string              `bson:"_id" json:"id"` // campaign, surveyor and Number
	Rev      int64               `bson:"rev" json:"-"`
	Campaign survey.CampaignID   `bson:"campaign" json:"campaign"`
	Surveyor survey.Login        `bson:"surveyor" json:"surveyor"`
	Number   int                 `bson:"number" json:"number"` // from 1; later draws add to the earlier ones
	Share    float64             `bson:"share" json:"share"`   // of the surveyor's forms, 0..1
	Minimum  int                 `bson:"minimum" json:"minimum"`
	Of       int                 `bson:"of" json:"of"` // forms that the surveyor had entered by then
	Seed     string              `bson:"seed" json:"seed"`
	Drawn    []survey.ResponseID `bson:"drawn" json:"-"`
	Forms    []FormName          `bson:"-" json:"forms"` // that were drawn, for the log
	By       string              `bson:"by" json:"by"`
	At       time.Time           `bson:"at" json:"at"`
}

// The usual draw.
const (
	UsualRecheckShare   = 0.10
	UsualRecheckMinimum = 3
)

func (c *Rechecks) drawsOf(ctx context.Context, id survey.CampaignID) ([]RecheckDraw, error) {
	table := survey.Documents[RecheckDraw]{Store: c.store, Collection: survey.RecheckDraws}
	var draws []RecheckDraw
	err := c.store.Scan(ctx, survey.RecheckDraws, string(id)+"/", string(id)+"0", func(doc bson.Raw) error { // "0" follows "/"
		var d RecheckDraw
		err := table.Decode(doc, &d)
		draws = append(draws, d)
		return err
	})
	return draws, err
}

// Draw draws, of each surveyor's forms from the units that covers admits, as
// many as it takes that share of them, and at least minimum, are drawn in all.
// Whoever failed has every form drawn. Errors: Invalid with Fields.
func (c *Rechecks) Draw(ctx context.Context, actor survey.Actor, id survey.CampaignID, share float64, minimum int, covers func(survey.UnitID) bool) (drawn int, err error) {
	fields := survey.Fields{}
	if !(share >= 0.01 && share <= 1) {
		fields.Add("share", "plan.bad_percent", 1, 100)
	}
	if minimum < 1 || minimum > 1000 {
		fields.Add("minimum", "plan.bad_number", 1, 1000)
	}
	if err := fields.Err("draw re-checks", "recheck.invalid"); err != nil {
		return 0, err
	}
	surveyors, err := c.Campaign(ctx, id, covers)
	if err != nil {
		return 0, err
	}
	act := c.changes.Begin(actor)
	for i := range surveyors {
		s := &surveyors[i]
		size := share
		if s.All {
			size = 1
		}
		drawn += c.draw(act, actor, id, s, size, minimum)
	}
	if drawn == 0 {
		return 0, nil
	}
	if err := act.Do(ctx); err != nil { // Conflict: somebody else drew at the same moment
		return 0, err
	}
	return drawn, nil
}

// drawAllIfFailed draws every form of a surveyor whose re-checks failed. Whoever
// comes second of two looks again and finds it done.
func (c *Rechecks) drawAllIfFailed(ctx context.Context, actor survey.Actor, id survey.CampaignID, login survey.Login) error {
	for {
		surveyors, err := c.Campaign(ctx, id, Everywhere)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(surveyors, func(s SurveyorRechecks) bool { return s.Surveyor == login })
		if i < 0 || !surveyors[i].Failed() {
			return nil
		}
		act := c.changes.Begin(actor)
		if c.draw(act, actor, id, &surveyors[i], 1, 0) == 0 {
			return nil
		}
		if err = act.Do(ctx); !survey.Is(err, survey.Conflict) {
			return err
		}
	}
}

// draw adds to an act a draw of what is missing of a surveyor's share, and
// returns how many forms that are.
func (c *Rechecks) draw(act *survey.Act, actor survey.Actor, id survey.CampaignID, s *SurveyorRechecks, share float64, minimum int) int {
	have := map[survey.ResponseID]bool{}
	inForce := 0
	for i := range s.Drawn {
		have[s.Drawn[i].Response.ID] = true
		if !s.Drawn[i].Voided {
			inForce++
		}
	}
	var rest []survey.ResponseID
	for _, form := range s.forms {
		if !have[form] {
			rest = append(rest, form)
		}
	}
	missing := min(len(rest), recheckSize(s.Forms, share, minimum)-inForce)
	if missing <= 0 {
		return 0
	}
	d := RecheckDraw{
		ID: fmt.Sprintf("%s/%s/%04d", id, s.Surveyor, s.draws+1), Rev: 1, Campaign: id, Surveyor: s.Surveyor, Number: s.draws + 1,
		Share: share, Minimum: minimum, Of: s.Forms, Seed: rand.Text(), By: actor.String(), At: c.now().UTC().Truncate(time.Millisecond),
	}
	d.Drawn = pick(d.Seed, rest, missing)
	for _, form := range d.Drawn {
		d.Forms = append(d.Forms, s.names[form])
	}
	act.Entry("recheck.draw", "recheck_draws/"+d.ID, nil, d)
	survey.Create(act, survey.RecheckDraws, d)
	return missing
}

// recheckSize is how many of n forms are to be drawn in all.
func recheckSize(n int, share float64, minimum int) int {
	// A whole number that came out a hair too large is not rounded up.
	return min(n, max(minimum, int(math.Ceil(share*float64(n)-1e-9))))
}

// pick draws n of some forms: those whose SHA-256 of the seed and their id is
// the lowest. Each is as likely as any other to be among them, and with the
// seed an auditor finds the same ones on paper.
func pick(seed string, forms []survey.ResponseID, n int) []survey.ResponseID {
	rank := func(id survey.ResponseID) string {
		sum := sha256.Sum256([]byte(seed + string(id)))
		return string(sum[:])
	}
	drawn := slices.Clone(forms)
	slices.SortFunc(drawn, func(a, b survey.ResponseID) int { return strings.Compare(rank(a), rank(b)) })
	return drawn[:n]
}
