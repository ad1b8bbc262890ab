package survey

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/bson"
)

// RecheckOutcome is what a supervisor found when the respondent of a paper
// form was asked again.
type RecheckOutcome string

// The outcomes.
const (
	RecheckMatch  RecheckOutcome = "match"  // the form says what the respondent says
	RecheckNear   RecheckOutcome = "near"   // an answer differs by one step of its scale
	RecheckWrong  RecheckOutcome = "wrong"  // an answer differs by more
	RecheckNobody RecheckOutcome = "nobody" // the respondent was never interviewed
)

// RecheckOutcomes in the order they are offered.
var RecheckOutcomes = []RecheckOutcome{RecheckMatch, RecheckNear, RecheckWrong, RecheckNobody}

// Bad reports whether the form must not count as evidence.
func (o RecheckOutcome) Bad() bool { return o == RecheckWrong || o == RecheckNobody }

// Finding is one finding about one form. Findings are never changed: a
// correction is a further one, and the last is in force.
type Finding struct {
	ID       string         `bson:"_id" json:"id"` // the response's id and Number
	Rev      int64          `bson:"rev" json:"-"`
	Campaign CampaignID     `bson:"campaign" json:"campaign"`
	Response ResponseID     `bson:"response" json:"response"`
	Number   int            `bson:"number" json:"number"` // from 1
	Surveyor Login          `bson:"surveyor" json:"surveyor"`
	Outcome  RecheckOutcome `bson:"outcome" json:"outcome"`
	Asked    []AskedAgain   `bson:"asked,omitempty" json:"-"`
	Note     string         `bson:"note,omitempty" json:"-"`
	By       Login          `bson:"by" json:"by"`
	At       time.Time      `bson:"at" json:"at"`
}

// AskedAgain is the answer to a scale item that was asked a second time.
type AskedAgain struct {
	Item string `bson:"item"`
	Code int    `bson:"code"`
}

// RecheckLimit is the share of bad findings above which every form of a
// surveyor is re-checked.
const RecheckLimit = 0.10

const maxRecheckNote = 300

// Rechecks has supervisors ask again what surveyors keyed in (phúc tra).
type Rechecks struct {
	store   Store
	audit   *AuditLog
	catalog func() *Catalog
	now     func() time.Time
}

// NewRechecks returns the re-checks of a store.
func NewRechecks(store Store, audit *AuditLog, catalog func() *Catalog, now func() time.Time) *Rechecks {
	return &Rechecks{store: store, audit: audit, catalog: catalog, now: now}
}

func (c *Rechecks) results() Table[Finding] { return Table[Finding]{c.store, RecheckResults} }

// RecheckedForm is a form that was drawn, with what was found.
type RecheckedForm struct {
	Response Response
	Serial   int
	Voided   bool
	Found    []Finding // the last is in force
}

// Outcome is the finding in force, "" while there is none.
func (f *RecheckedForm) Outcome() RecheckOutcome {
	if len(f.Found) == 0 {
		return ""
	}
	return f.Found[len(f.Found)-1].Outcome
}

// Waiting reports whether the form is still to be re-checked.
func (f *RecheckedForm) Waiting() bool { return len(f.Found) == 0 && !f.Voided }

// SurveyorRechecks is how the re-checks of a surveyor's forms stand.
type SurveyorRechecks struct {
	Surveyor Login
	Forms    int // keyed in and in force
	Drawn    []RecheckedForm
	All      bool // every form was drawn, and every further one will be
	forms    []ResponseID
	draws    int
}

// Done is how many of the drawn forms were re-checked.
func (s *SurveyorRechecks) Done() int {
	return s.count(func(f *RecheckedForm) bool { return len(f.Found) > 0 })
}

// Waiting is how many are still to be.
func (s *SurveyorRechecks) Waiting() int { return s.count((*RecheckedForm).Waiting) }

// Bad is how many were found to be wrong or never to have been interviewed.
func (s *SurveyorRechecks) Bad() int {
	return s.count(func(f *RecheckedForm) bool { return f.Outcome().Bad() })
}

