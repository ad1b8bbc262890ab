package quarantine

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"hailong/survey"
	"hailong/survey/verification"
)

// Bounds of a reason, in characters.
const (
	minReason = 10
	maxReason = 500
)

// DecisionRequest is what somebody wants to become of a burst.
type DecisionRequest struct {
	Burst     verification.BurstID
	Rev       int64 // of the decision that was seen; 0: there was none
	Responses int   // that were held back as it was seen
	Choice    verification.BurstChoice
	Reason    string
}

// Decide records what somebody chose about a burst. Two people must choose the
// same: the first choice waits, and the second puts it in force; another choice
// takes the place of the one that waits. What is in force can be changed in the
// same way, until then it stays. Where the installation has one person alone who may
// decide (DecidesAlone), each choice is in force at once.
//
// Errors: NotFound (nothing of that burst is held back); Invalid (Fields choice,
// reason; the day is not over; it waits for a second person and this is the
// first); Conflict (somebody chose meanwhile, or more is held back than was seen).
func (q *Quarantine) Decide(ctx context.Context, actor survey.Actor, c DecisionRequest) (verification.BurstDecision, error) {
	reason, err := checkChoice(&c)
	if err != nil {
		return verification.BurstDecision{}, err
	}
	campaign, point, day := c.Burst.Parts()
	if hoursOver(day, q.now()) < 24 {
		return verification.BurstDecision{}, &survey.Error{Kind: survey.Invalid, Op: "decide about burst", Key: "suspect.day_not_over"}
	}
	ids, err := q.suspectsOf(ctx, c.Burst)
	switch {
	case err != nil:
		return verification.BurstDecision{}, err
	case len(ids) == 0:
		return verification.BurstDecision{}, survey.NewError(survey.NotFound, "decide about burst", nil)
	case len(ids) != c.Responses:
		return verification.BurstDecision{}, survey.NewError(survey.Conflict, "decide about burst", nil)
	}
	alone, err := q.DecidesAlone(ctx)
	if err != nil {
		return verification.BurstDecision{}, err
	}
	opinion := verification.BurstOpinion{
		Choice: c.Choice, By: actor.String(), Reason: reason, Responses: len(ids), At: q.now().UTC().Truncate(time.Millisecond),
	}
	decision, err := survey.Change(ctx, q.changes, survey.Edit[verification.BurstDecision]{
		Collection: survey.BurstDecisions, ID: string(c.Burst), Seen: c.Rev, Actor: actor, Action: actionOf(c.Choice),
		Do: func(d *verification.BurstDecision) error {
			d.ID, d.Campaign = c.Burst, campaign
			return choose(d, opinion, alone)
		},
	})
	if err == nil && decision.Proposed == nil { // what is usual follows what counts
		q.markDay(point, day, ids, decision.Choice == verification.LeaveOut)
	}
	return decision, err
}

func actionOf(c verification.BurstChoice) survey.Action {
	if c == verification.CountThem {
		return "suspect.count"
	}
	return "suspect.leave_out"
}

func checkChoice(c *DecisionRequest) (reason string, err error) {
	fields := survey.Fields{}
	if c.Choice != verification.CountThem && c.Choice != verification.LeaveOut {
		fields.Add("choice", "suspect.no_choice")
	}
	reason = strings.TrimSpace(survey.CleanText(c.Reason))
	if n := utf8.RuneCountInString(reason); n < minReason || n > maxReason {
		fields.Add("reason", "suspect.bad_reason", minReason, maxReason)
	}
	return reason, fields.Err("decide about burst", "suspect.invalid")
}

// choose puts an opinion into a decision.
func choose(d *verification.BurstDecision, o verification.BurstOpinion, alone bool) error {
	waiting := d.Proposed
	switch {
	case alone:
		settle(d, nil, &o)
	case waiting != nil && waiting.Choice == o.Choice && waiting.By == o.By:
		return &survey.Error{Kind: survey.Invalid, Op: "decide about burst", Key: "suspect.second_person"}
	case waiting != nil && waiting.Choice == o.Choice:
		settle(d, waiting, &o)
	default:
		d.Proposed = &o
	}
	return nil
}

// settle puts an opinion in force that another one agreed with, if there are two.
func settle(d *verification.BurstDecision, first, o *verification.BurstOpinion) {
	if d.Choice != o.Choice {
		d.Since = o.At
	}
	d.Choice, d.Decided, d.First, d.Proposed = o.Choice, o, first, nil
	d.Counted = d.Counted || o.Choice == verification.CountThem
}

// decision is what was decided about a burst; of revision 0 where nothing was.
func (q *Quarantine) decision(ctx context.Context, id verification.BurstID) (verification.BurstDecision, error) {
	d, err := survey.Documents[verification.BurstDecision]{Store: q.store, Collection: survey.BurstDecisions}.Get(ctx, string(id))
	if survey.Is(err, survey.NotFound) {
		return verification.BurstDecision{ID: id}, nil
	}
	return d, err
}

// suspectsOf are the responses of a burst that are, or were, held back.
func (q *Quarantine) suspectsOf(ctx context.Context, burst verification.BurstID) ([]survey.ResponseID, error) {
	campaign, _, _ := burst.Parts()
	if campaign == "" {
		return nil, nil
	}
	var ids []survey.ResponseID
	err := verification.SuspectsOf(ctx, q.store, campaign, func(s verification.Suspect) error {
		if s.Burst == burst {
			ids = append(ids, s.Response)
		}
		return nil
	})
	return ids, err
}
