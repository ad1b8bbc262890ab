package survey

import (
	"slices"
	"time"
)

// CampaignID identifies a campaign: "tthc-2026".
type CampaignID string

// CampaignState is where a campaign stands between plan and publication.
type CampaignState string

// The states, in their order. Only an open campaign takes responses.
const (
	Draft      CampaignState = "draft"
	Open       CampaignState = "open"
	ClosedDown CampaignState = "closed"
	Published  CampaignState = "published"
	Withdrawn  CampaignState = "withdrawn"
)

// Formula turns the codes of a scale into a score between 0 and 1.
type Formula string

// The formulas in use in Viet Nam; the same answers give different figures, so
// a figure always names its formula.
const (
	Top2    Formula = "top2"    // share of satisfied answers
	Mean100 Formula = "mean100" // mean code over the highest code
	Mean0   Formula = "mean0"   // (mean code - 1) over (highest code - 1)
)

// Pooling says how the answers to several items become one figure.
type Pooling string

// The poolings.
const (
	PoolAnswers Pooling = "pooled"  // all answers to index items alike
	PoolFactors Pooling = "factors" // mean of the factors' figures
	PoolOverall Pooling = "overall" // the overall question alone
)

// Method is everything that decides a figure besides the answers. It is frozen
// in the campaign and printed with each figure.
type Method struct {
	Formula    Formula `bson:"formula" yaml:"formula" json:"formula"`
	Pooling    Pooling `bson:"pooling" yaml:"pooling" json:"pooling"`
	Version    string  `bson:"version" yaml:"version" json:"version"`          // of the definition of formula and pooling
	Confidence float64 `bson:"confidence" yaml:"confidence" json:"confidence"` // of intervals, e.g. 0.95
	MinN       int     `bson:"min_n" yaml:"min_n" json:"min_n"`                // fewer respondents: no verdict is shown
}

// Campaign is one measurement: a family of questionnaires, a period, units,
// and a method, from its plan to its publication.
type Campaign struct {
	ID     CampaignID    `bson:"_id" json:"id"`
	Rev    int64         `bson:"rev" json:"-"`
	Title  Text          `bson:"title" json:"title"`
	Family Family        `bson:"family" json:"family"`
	Forms  []FormRef     `bson:"forms" json:"forms"` // the versions that are answered
	Period Span          `bson:"period" json:"period"`
	State  CampaignState `bson:"state" json:"state"`
	Frame  Date          `bson:"frame" json:"frame"`                     // units as of this day
	Units  []UnitID      `bson:"units,omitempty" json:"units,omitempty"` // and all below them; empty: every unit
	Method Method        `bson:"method" json:"method"`
	Rhythm Rhythm        `bson:"rhythm,omitempty" json:"rhythm,omitempty"`
	Demo   bool          `bson:"demo,omitempty" json:"demo,omitempty"` // holds invented responses

	Langs    []Lang       `bson:"langs,omitempty" json:"langs,omitempty"`       // that its forms are offered in, the first by default; empty: all
	Targets  []TargetCode `bson:"targets,omitempty" json:"targets,omitempty"`   // that it answers
	Opened   Date         `bson:"opened,omitempty" json:"opened,omitempty"`     // the day it was opened; empty: not known
	Shut     Date         `bson:"shut,omitempty" json:"shut,omitempty"`         // the day it was closed
	Editions []Edition    `bson:"editions,omitempty" json:"editions,omitempty"` // of its publication, the newest last

	// IdempotencyKey was drawn for the page that it was drafted on, so that a
	// second press of its button finds it.
	IdempotencyKey string `bson:"making,omitempty" json:"-"`
}

// Takes returns nil if the campaign takes responses on a day, and otherwise an
// error of kind Closed that says since or until when. A campaign that was
// closed still takes what was answered before that day: the phone of a village
// without network is late, not wrong.
func (c Campaign) Takes(on Date) error {
	switch {
	case c.State != Draft && c.State != Open && on < c.Shut && c.Period.Contains(on):
		return nil
	case c.State == Draft || (c.State == Open && c.Period.From != "" && on < c.Period.From):
		return &Error{Kind: Closed, Op: "open campaign", Key: "campaign.not_yet", Args: []any{c.Period.From}}
	case c.State == Open && c.Period.Contains(on):
		return nil
	}
	if on < c.Period.From { // it is over, but that is not why
		return &Error{Kind: Closed, Op: "open campaign", Key: "campaign.outside", Args: []any{c.Period.From, c.Period.To}}
	}
	ended := &Error{Kind: Closed, Op: "open campaign", Key: "campaign.closed", Args: []any{c.Period.To}}
	switch over := c.Period.To != "" && c.Period.To < on; {
	case c.Shut != "" && (!over || c.Shut < c.Period.To): // ahead of the plan
		ended.Key, ended.Args = "campaign.shut", []any{c.Shut}
	case !over:
		ended.Key, ended.Args = "campaign.shut_undated", nil
	}
	return ended
}

// EndedOn is the last day on which a campaign took answers; empty while it has no
// end.
func (c *Campaign) EndedOn() Date {
	end := c.Period.To
	if c.Shut != "" && (end == "" || c.Shut < end) {
		end = c.Shut
	}
	if !end.Valid() {
		return ""
	}
	return end
}