func (s *SurveyorRechecks) count(is func(*RecheckedForm) bool) int {
	n := 0
	for i := range s.Drawn {
		if is(&s.Drawn[i]) {
			n++
		}
	}
	return n
}

// Failed reports whether so many findings are bad that every form of the
// surveyor is to be re-checked.
func (s *SurveyorRechecks) Failed() bool {
	return float64(s.Bad()) > RecheckLimit*float64(s.Done())
}

// Everywhere covers every unit.
func Everywhere(UnitID) bool { return true }

// Campaign returns how the re-checks of a campaign stand, by surveyor, within
// the units that covers admits.
func (c *Rechecks) Campaign(ctx context.Context, id CampaignID, covers func(UnitID) bool) ([]SurveyorRechecks, error) {
	voided, err := VoidedResponses(ctx, c.store)
	if err != nil {
		return nil, err
	}
	by := map[Login]*SurveyorRechecks{}
	responses := map[ResponseID]Response{} // that were drawn
	of := func(login Login) *SurveyorRechecks {
		if by[login] == nil {
			by[login] = &SurveyorRechecks{Surveyor: login}
		}
		return by[login]
	}
	draws, err := c.drawsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	drawn := map[ResponseID]bool{}
	for _, d := range draws {
		for _, id := range d.Drawn {
			drawn[id] = true
		}
	}
	err = eachPaper(ctx, c.store, func(doc bson.Raw) error {
		by := Login(textIn(doc, "by"))
		if textIn(doc, "campaign") != string(id) || by == "" || !covers(UnitID(textIn(doc, "unit"))) {
			return nil
		}
		form := ResponseID(textIn(doc, "_id"))
		s := of(by)
		if _, void := voided[form]; !void {
			s.Forms++
			s.forms = append(s.forms, form)
		}
		if !drawn[form] {
			return nil
		}
		var r Response
		err := r.UnmarshalBSON(doc)
		responses[form] = r
		return err
	})
	if err != nil {
		return nil, err
	}
	found := map[ResponseID][]Finding{}
	all, err := c.results().All(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		found[r.Response] = append(found[r.Response], r)
	}
	for _, d := range draws {
		s := of(d.Surveyor)
		s.All = s.All || d.Share == 1
		s.draws = max(s.draws, d.Number)
		for _, id := range d.Drawn {
			if response, within := responses[id]; within {
				serial, _ := serialOf(id)
				_, void := voided[id]
				s.Drawn = append(s.Drawn, RecheckedForm{Response: response, Serial: serial, Voided: void, Found: found[id]})
			}
		}
	}
	var list []SurveyorRechecks
	for _, s := range by {
		if s.Forms > 0 || len(s.Drawn) > 0 {
			list = append(list, *s)
		}
	}
	slices.SortFunc(list, func(a, b SurveyorRechecks) int { return strings.Compare(string(a.Surveyor), string(b.Surveyor)) })
	return list, nil
}

// Form returns a drawn form of a campaign with what was found. NotFound if it
// was not drawn.
func (c *Rechecks) Form(ctx context.Context, id CampaignID, response ResponseID) (RecheckedForm, error) {
	surveyors, err := c.Campaign(ctx, id, Everywhere)
	if err != nil {
		return RecheckedForm{}, err
	}
	for _, s := range surveyors {
		for _, f := range s.Drawn {
			if f.Response.ID == response {
				return f, nil
			}
		}
	}
	return RecheckedForm{}, NewError(NotFound, "open re-check", nil)
}

// AskAgain are the items whose answers are asked a second time: the overall
// question, and the middle one of the scale questions that make the index.
func (q *Questionnaire) AskAgain() []*Item {
	var asked, index []*Item
	if overall := q.Overall(); overall != nil {
		asked = append(asked, overall)
	}
	for _, it := range q.Items() {
		if it.Type == ScaleItem && !it.Overall && !it.Sensitive && len(it.ShowIf) == 0 {
			index = append(index, it)
		}
	}
	if len(index) > 0 {
		asked = append(asked, index[len(index)/2])
	}
	return asked
}

