package exchange

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hailong/survey"
	"hailong/survey/verification"
)

// Column is a column of a file of responses.
type Column struct {
	Header string                // in files that this program writes
	Field  ResponseField         // what it holds of a response, if it is no item
	Item   string                // code of the item it holds, else empty
	Words  bool                  // the words beside a choice, not the choice
	Form   *survey.Questionnaire // a form that asks the item
}

// ResponseField is a part of a response that is no answer.
type ResponseField string

// The fields, in the order of a file. Batch and By are read and never written: who
// entered a paper form, and when, leads to who answered it.
const (
	FieldID       ResponseField = "id"
	FieldCampaign ResponseField = "campaign"
	FieldForm     ResponseField = "form"
	FieldVersion  ResponseField = "version"
	FieldPoint    ResponseField = "point"
	FieldUnit     ResponseField = "unit"
	FieldSector   ResponseField = "sector"
	FieldChannel  ResponseField = "channel"
	FieldLang     ResponseField = "lang"
	FieldDay      ResponseField = "day"
	FieldBatch    ResponseField = "batch"
	FieldBy       ResponseField = "by"
	FieldNA       ResponseField = "na"     // the items answered "not applicable", whose own cells are empty
	FieldVoided   ResponseField = "voided" // why the response is out of force; empty: it is in force
)

var (
	leadingFields = []ResponseField{FieldID, FieldCampaign, FieldForm, FieldVersion, FieldPoint, FieldUnit, FieldSector, FieldChannel, FieldLang, FieldDay}
	readFields    = append(slices.Clone(leadingFields), FieldBatch, FieldBy)
)

// Layout is the columns of a file with one response a row, over all forms of
// some campaigns in every version. An item's cell is empty where it was not
// answered or does not apply, so that statistics read it as it is; several
// choices are separated by spaces. The time of receipt is left out on purpose, and
// of a response about a school so is the day of the month: together with the unit
// they could tell who answered.
type Layout struct {
	Columns []Column
	at      map[survey.FormCode]map[string]int // column of an item of a form
	words   map[survey.FormCode]map[string]int
	na      int
	schools map[survey.FormCode]bool // forms about schools
}

// NewLayout lays out the columns for campaigns. Where families share an item
// code that means something else in each, headers name the family too.
func NewLayout(c *survey.Catalog, campaigns ...*survey.Campaign) *Layout {
	l := &Layout{at: map[survey.FormCode]map[string]int{}, words: map[survey.FormCode]map[string]int{}, schools: map[survey.FormCode]bool{}}
	for _, f := range leadingFields {
		l.Columns = append(l.Columns, Column{Header: string(f), Field: f})
	}
	families := map[string]map[survey.Family]bool{} // by item code
	var forms []*survey.Questionnaire
	for i := range c.Questionnaires {
		q := &c.Questionnaires[i]
		asked := slices.ContainsFunc(campaigns, func(k *survey.Campaign) bool { _, ok := k.Form(q.Code); return ok })
		if !asked {
			continue
		}
		forms = append(forms, q)
		for _, it := range q.Items() {
			if families[it.Code] == nil {
				families[it.Code] = map[survey.Family]bool{}
			}
			families[it.Code][q.Family] = true
		}
	}
	headers := map[string]int{}
	column := func(q *survey.Questionnaire, it *survey.Item, words bool) int {
		header := it.Code
		if len(families[it.Code]) > 1 {
			header = string(q.Family) + "." + header
		}
		if words && it.Type != survey.TextItem {
			header += ".text"
		}
		at, known := headers[header]
		if !known {
			at = len(l.Columns)
			headers[header] = at
			l.Columns = append(l.Columns, Column{Header: header, Item: it.Code, Words: words, Form: q})
		}
		return at
	}
	for _, q := range forms {
		l.schools[q.Code] = q.Family == survey.Education
		if l.at[q.Code] == nil {
			l.at[q.Code], l.words[q.Code] = map[string]int{}, map[string]int{}
		}
		for _, it := range q.Items() {
			if it.Type == survey.SectorItem {
				continue
			}
			if it.Type != survey.TextItem {
				l.at[q.Code][it.Code] = column(q, it, false)
			}
			if it.Type == survey.TextItem || slices.ContainsFunc(q.Choices(it), func(o survey.Option) bool { return o.Write }) {
				l.words[q.Code][it.Code] = column(q, it, true)
			}
		}
	}
	l.na = len(l.Columns)
	l.Columns = append(l.Columns, Column{Header: string(FieldNA), Field: FieldNA}, Column{Header: string(FieldVoided), Field: FieldVoided})
	return l
}

// day is the day of a response as it leaves: of a school the month alone, because
// few parents of a school answer on a day.
func (l *Layout) day(r *survey.Response) string {
	if l.schools[r.Form.Code] {
		return r.Day.Month()
	}
	return string(r.Day)
}

// Headers are the first row of the file.
func (l *Layout) Headers() []string {
	headers := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		headers[i] = c.Header
	}
	return headers
}

// Row writes a response under a number into cells, which has as many as there are
// columns. void is nil where it is in force. An answer that no column can hold is an error: nothing is left out in silence.
func (l *Layout) Row(r *survey.Response, number string, void *verification.Void, cells []string) error {
	clear(cells)
	copy(cells, []string{
		number, string(r.Campaign), string(r.Form.Code), strconv.Itoa(r.Form.Version), string(r.Point),
		string(r.Unit), string(r.Sector), string(r.Channel), string(r.Lang), l.day(r),
	})
	if void != nil {
		cells[l.na+1] = void.Reason
	}
	var na []string
	for _, a := range r.Answers {
		at, ok := l.at[r.Form.Code][a.Item]
		switch {
		case !ok:
			return survey.NewError(survey.Internal, "write response", fmt.Errorf("row %s: form %s has no item %q in the catalogue", number, r.Form.ID(), a.Item))
		case len(a.Codes) == 0:
			cells[at] = strconv.FormatFloat(a.Number, 'f', -1, 64)
		case slices.Equal(a.Codes, []int{survey.NotApplicable}):
			na = append(na, a.Item)
		default:
			codes := make([]string, len(a.Codes))
			for i, code := range a.Codes {
				codes[i] = strconv.Itoa(code)
			}
			cells[at] = strings.Join(codes, " ")
		}
	}
	for _, w := range r.Texts {
		at, ok := l.words[r.Form.Code][w.Item]
		if !ok {
			return survey.NewError(survey.Internal, "write response", fmt.Errorf("row %s: form %s has no text %q in the catalogue", number, r.Form.ID(), w.Item))
		}
		cells[at] = w.Text
	}
	cells[l.na] = strings.Join(na, " ")
	return nil
}