// TakesEntries reports whether paper forms of the campaign may still be entered: a
// form answered in time may be entered after the campaign was closed.
func (c *Campaign) TakesEntries() bool {
	return slices.Contains([]CampaignState{Draft, Open, ClosedDown}, c.State)
}

// Measures reports whether the campaign's results answer a target: those it
// names, or where it names none all of its family.
func (c *Campaign) Measures(t *Target) bool {
	return t.Family == c.Family && (len(c.Targets) == 0 || slices.Contains(c.Targets, t.Code))
}

// Offers reports whether the campaign's forms are shown in a language.
func (c Campaign) Offers(lang Lang) bool { return len(c.Langs) == 0 || slices.Contains(c.Langs, lang) }

// Form returns the version of a questionnaire that the campaign asks.
func (c Campaign) Form(code FormCode) (FormRef, bool) {
	for _, ref := range c.Forms {
		if ref.Code == code {
			return ref, true
		}
	}
	return FormRef{}, false
}

// MethodVersion names the definition of formulas and poolings in force, as
// printed beside figures.
const MethodVersion = "1"

// Rhythm is how often a campaign publishes.
type Rhythm string

// The rhythms. Counters where people answer all year publish by month or quarter:
// each edition covers the periods that are over.
const (
	Once      Rhythm = "" // when the collection has ended
	Monthly   Rhythm = "month"
	Quarterly Rhythm = "quarter"
)

// Rhythms lists them.
var Rhythms = []Rhythm{Once, Monthly, Quarterly}

// period is the period of a rhythm that holds a day.
func (r Rhythm) period(day Date) Span {
	t := day.Time()
	first, months := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC), 1
	if r == Quarterly {
		first, months = time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC), 3
	}
	return Span{From: Date(first.Format(time.DateOnly)), To: Date(first.AddDate(0, months, -1).Format(time.DateOnly))}
}

// PeriodOver is the last day of the newest period that is over on a day, within the
// campaign's own and since it was opened: nobody can have answered in an earlier one. ok
// is false where none is, or the campaign publishes once.
func (c *Campaign) PeriodOver(today Date) (last Date, ok bool) {
	switch {
	case c.Rhythm == Once:
		return "", false
	case c.Period.To != "" && c.Period.To < today:
		return c.Period.To, true
	}
	last = Date(c.Rhythm.period(today).From.Time().AddDate(0, 0, -1).Format(time.DateOnly))
	return last, last >= max(c.Period.From, c.Opened)
}

// EditionDue is the last day of the period that is over and that no edition in force
// covers; ok is false where there is none.
func (c *Campaign) EditionDue(today Date) (last Date, ok bool) {
	last, ok = c.PeriodOver(today)
	if e := c.Current(); e != nil && e.Through >= last {
		return last, false
	}
	return last, ok
}

// ResultsAfter is the day after which the next figures come: the last of a period
// that is over and has none yet, or else that of AnswersShownAfter. Empty: no day is
// known.
func (c *Campaign) ResultsAfter(today Date) Date {
	if last, ok := c.EditionDue(today); ok && c.Rhythm != Once {
		return last
	}
	return c.AnswersShownAfter(today)
}

// AnswersShownAfter is the day after which what is answered on a day is published:
// that on which the campaign ends, or the period of the day. Empty: no day is known.
func (c *Campaign) AnswersShownAfter(day Date) Date {
	if c.Rhythm == Once {
		return c.Period.To
	}
	end := c.Rhythm.period(max(day, c.Period.From)).To
	if c.Period.To != "" {
		end = min(end, c.Period.To)
	}
	return end
}

// Edition is one publication of a campaign's figures. A campaign that publishes once
// has a second one only after the first was withdrawn.
type Edition struct {
	Number    int       `bson:"number" json:"number"` // from 1
	Hash      string    `bson:"hash" json:"hash"`     // of the snapshot, which is found by it
	Published time.Time `bson:"published" json:"published"`
	Through   Date      `bson:"through,omitempty" json:"through,omitempty"`      // the last day of the answers in it; empty: all
	Log       *LogHead  `bson:"log,omitempty" json:"log,omitempty"`              // whose ledger it was made of; nil: of older versions, and while the log was empty
	By        string    `bson:"by" json:"by"`                                    // who published it, as Actor.String writes them
	Withdrawn time.Time `bson:"withdrawn,omitempty" json:"withdrawn,omitzero"`   // zero: in force
	Reason    string    `bson:"reason,omitempty" json:"reason,omitempty"`        // why it was withdrawn
	WithBy    string    `bson:"with_by,omitempty" json:"withdrawn_by,omitempty"` // who withdrew it
}

// Current returns the edition in force, or nil.
func (c *Campaign) Current() *Edition {
	if len(c.Editions) == 0 {
		return nil
	}
	newest := &c.Editions[len(c.Editions)-1]
	goesOn := c.Rhythm != Once && (c.State == Open || c.State == ClosedDown)
	if !newest.Withdrawn.IsZero() || c.State != Published && !goesOn {
		return nil
	}
	return newest
}
