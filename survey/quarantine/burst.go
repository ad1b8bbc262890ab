package quarantine

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"hailong/survey"
	"hailong/survey/verification"
)

// HeldBurst is what is, or was, held back of what arrived at a point on a day.
type HeldBurst struct {
	ID        verification.BurstID
	Campaign  survey.CampaignID
	Point     survey.PointCode
	Day       survey.Date
	From, To  int // hours of the day in which they arrived, [From, To)
	Responses []survey.ResponseID
	Signs     []SignCount // in the order of signs
	Stated    int         // transactions of the day; -1: not known
	Over      bool        // the day is over, so that people can decide
	Decision  verification.BurstDecision
}

// SignCount is how many responses are held back for a reason.
type SignCount struct {
	Sign   verification.SuspectSign
	Number int
}

// Waits reports whether nobody has decided yet.
func (b HeldBurst) Waits() bool { return b.Decision.Choice == "" }

// LeftOut reports whether figures leave the burst out.
func (b HeldBurst) LeftOut() bool { return b.Decision.LeavesOut() }

// Bursts returns the bursts of a campaign, those that wait for a decision first,
// and the newest of them first.
func (q *Quarantine) Bursts(ctx context.Context, campaign survey.CampaignID) ([]HeldBurst, error) {
	byID := map[verification.BurstID]*HeldBurst{}
	signs := map[verification.BurstID]map[verification.SuspectSign]int{}
	err := verification.SuspectsOf(ctx, q.store, campaign, func(s verification.Suspect) error {
		b := byID[s.Burst]
		if b == nil {
			_, point, day := s.Burst.Parts()
			b = &HeldBurst{
				ID: s.Burst, Campaign: campaign, Point: point, Day: day, From: s.Hour, To: s.Hour + 1, Stated: -1,
				Over: hoursOver(day, q.now()) >= 24, Decision: verification.BurstDecision{ID: s.Burst},
			}
			byID[s.Burst], signs[s.Burst] = b, map[verification.SuspectSign]int{}
		}
		b.From, b.To = min(b.From, s.Hour), max(b.To, s.Hour+1)
		b.Responses = append(b.Responses, s.Response)
		signs[s.Burst][s.Sign]++
		return nil
	})
	if err != nil || len(byID) == 0 {
		return nil, err
	}
	if err := q.complete(ctx, byID); err != nil {
		return nil, err
	}
	bursts := make([]HeldBurst, 0, len(byID))
	for id, b := range byID {
		for _, sign := range verification.SuspectSigns {
			if n := signs[id][sign]; n > 0 {
				b.Signs = append(b.Signs, SignCount{sign, n})
			}
		}
		bursts = append(bursts, *b)
	}
	slices.SortFunc(bursts, func(a, b HeldBurst) int {
		if a.Waits() != b.Waits() {
			if a.Waits() {
				return -1
			}
			return 1
		}
		return cmp.Or(-strings.Compare(string(a.Day), string(b.Day)), strings.Compare(string(a.Point), string(b.Point)))
	})
	return bursts, nil
}

// complete adds what was decided and stated.
func (q *Quarantine) complete(ctx context.Context, bursts map[verification.BurstID]*HeldBurst) error {
	first := survey.Date("")
	for id, b := range bursts {
		decision, err := q.decision(ctx, id)
		if err != nil {
			return err
		}
		b.Decision = decision
		if first == "" || b.Day < first {
			first = b.Day
		}
	}
	if q.Stated == nil {
		return nil
	}
	stated, err := q.Stated(ctx, first)
	for _, b := range bursts {
		if n, known := stated[b.Point][b.Day]; known {
			b.Stated = n
		}
	}
	return err
}

// Burst returns one burst. Errors: NotFound.
func (q *Quarantine) Burst(ctx context.Context, id verification.BurstID) (HeldBurst, error) {
	campaign, _, _ := id.Parts()
	bursts, err := q.Bursts(ctx, campaign)
	if err != nil {
		return HeldBurst{}, err
	}
	for _, b := range bursts {
		if b.ID == id {
			return b, nil
		}
	}
	return HeldBurst{}, survey.NewError(survey.NotFound, "find burst", nil)
}

// undecidedShare is how many responses of a hundred of a campaign may wait for a
// decision when it is published.
const undecidedShare = 1

// GuardPublication refuses to publish an edition of a campaign while too many of its
// responses wait for a decision: those that arrived until its last day, through;
// empty: all. What came later is a matter of the next edition, so that nobody stops
// this one by sending more. inForce is how many count. What has arrived is judged
// first. Errors: Invalid.
func (q *Quarantine) GuardPublication(ctx context.Context, campaign survey.CampaignID, through survey.Date, inForce int) error {
	if _, err := q.Judge(ctx); err != nil {
		return err
	}
	bursts, err := q.Bursts(ctx, campaign)
	if err != nil {
		return err
	}
	waiting := 0
	for i := range bursts {
		if bursts[i].Waits() && (through == "" || bursts[i].Day <= through) {
			waiting += len(bursts[i].Responses)
		}
	}
	if 100*waiting <= undecidedShare*(inForce+waiting) {
		return nil
	}
	return &survey.Error{Kind: survey.Invalid, Op: "publish campaign", Key: "suspect.undecided", Args: []any{waiting, undecidedShare}}
}
