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
	ID       verification.BurstID
	Campaign survey.CampaignID
	Point    survey.PointCode
	Day      survey.Date
	From, To int         // hours of the day in which they arrived, [From, To)
	Groups   []HeldGroup // by sign, in the order of signs
	Stated   int         // transactions of the day; -1: not known
	Over     bool        // the day is over, so that people can decide
}

// HeldGroup is what is, or was, held of a burst for one sign, about which is decided
// as a whole.
type HeldGroup struct {
	Sign      verification.SuspectSign
	Responses []survey.ResponseID
	Decision  verification.BurstDecision
}

// Waits reports whether nobody has decided yet.
func (g *HeldGroup) Waits() bool { return g.Decision.Choice == "" }

// LeftOut reports whether figures leave the group out.
func (g *HeldGroup) LeftOut() bool { return g.Decision.LeavesOut() }

// Few reports whether so few are held for misuse or a wrong clock that their number is not shown; see
// Fewest. The rules hold more.
func (g *HeldGroup) Few() bool { return g.Sign.Apart() && len(g.Responses) < Fewest }

// Told is how many are held, as far as it is told: 0 where they are few.
func (g *HeldGroup) Told() int {
	if g.Few() {
		return 0
	}
	return len(g.Responses)
}

// Fewest is how many are shown at least.
func (*HeldGroup) Fewest() int { return Fewest }

// Few reports whether some of what is held is not told.
func (b *HeldBurst) Few() bool {
	return slices.ContainsFunc(b.Groups, func(g HeldGroup) bool { return g.Few() })
}

// Told is how many are held for any sign, as far as it is told: without the groups that
// are few, whose number the difference would tell.
func (b *HeldBurst) Told() int {
	return len(b.responsesOf(func(g *HeldGroup) bool { return !g.Few() }))
}

// WaitingTold are those of groups whose number is told that people are to decide about.
func (b *HeldBurst) WaitingTold() []survey.ResponseID {
	return b.responsesOf(func(g *HeldGroup) bool { return g.Waits() && !g.Few() })
}

// WaitingFew are those that people are to decide about and WaitingTold leaves out.
func (b *HeldBurst) WaitingFew() []survey.ResponseID {
	told := b.WaitingTold()
	return slices.DeleteFunc(b.Waiting(), func(id survey.ResponseID) bool {
		_, found := slices.BinarySearch(told, id)
		return found
	})
}

// Fewest is how many are shown at least.
func (*HeldBurst) Fewest() int { return Fewest }

// Second reports whether a choice about some of the burst waits for a second person.
func (b *HeldBurst) Second() bool {
	return slices.ContainsFunc(b.Groups, func(g HeldGroup) bool { return g.Decision.Proposed != nil })
}

// Waits reports whether people are to decide about some of the burst.
func (b *HeldBurst) Waits() bool {
	return slices.ContainsFunc(b.Groups, func(g HeldGroup) bool { return g.Waits() })
}

// Group returns what is held for a sign; nil where nothing is.
func (b *HeldBurst) Group(sign verification.SuspectSign) *HeldGroup {
	at := slices.IndexFunc(b.Groups, func(g HeldGroup) bool { return g.Sign == sign })
	if at < 0 {
		return nil
	}
	return &b.Groups[at]
}

// Responses are those held for any sign, each once.
func (b *HeldBurst) Responses() []survey.ResponseID {
	return b.responsesOf(func(*HeldGroup) bool { return true })
}

// Waiting are those that people are to decide about, each once.
func (b *HeldBurst) Waiting() []survey.ResponseID { return b.responsesOf((*HeldGroup).Waits) }

func (b *HeldBurst) responsesOf(wanted func(*HeldGroup) bool) []survey.ResponseID {
	var ids []survey.ResponseID
	for i := range b.Groups {
		if wanted(&b.Groups[i]) {
			ids = append(ids, b.Groups[i].Responses...)
		}
	}
	slices.Sort(ids) // one may be held by a rule and for misuse
	return slices.Compact(ids)
}

// Bursts returns the bursts of a campaign, those that wait for a decision first,
// and the newest of them first.
func (q *Quarantine) Bursts(ctx context.Context, campaign survey.CampaignID) ([]HeldBurst, error) {
	byID := map[verification.BurstID]*HeldBurst{}
	err := verification.SuspectsOf(ctx, q.store, campaign, func(s verification.Suspect) error {
		b := byID[s.Burst]
		if b == nil {
			_, point, day := s.Burst.Parts()
			b = &HeldBurst{
				ID: s.Burst, Campaign: s.Campaign, Point: point, Day: day, From: s.Hour, To: s.Hour + 1, Stated: -1, Over: hoursOver(day, q.now()) >= 24,
			}
			byID[s.Burst] = b
		}
		b.From, b.To = min(b.From, s.Hour), max(b.To, s.Hour+1)
		g := b.Group(s.Sign)
		if g == nil {
			b.Groups = append(b.Groups, HeldGroup{Sign: s.Sign})
			g = &b.Groups[len(b.Groups)-1]
		}
		g.Responses = append(g.Responses, s.Response)
		return nil
	})
	if err != nil || len(byID) == 0 {
		return nil, err
	}
	if err := q.complete(ctx, campaign, byID); err != nil {
		return nil, err
	}
	bursts := make([]HeldBurst, 0, len(byID))
	for _, b := range byID {
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
func (q *Quarantine) complete(ctx context.Context, campaign survey.CampaignID, bursts map[verification.BurstID]*HeldBurst) error {
	decisions, err := verification.DecisionsOf(ctx, q.store, campaign)
	if err != nil {
		return err
	}
	first := survey.Date("")
	for id, b := range bursts {
		slices.SortFunc(b.Groups, func(a, b HeldGroup) int {
			return slices.Index(verification.SuspectSigns, a.Sign) - slices.Index(verification.SuspectSigns, b.Sign)
		})
		for i := range b.Groups {
			b.Groups[i].Decision = decisions.Of(id, b.Groups[i].Sign)
		}
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
	if campaign == "" {
		return HeldBurst{}, survey.NewError(survey.NotFound, "find burst", nil)
	}
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
		if through == "" || bursts[i].Day <= through {
			waiting += len(bursts[i].Waiting())
		}
	}
	if 100*waiting <= undecidedShare*(inForce+waiting) {
		return nil
	}
	return &survey.Error{Kind: survey.Invalid, Op: "publish campaign", Key: "suspect.undecided", Args: []any{waiting, undecidedShare}}
}
