package paper

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
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
	ID       string            `bson:"_id" json:"-"` // the response's id and Number
	Rev      int64             `bson:"rev" json:"-"`
	Campaign survey.CampaignID `bson:"campaign" json:"campaign"`
	Response survey.ResponseID `bson:"response" json:"-"`
	Form     FormName          `bson:"-" json:"form"`        // for the log
	Number   int               `bson:"number" json:"number"` // from 1
	Surveyor survey.Login      `bson:"surveyor" json:"surveyor"`
	Outcome  RecheckOutcome    `bson:"outcome" json:"outcome"`
	Asked    []AskedAgain      `bson:"asked,omitempty" json:"-"`
	Note     string            `bson:"note,omitempty" json:"-"`
	By       survey.Login      `bson:"by" json:"by"`
	At       time.Time         `bson:"at" json:"at"`
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

// Rechecks has supervisors ask again what surveyors entered (phúc tra).
type Rechecks struct {
	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	keys    keySource
	now     func() time.Time
}

// NewRechecks returns the re-checks of the store that changes are made in.
func NewRechecks(changes *survey.Changes, catalog func() *survey.Catalog, keys keySource) *Rechecks {
	return &Rechecks{changes: changes, store: changes.Store, catalog: catalog, keys: keys, now: changes.Now}
}

func (c *Rechecks) results() survey.Documents[Finding] {
	return survey.Documents[Finding]{Store: c.store, Collection: survey.RecheckResults}
}

// FormName names a paper form as people do, by batch, serial number and attempt:
// "tthc-2026-001.12.1". The id of its response stays inside.
type FormName string

func formName(batch survey.BatchID, serial, attempt int) FormName {
	return FormName(fmt.Sprintf("%s.%d.%d", batch, serial, attempt))
}

// RecheckedForm is a form that was drawn, with what was found.
type RecheckedForm struct {
	Response survey.Response
	Serial   int
	Attempt  int
	Voided   bool
	Found    []Finding // the last is in force
}

