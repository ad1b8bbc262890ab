package questions

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"hailong/survey"
)

// XLSForm is the workbook in which KoboToolbox and ODK keep a form: sheets
// "survey", "choices" and "settings" (https://xlsform.org/en/). What ours have
// beyond it (factors, scales, families) stands in columns "hailong_…" and in a
// sheet "hailong", which other programs pass over; so a form that went out
// comes back as it was, but for what the export lists as lost.

// Lost is something that one format says and the other cannot. Package web has
// a sentence for each key under "questionnaire.lost.".
type Lost struct {
	Key   string
	Args  []any
	Sheet string // of the workbook that was read; "" when writing
	Row   int    // as a spreadsheet counts
}

// Names in a workbook that stand for something of ours. The hyphen keeps them
// apart from the codes of items, which have none.
const (
	naChoice      = "na"
	consentChoice = "OK" // of ODK's type "acknowledge"
	sectionPrefix = "section-"
	leadSuffix    = "-lead"
	wordsSuffix   = "-words" // the text beside an option
	introName     = "hailong-intro"
	sectorList    = "sectors"
	ownSheet      = "hailong"
)

// languageNames are those of the product's own languages, as column headings
// show them.
var languageNames = map[survey.Lang]string{survey.Vietnamese: "Tiếng Việt", survey.English: "English"}

func heading(part string, lang survey.Lang) string {
	name := languageNames[lang]
	if name == "" {
		name = string(lang)
	}
	return part + "::" + name + " (" + string(lang) + ")"
}

// workbook gathers the rows of sheets by column.
type workbook struct {
	langs  []survey.Lang
	sheets map[string][]map[string]string
	lists  map[string]string // a list of choices by its content
	lost   []Lost
}

func (w *workbook) add(sheet string, cells map[string]string) {
	w.sheets[sheet] = append(w.sheets[sheet], cells)
}

func (w *workbook) words(cells map[string]string, part string, t survey.Text) {
	for _, lang := range w.langs {
		if t[lang] != "" {
			cells[heading(part, lang)] = t[lang]
		}
	}
}

// WriteXLSForm writes a questionnaire as an XLSForm. sectors are the choices of
// a sector item. What an XLSForm cannot say is left out, see LostInXLSForm.
func WriteXLSForm(out io.Writer, q *survey.Questionnaire, sectors []survey.Sector) error {
	return xlsForm(q, sectors).write(out)
}

// LostInXLSForm returns what an XLSForm cannot say of a questionnaire.
func LostInXLSForm(q *survey.Questionnaire) []Lost { return xlsForm(q, nil).lost }

func xlsForm(q *survey.Questionnaire, sectors []survey.Sector) *workbook {
	w := &workbook{langs: q.Languages(), sheets: map[string][]map[string]string{}, lists: map[string]string{}}
	intro := map[string]string{"type": "note", "name": introName}
	w.words(intro, "label", q.Intro)
	w.add("survey", intro)
	for i := range q.Sections {
		w.section(q, &q.Sections[i], sectors)
	}
	w.add("settings", map[string]string{
		"form_title": q.Title.In(survey.Vietnamese), "form_id": string(q.Code), "version": strconv.Itoa(q.Version),
		"default_language": strings.TrimPrefix(heading("", survey.Vietnamese), "::"),
	})
	w.own(q)
	return w
}

func (w *workbook) section(q *survey.Questionnaire, section *survey.Section, sectors []survey.Sector) {
	begin := map[string]string{"type": "begin_group", "name": sectionPrefix + section.Code}
	w.words(begin, "label", section.Title)
	w.add("survey", begin)
	if len(section.Lead) > 0 {
		lead := map[string]string{"type": "note", "name": sectionPrefix + section.Code + leadSuffix}
		w.words(lead, "label", section.Lead)
		w.add("survey", lead)
	}
	for i := range section.Items {
		w.item(q, &section.Items[i], sectors)
	}
	w.add("survey", map[string]string{"type": "end_group", "name": sectionPrefix + section.Code})
}

