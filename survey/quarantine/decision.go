package quarantine

import (
	"context"
	"slices"
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

// DecisionRequest is what somebody wants to become of groups that are held back, of
// one campaign and for one reason.
type DecisionRequest struct {
	Groups []GroupChoice
	Reason string
}

// GroupChoice is what is to become of what is held of a burst for a sign.
type GroupChoice struct {
	Burst     verification.BurstID
	Sign      verification.SuspectSign
	Rev       int64 // of the decision that was seen; 0: there was none
	Responses int   // that were told to be held back as it was seen (HeldGroup.Told)
	Choice    verification.BurstChoice
}

// Decide records what somebody chose about groups that are held back, all of them or
// none, and returns what stands about each of them now. Two people must choose the
// same about a group: the first choice waits, and the second puts it in force; another
// choice takes the place of the one that waits. What is in force can be changed in the
// same way, until then it stays. Where the installation has one person alone who may
// decide (DecidesAlone), each choice is in force at once. Groups about which this person
// has chosen the same already are passed over.
//
// Errors: NotFound (nothing of such a group is held back); Invalid (Fields choice,
// reason; a day is not over; all wait for a second person and this is the
// first); Conflict (somebody chose meanwhile, or another number is held back than was told).
func (q *Quarantine) Decide(ctx context.Context, actor survey.Actor, r DecisionRequest) ([]verification.BurstDecision, error) {
	reason, err := checkChoice(&r)
	if err != nil {
		return nil, err
	}
	// What people said about misuse is held before anything is decided about those days,
	// so that no decision is about responses that nobody saw.
	if _, err := q.holdMisused(ctx); err != nil {
		return nil, err
	}
	held, err := q.seen(ctx, r.Groups)
	if err != nil {
		return nil, err
	}
	alone, err := q.DecidesAlone(ctx)
	if err != nil {
		return nil, err
	}
	act, decisions, chosen := q.changes.Begin(actor), make([]verification.BurstDecision, len(held)), 0
	days := map[pointDay]bool{}
	for i, g := range held {
		opinion := verification.BurstOpinion{
			Choice: r.Groups[i].Choice, By: actor.String(), Reason: reason, Responses: g.Told(), At: q.now().UTC().Truncate(time.Millisecond),
		}
		decisions[i] = g.Decision
		if choose(&decisions[i], opinion, alone) {
			campaign, point, day := r.Groups[i].Burst.Parts()
			decisions[i].Campaign, days[pointDay{point, day}] = campaign, true
			decide(act, g.Decision, decisions[i], opinion.Choice)
			chosen++
		}
	}
	if chosen == 0 {
		return nil, &survey.Error{Kind: survey.Invalid, Op: "decide about burst", Key: "suspect.second_person"}
	}
	if err := act.Do(ctx); err != nil {
		return nil, err
	}
	return decisions, q.markSuspects(ctx, days) // what is usual follows what counts
}

// decide adds a decision to an act.
func decide(act *survey.Act, before, after verification.BurstDecision, choice verification.BurstChoice) {
	var was any
	if before.Rev > 0 {
		was = before
	}
	act.Entry(actionOf(choice), string(survey.BurstDecisions)+"/"+string(after.ID), was, after)
	if before.Rev == 0 {
		survey.Create(act, survey.BurstDecisions, after)
	} else {
		survey.Update(act, survey.BurstDecisions, before.Rev, after)
	}
}

// seen returns the groups that choices are about, if they are as whoever chose saw them.
func (q *Quarantine) seen(ctx context.Context, choices []GroupChoice) ([]HeldGroup, error) {
	campaign, _, _ := choices[0].Burst.Parts()
	if campaign == "" {
		return nil, survey.NewError(survey.NotFound, "decide about burst", nil)
	}
	bursts, err := q.Bursts(ctx, campaign)
	if err != nil {
		return nil, err
	}
	held := make([]HeldGroup, len(choices))
	for i, c := range choices {
		at := slices.IndexFunc(bursts, func(b HeldBurst) bool { return b.ID == c.Burst })
		if at < 0 || bursts[at].Group(c.Sign) == nil {
			return nil, survey.NewError(survey.NotFound, "decide about burst", nil)
		}
		held[i] = *bursts[at].Group(c.Sign)
		switch {
		case !bursts[at].Over:
			return nil, &survey.Error{Kind: survey.Invalid, Op: "decide about burst", Key: "suspect.day_not_over"}
		case held[i].Told() != c.Responses, held[i].Decision.Rev != c.Rev:
			return nil, survey.NewError(survey.Conflict, "decide about burst", nil)
		}
	}
	return held, nil
}

func actionOf(c verification.BurstChoice) survey.Action {
	if c == verification.CountThem {
		return "suspect.count"
	}
	return "suspect.leave_out"
}

func checkChoice(r *DecisionRequest) (reason string, err error) {
	fields := survey.Fields{}
	if len(r.Groups) == 0 {
		fields.Add("choice", "suspect.no_choice")
	}
	for _, g := range r.Groups {
		if g.Choice != verification.CountThem && g.Choice != verification.LeaveOut {
			fields.Add("choice", "suspect.no_choice")
		}
	}
	reason = checkReason(fields, r.Reason)
	return reason, fields.Err("decide about burst", "suspect.invalid")
}

func checkReason(fields survey.Fields, text string) string {
	reason := strings.TrimSpace(survey.CleanText(text))
	if n := utf8.RuneCountInString(reason); n < minReason || n > maxReason {
		fields.Add("reason", "suspect.bad_reason", minReason, maxReason)
	}
	return reason
}

// choose puts an opinion into a decision, unless the same person's same one waits there.
func choose(d *verification.BurstDecision, o verification.BurstOpinion, alone bool) bool {
	waiting := d.Proposed
	switch {
	case alone:
		settle(d, nil, &o)
	case waiting != nil && waiting.Choice == o.Choice && waiting.By == o.By:
		return false
	case waiting != nil && waiting.Choice == o.Choice:
		settle(d, waiting, &o)
	default:
		d.Proposed = &o
	}
	return true
}

// settle puts an opinion in force that another one agreed with, if there are two.
func settle(d *verification.BurstDecision, first, o *verification.BurstOpinion) {
	if d.Choice != o.Choice {
		d.Since = o.At
	}
	d.Choice, d.Decided, d.First, d.Proposed = o.Choice, o, first, nil
	d.Counted = d.Counted || o.Choice == verification.CountThem
}