// Name names the form.
func (f *RecheckedForm) Name() FormName {
	return formName(f.Response.Batch, f.Serial, f.Attempt)
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
	Surveyor survey.Login
	Forms    int // entered and in force
	Drawn    []RecheckedForm
	All      bool // every form was drawn, and every further one will be
	forms    []survey.ResponseID
	names    map[survey.ResponseID]FormName // of forms
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
func Everywhere(survey.UnitID) bool { return true }

// Campaign returns how the re-checks of a campaign stand, by surveyor, within
// the units that covers admits.
func (c *Rechecks) Campaign(ctx context.Context, id survey.CampaignID, covers func(survey.UnitID) bool) ([]SurveyorRechecks, error) {
	draws, err := c.drawsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	entered, err := c.enteredForms(ctx, id, draws, covers)
	if err != nil {
		return nil, err
	}
	all, err := c.results().All(ctx)
	if err != nil {
		return nil, err
	}
	found := map[survey.ResponseID][]Finding{}
	for _, r := range all {
		found[r.Response] = append(found[r.Response], r)
	}
	for _, d := range draws {
		entered.addDraw(d, found)
	}
	return entered.list(), nil
}

// enteredForms is the paper forms of a campaign by who entered them.
type enteredForms struct {
	keys   map[survey.BatchID][]byte // that open the ids of forms
	by     map[survey.Login]*SurveyorRechecks
	drawn  map[survey.ResponseID]survey.Response // those that were drawn
	voided map[survey.ResponseID]verification.Void
}

// enteredForms reads the forms of a campaign that covers takes; forms that are
// void count only where they were drawn.
func (c *Rechecks) enteredForms(ctx context.Context, id survey.CampaignID, draws []RecheckDraw, covers func(survey.UnitID) bool) (*enteredForms, error) {
	voided, err := verification.VoidedResponses(ctx, c.store)
	if err != nil {
		return nil, err
	}
	drawn := map[survey.ResponseID]bool{}
	for _, d := range draws {
		for _, form := range d.Drawn {
			drawn[form] = true
		}
	}
	batchKeys, err := c.batchKeys(ctx, id)
	if err != nil {
		return nil, err
	}
	e := &enteredForms{keys: batchKeys, by: map[survey.Login]*SurveyorRechecks{}, drawn: map[survey.ResponseID]survey.Response{}, voided: voided}
	err = eachPaper(ctx, c.store, func(doc bson.Raw) error {
		by := survey.Login(survey.DocumentText(doc, "by"))
		if survey.DocumentText(doc, "campaign") != string(id) || by == "" || !covers(survey.UnitID(survey.DocumentText(doc, "unit"))) {
			return nil
		}
		form := survey.ResponseID(survey.DocumentText(doc, "_id"))
		s := e.of(by)
		if _, void := voided[form]; !void {
			s.Forms++
			s.forms = append(s.forms, form)
			batch := survey.BatchID(survey.DocumentText(doc, "batch"))
			serial, attempt := serialOf(batchKeys[batch], form)
			s.names[form] = formName(batch, serial, attempt)
		}
		if !drawn[form] {
			return nil
		}
		var r survey.Response
		err := r.UnmarshalBSON(doc)
		e.drawn[form] = r
		return err
	})
	return e, err
}

// batchKeys returns the keys that open the ids of a campaign's forms, by batch: none
// for a batch whose ids are not sealed, or whose key is lost.
func (c *Rechecks) batchKeys(ctx context.Context, id survey.CampaignID) (map[survey.BatchID][]byte, error) {
	byBatch := map[survey.BatchID][]byte{}
	batches := survey.Documents[Batch]{Store: c.store, Collection: survey.PaperBatches}
	err := c.store.Scan(ctx, survey.PaperBatches, string(id)+"-", string(id)+".", func(doc bson.Raw) error { // "." follows "-"
		var batch Batch
		if err := batches.Decode(doc, &batch); err != nil {
			return err
		}
		ids, err := formIDsOf(ctx, c.keys, &batch)
		byBatch[batch.ID] = ids.key
		return err
	})
	return byBatch, err
}

func (e *enteredForms) of(login survey.Login) *SurveyorRechecks {
	if e.by[login] == nil {
		e.by[login] = &SurveyorRechecks{Surveyor: login, names: map[survey.ResponseID]FormName{}}
	}
	return e.by[login]
}

// addDraw adds the forms of a draw to their surveyor, with what was found.
func (e *enteredForms) addDraw(d RecheckDraw, found map[survey.ResponseID][]Finding) {
	s := e.of(d.Surveyor)
	s.All = s.All || d.Share == 1
	s.draws = max(s.draws, d.Number)
	for _, form := range d.Drawn {
		if response, within := e.drawn[form]; within {
			serial, attempt := serialOf(e.keys[response.Batch], form)
			_, void := e.voided[form]
			s.Drawn = append(s.Drawn, RecheckedForm{Response: response, Serial: serial, Attempt: attempt, Voided: void, Found: found[form]})
		}
	}
}

// list is the surveyors with forms, by login.
func (e *enteredForms) list() []SurveyorRechecks {
	var list []SurveyorRechecks
	for _, s := range e.by {
		if s.Forms > 0 || len(s.Drawn) > 0 {
			list = append(list, *s)
		}
	}
	slices.SortFunc(list, func(a, b SurveyorRechecks) int { return strings.Compare(string(a.Surveyor), string(b.Surveyor)) })
	return list
}

// Form returns a drawn form of a campaign with what was found. NotFound if it
// was not drawn.
func (c *Rechecks) Form(ctx context.Context, id survey.CampaignID, name FormName) (RecheckedForm, error) {
	_, form, err := c.find(ctx, id, name)
	if err != nil {
		return RecheckedForm{}, err
	}
	return *form, nil
}

// find returns a drawn form and the re-checks of its surveyor, which it is part
// of.
func (c *Rechecks) find(ctx context.Context, id survey.CampaignID, name FormName) (*SurveyorRechecks, *RecheckedForm, error) {
	surveyors, err := c.Campaign(ctx, id, Everywhere)
	if err != nil {
		return nil, nil, err
	}
	for i := range surveyors {
		s := &surveyors[i]
		for k := range s.Drawn {
			if s.Drawn[k].Name() == name {
				return s, &s.Drawn[k], nil
			}
		}
	}
	return nil, nil, survey.NewError(survey.NotFound, "open re-check", nil)
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
// their forms are drawn in the same act.
func (c *Rechecks) Record(ctx context.Context, actor survey.Actor, id survey.CampaignID, name FormName, report RecheckReport) error {
	for {
		r, err := c.record(ctx, actor, id, name, report)
		if !survey.Is(err, survey.Conflict) || errors.Is(err, errReported) {
			return err
		}
		// Somebody else drew forms of the surveyor, or reported about this one. By
		// another process that may have come between the report and the draw.
		stored, err := c.results().Get(ctx, r.ID)
		switch {
		case err == nil && stored.By == r.By && stored.At.Equal(r.At):
			return c.drawAllIfFailed(ctx, actor, id, r.Surveyor)
		case err != nil && !survey.Is(err, survey.NotFound):
			return err
		}
	}
}

// errReported is the cause of a Conflict about a form that somebody else
// reported about meanwhile.
var errReported = errors.New("there is another report")

func (c *Rechecks) record(ctx context.Context, actor survey.Actor, id survey.CampaignID, name FormName, report RecheckReport) (Finding, error) {
	surveyor, form, err := c.find(ctx, id, name)
	if err != nil {
		return Finding{}, err
	}
	if form.Response.By == actor.Login {
		return Finding{}, &survey.Error{Kind: survey.Forbidden, Op: "record re-check", Key: "recheck.own"}
	}
	note := strings.TrimSpace(survey.CleanText(report.Note))
	if err := c.wrong(form, &report, note).Err("record re-check", "recheck.invalid"); err != nil {
		return Finding{}, err
	}
	if report.Seen != len(form.Found) {
		return Finding{}, survey.NewError(survey.Conflict, "record re-check", errReported)
	}
	r := Finding{
		ID: fmt.Sprintf("%s/%03d", form.Response.ID, len(form.Found)+1), Rev: 1, Campaign: id, Response: form.Response.ID, Form: name, Number: len(form.Found) + 1,
		Surveyor: form.Response.By, Outcome: report.Outcome, Asked: report.Asked, Note: note,
		By: actor.Login, At: c.now().UTC().Truncate(time.Millisecond),
	}
	act := c.changes.Begin(actor).Entry("recheck.record", "rechecks/"+string(name), nil, r)
	survey.Create(act, survey.RecheckResults, r)
	form.Found = append(form.Found, r)
	if surveyor.Failed() {
		c.draw(act, actor, id, surveyor, 1, 0)
	}
	return r, act.Do(ctx)
}

// personal finds what looks like a telephone or identity number.
var personal = regexp.MustCompile(`\d(?:[ .-]?\d){8}`)

// wrong says what is wrong with a report. A form whose answers were asked
// again cannot match better than those answers do.
func (c *Rechecks) wrong(form *RecheckedForm, report *RecheckReport, note string) survey.Fields {
	fields := survey.Fields{}
	switch {
	case utf8.RuneCountInString(note) > maxRecheckNote:
		fields.Add("note", "answer.too_long", maxRecheckNote)
	case personal.MatchString(note):
		fields.Add("note", "recheck.personal")
	}
	if !slices.Contains(RecheckOutcomes, report.Outcome) {
		fields.Add("outcome", "recheck.no_outcome")
		return fields
	}
	questionnaire := c.catalog().Questionnaire(form.Response.Form)
	apart := 0
	for _, again := range report.Asked {
		var it *survey.Item
		if questionnaire != nil {
			it = questionnaire.Item(again.Item)
		}
		if it == nil || !slices.Contains(questionnaire.AskAgain(), it) ||
			!slices.ContainsFunc(questionnaire.Choices(it), func(o survey.Option) bool { return o.Code == again.Code }) {
			fields.Add("asked."+again.Item, "answer.unknown_choice")
			continue
		}
		for _, a := range form.Response.Answers {
			if a.Item == again.Item && len(a.Codes) == 1 && a.Codes[0] != survey.NotApplicable {
				apart = max(apart, again.Code-a.Codes[0], a.Codes[0]-again.Code)
			}
		}
	}
	switch {
	case report.Outcome == RecheckNobody && len(report.Asked) > 0:
		fields.Add("outcome", "recheck.nobody_asked")
	case report.Outcome == RecheckMatch && apart > 0, report.Outcome == RecheckNear && apart > 1:
		fields.Add("outcome", "recheck.answers_differ")
	}
	return fields
}