// RecheckReport is what a supervisor reports about a form.
type RecheckReport struct {
	Outcome RecheckOutcome
	Asked   []AskedAgain // what was asked again, as far as it was
	Note    string
	Seen    int // how many findings the supervisor saw
}

// Record stores a report. Errors: NotFound (the form was not drawn),
// Forbidden (the surveyor's own form), Invalid with Fields, Conflict if
// somebody else reported meanwhile. Where it makes the surveyor fail, all of
// their forms are drawn.
func (c *Rechecks) Record(ctx context.Context, actor Actor, id CampaignID, response ResponseID, report RecheckReport) error {
	form, err := c.Form(ctx, id, response)
	if err != nil {
		return err
	}
	if form.Response.By == actor.Login {
		return &Error{Kind: Forbidden, Op: "record re-check", Key: "recheck.own"}
	}
	note := strings.TrimSpace(cleanText(report.Note))
	if err := invalid("recheck.invalid", "record re-check", c.wrong(&form, &report, note)); err != nil {
		return err
	}
	if report.Seen != len(form.Found) {
		return NewError(Conflict, "record re-check", nil)
	}
	r := Finding{
		ID: fmt.Sprintf("%s/%03d", response, len(form.Found)+1), Rev: 1, Campaign: id, Response: response, Number: len(form.Found) + 1,
		Surveyor: form.Response.By, Outcome: report.Outcome, Asked: report.Asked, Note: note,
		By: actor.Login, At: c.now().UTC().Truncate(time.Millisecond),
	}
	if err := c.results().Insert(ctx, r); err != nil {
		return err
	}
	if err := c.audit.Record(ctx, actor, "recheck.record", "rechecks/"+r.ID, nil, r); err != nil {
		return err
	}
	return c.drawAllIfFailed(ctx, actor, id, r.Surveyor)
}

// personal finds what looks like a telephone or identity number.
var personal = regexp.MustCompile(`\d(?:[ .-]?\d){8}`)

// wrong says what is wrong with a report. A form whose answers were asked
// again cannot match better than those answers do.
func (c *Rechecks) wrong(form *RecheckedForm, report *RecheckReport, note string) map[string]Message {
	fields := map[string]Message{}
	switch {
	case utf8.RuneCountInString(note) > maxRecheckNote:
		fields["note"] = Message{"answer.too_long", []any{maxRecheckNote}}
	case personal.MatchString(note):
		fields["note"] = Message{Key: "recheck.personal"}
	}
	if !slices.Contains(RecheckOutcomes, report.Outcome) {
		fields["outcome"] = Message{Key: "recheck.no_outcome"}
		return fields
	}
	questionnaire := c.catalog().Questionnaire(form.Response.Form)
	apart := 0
	for _, again := range report.Asked {
		var it *Item
		if questionnaire != nil {
			it = questionnaire.Item(again.Item)
		}
		if it == nil || !slices.Contains(questionnaire.AskAgain(), it) ||
			!slices.ContainsFunc(questionnaire.Choices(it), func(o Option) bool { return o.Code == again.Code }) {
			fields["asked."+again.Item] = Message{Key: "answer.unknown_choice"}
			continue
		}
		for _, a := range form.Response.Answers {
			if a.Item == again.Item && len(a.Codes) == 1 && a.Codes[0] != NotApplicable {
				apart = max(apart, again.Code-a.Codes[0], a.Codes[0]-again.Code)
			}
		}
	}
	switch {
	case report.Outcome == RecheckNobody && len(report.Asked) > 0:
		fields["outcome"] = Message{Key: "recheck.nobody_asked"}
	case report.Outcome == RecheckMatch && apart > 0, report.Outcome == RecheckNear && apart > 1:
		fields["outcome"] = Message{Key: "recheck.answers_differ"}
	}
	return fields
}