func (w *workbook) item(q *survey.Questionnaire, it *survey.Item, sectors []survey.Sector) {
	cells := map[string]string{"name": it.Code, "relevant": w.relevant(q, it), "hailong_factor": it.Factor, "hailong_scale": it.Scale}
	w.words(cells, "label", it.Label)
	w.words(cells, "hint", it.Hint)
	for column, on := range map[string]bool{"required": it.Required, "hailong_overall": it.Overall, "hailong_sensitive": it.Sensitive} {
		if on {
			cells[column] = "yes"
		}
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch it.Type {
	case survey.ScaleItem, survey.SingleItem:
		cells["type"] = "select_one " + w.list(q, it)
	case survey.MultipleItem:
		cells["type"] = "select_multiple " + w.list(q, it)
		var rules []string
		if it.Max > 0 {
			rules = append(rules, "count-selected(.) <= "+number(it.Max))
		}
		if len(it.NA) > 0 {
			rules = append(rules, "not(selected(., '"+naChoice+"') and count-selected(.) > 1)")
		}
		cells["constraint"] = strings.Join(rules, " and ")
	case survey.NumberItem:
		cells["type"], cells["constraint"] = "decimal", ". >= "+number(it.Min)+" and . <= "+number(it.Max)
		if len(it.NA) > 0 {
			w.lost = append(w.lost, Lost{Key: "number_na", Args: []any{it.Code}})
		}
	case survey.TextItem:
		cells["type"], cells["constraint"] = "text", "string-length(.) <= "+strconv.Itoa(survey.MaxText)
	case survey.ConsentItem:
		cells["type"] = "acknowledge"
	case survey.SectorItem:
		cells["type"] = "select_one " + sectorList
		for i := range sectors {
			choice := map[string]string{"list_name": sectorList, "name": string(sectors[i].ID)}
			w.words(choice, "label", sectors[i].Name)
			w.add("choices", choice)
		}
	}
	w.add("survey", cells)
	beside := map[string]string{"type": "text", "name": it.Code + wordsSuffix}
	var open []string // the choices that ask for words, which are one text
	for _, o := range q.Choices(it) {
		if o.Write {
			open = append(open, chosen(it, o.Code))
			w.words(beside, "label", o.Label)
		}
	}
	if len(open) > 0 {
		beside["relevant"] = strings.Join(open, " or ")
		w.add("survey", beside)
	}
}

// list returns the name of the list of an item's choices, one for all items
// that share it.
func (w *workbook) list(q *survey.Questionnaire, it *survey.Item) string {
	var rows []map[string]string
	for _, o := range q.Choices(it) {
		row := map[string]string{"name": strconv.Itoa(o.Code)}
		w.words(row, "label", o.Label)
		rows = append(rows, row)
	}
	if len(it.NA) > 0 {
		row := map[string]string{"name": naChoice}
		w.words(row, "label", it.NA)
		rows = append(rows, row)
	}
	content := fmt.Sprint(rows)
	if name, known := w.lists[content]; known {
		return name
	}
	name := it.Code
	if it.Scale != "" {
		name = it.Scale + "-" + it.Code
	}
	w.lists[content] = name
	for _, row := range rows {
		row["list_name"] = name
		w.add("choices", row)
	}
	return name
}

// chosen is the expression that a code was chosen in an item.
func chosen(it *survey.Item, code int) string {
	value := strconv.Itoa(code)
	if code == survey.NotApplicable {
		value = naChoice
	}
	switch it.Type {
	case survey.MultipleItem:
		return "selected(${" + it.Code + "}, '" + value + "')"
	case survey.ConsentItem:
		value = consentChoice
	case survey.ScaleItem, survey.SingleItem, survey.NumberItem, survey.TextItem, survey.SectorItem:
	}
	return "${" + it.Code + "} = '" + value + "'"
}

func (w *workbook) relevant(q *survey.Questionnaire, it *survey.Item) string {
	var all []string
	for _, when := range it.ShowIf {
		on := q.Item(when.Item)
		if on == nil {
			continue
		}
		var choices []string
		for _, code := range when.In {
			if on.Type == survey.NumberItem { // whose only code is the one that is lost
				w.lost = append(w.lost, Lost{Key: "when_na", Args: []any{it.Code, on.Code}})
				continue
			}
			choices = append(choices, chosen(on, code))
		}
		if len(choices) > 0 {
			all = append(all, "("+strings.Join(choices, " or ")+")")
		}
	}
	return strings.Join(all, " and ")
}

// own writes what only our forms have.
func (w *workbook) own(q *survey.Questionnaire) {
	head := func(part, value string, t survey.Text) {
		row := map[string]string{"part": part, "value": value}
		w.words(row, "label", t)
		w.add(ownSheet, row)
	}
	head("family", string(q.Family), nil)
	head("level", string(q.Level), nil)
	head("title", "", q.Title)
	head("source", "", q.Source)
	for _, f := range q.Factors {
		head("factor", f.Code, f.Name)
	}
	for _, s := range q.Scales {
		var satisfied []string
		for _, code := range s.Satisfied {
			satisfied = append(satisfied, strconv.Itoa(code))
		}
		head("scale", s.ID+" "+strings.Join(satisfied, " "), nil)
		for _, p := range s.Points {
			head("point", strconv.Itoa(p.Code), p.Label)
		}
	}
}

// columns are the columns of a sheet in their order.
func (w *workbook) columns(sheet string) []string {
	var words []string
	texts := func(part string) {
		for _, lang := range w.langs {
			words = append(words, heading(part, lang))
		}
	}
	switch sheet {
	case "survey":
		words = append(words, "type", "name")
		texts("label")
		texts("hint")
		return append(words, "required", "relevant", "constraint", "hailong_scale", "hailong_factor", "hailong_overall", "hailong_sensitive")
	case "choices":
		words = append(words, "list_name", "name")
		texts("label")
	case "settings":
		return []string{"form_title", "form_id", "version", "default_language"}
	case ownSheet:
		words = append(words, "part", "value")
		texts("label")
	}
	return words
}

func (w *workbook) write(out io.Writer) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // in memory: nothing to lose
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for i, sheet := range []string{"survey", "choices", "settings", ownSheet} {
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), sheet)
		} else {
			_, err = f.NewSheet(sheet)
		}
		if err != nil {
			return err
		}
		columns := w.columns(sheet)
		if err := f.SetSheetRow(sheet, "A1", &columns); err != nil {
			return err
		}
		if err := f.SetRowStyle(sheet, 1, 1, bold); err != nil {
			return err
		}
		if err := f.SetColWidth(sheet, "A", "H", 24); err != nil {
			return err
		}
		for n, row := range w.sheets[sheet] {
			cells := make([]string, len(columns))
			for j, column := range columns {
				cells[j] = row[column]
			}
			if err := f.SetSheetRow(sheet, "A"+strconv.Itoa(n+2), &cells); err != nil {
				return err
			}
		}
	}
	return f.Write(out)
}

// sameOptions compares choices by code and Vietnamese words.
func sameOptions(a, b []survey.Option) bool {
	return slices.EqualFunc(a, b, func(x, y survey.Option) bool {
		return x.Code == y.Code && x.Label[survey.Vietnamese] == y.Label[survey.Vietnamese]
	})
}
