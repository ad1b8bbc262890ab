package questions

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hailong/survey"
	"hailong/survey/source"
	"hailong/survey/spreadsheet"
)

// xlsReader reads an XLSForm row by row.
type xlsReader struct {
	q       survey.Questionnaire
	known   []survey.Scale
	lists   map[string][]survey.Option
	na      map[string]survey.Text
	renamed map[string]map[string]int // list -> choice name -> code
	listOf  map[string]string         // item -> list
	lost    []Lost
	ours    bool   // the workbook says itself which choices are a scale
	sheet   string // where the reader is
	at      int
	groups  int
	options int // of all questions
}

// Bounds of an XLSForm. Each question holds the choices of its list, so that a small file
// of many questions about one long list would be a large questionnaire.
const (
	mostQuestionRows = 5_000
	mostChoiceRows   = 20_000
	mostOptions      = 50_000
)

// errLong is an XLSForm beyond these bounds.
func errLong() error {
	return &survey.Error{Kind: survey.Invalid, Op: "read XLSForm", Key: "questionnaire.file_long", Args: []any{mostQuestionRows, mostChoiceRows, mostOptions}}
}

// ReadXLSForm reads a questionnaire out of an XLSForm. What stands in it that
// a questionnaire cannot say is listed. family is for a workbook that does not
// say which it belongs to, and known are scales that its choices may be. The
// error is Problems where it is no XLSForm, and Invalid where it is no workbook that
// can be read, or one that is too long.
func ReadXLSForm(ctx context.Context, content []byte, family survey.Family, known []survey.Scale) (survey.Questionnaire, []Lost, error) {
	sheets, err := xlsSheets(ctx, content)
	if err != nil {
		return survey.Questionnaire{}, nil, err
	}
	if len(sheets["survey"]) > mostQuestionRows || len(sheets["choices"]) > mostChoiceRows {
		return survey.Questionnaire{}, nil, errLong()
	}
	r := &xlsReader{
		known: slices.Clone(known), lists: map[string][]survey.Option{}, na: map[string]survey.Text{},
		renamed: map[string]map[string]int{}, listOf: map[string]string{},
	}
	r.q = survey.Questionnaire{Family: family, Version: 1, Order: 1, Title: survey.Text{}, Intro: survey.Text{}, Source: survey.Text{}}
	r.settings(sheets["settings"])
	r.own(sheets[ownSheet])
	for _, row := range sheets["choices"] {
		r.sheet, r.at = "choices", row.number
		r.choice(row)
	}
	for _, row := range sheets["survey"] {
		r.sheet, r.at = "survey", row.number
		if r.row(row); r.options > mostOptions {
			return survey.Questionnaire{}, nil, errLong()
		}
	}
	r.q.Sections = slices.DeleteFunc(r.q.Sections, func(s survey.Section) bool { return len(s.Items) == 0 })
	for _, s := range r.known {
		if slices.ContainsFunc(r.q.Items(), func(it *survey.Item) bool { return it.Scale == s.ID }) {
			r.q.Scales = append(r.q.Scales, s)
		}
	}
	r.q.ID, r.q.Rev = r.q.Ref().ID(), 1
	if len(r.q.Sections) == 0 {
		return survey.Questionnaire{}, r.lost, source.Problems{{Text: "the sheet “survey” holds no question"}}
	}
	return r.q, r.lost, nil
}

// xlsRow is a row by its column headings.
type xlsRow struct {
	number int
	cells  map[string]string
}

func (r xlsRow) get(column string) string { return r.cells[column] }

var headingLang = regexp.MustCompile(`^(label|hint)\s*::?\s*.*\(([A-Za-z][A-Za-z0-9-]+)\)$`)

// text is a column's words in all languages; a heading without a language is
// Vietnamese.
func (r xlsRow) text(part string) survey.Text {
	t := survey.Text{}
	for column, value := range r.cells {
		if value == "" {
			continue
		}
		if m := headingLang.FindStringSubmatch(column); m != nil && m[1] == part {
			if lang := survey.Lang(m[2]); lang.Valid() {
				t[lang] = value
			}
		} else if column == part && t[survey.Vietnamese] == "" {
			t[survey.Vietnamese] = value
		}
	}
	return t
}

// xlsSheets reads the sheets of a workbook by their names in small letters.
func xlsSheets(ctx context.Context, content []byte) (map[string][]xlsRow, error) {
	workbook, err := spreadsheet.ReadWorkbook(ctx, content, "survey", "choices", "settings", ownSheet)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		why := spreadsheet.Unreadable(err)
		return nil, &survey.Error{Kind: survey.Invalid, Op: "read XLSForm", Key: why.Key, Args: why.Args, Err: err}
	}
	sheets := map[string][]xlsRow{}
	for name, table := range workbook {
		if len(table) == 0 {
			continue
		}
		headings := table[0].Cells
		for _, row := range table[1:] {
			cells := map[string]string{}
			for i := range min(len(row.Cells), len(headings)) {
				cells[headings[i]] = row.Cells[i]
			}
			sheets[name] = append(sheets[name], xlsRow{row.Number, cells})
		}
	}
	if len(sheets["survey"]) == 0 {
		return nil, source.Problems{{Text: "the workbook has no sheet “survey”: it is not an XLSForm"}}
	}
	return sheets, nil
}

func (r *xlsReader) lose(key string, args ...any) {
	r.lost = append(r.lost, Lost{key, args, r.sheet, r.at})
}

func (r *xlsReader) settings(rows []xlsRow) {
	if len(rows) == 0 {
		return
	}
	r.q.Title[survey.Vietnamese] = rows[0].get("form_title")
	r.q.Code = survey.FormCode(slugOf(rows[0].get("form_id")))
	if v, err := strconv.Atoi(rows[0].get("version")); err == nil && v > 0 {
		r.q.Version = v
	}
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slugOf(s string) string {
	return strings.Trim(notSlug.ReplaceAllString(survey.Fold(s), "-"), "-")
}

// own reads what only our forms have.
func (r *xlsReader) own(rows []xlsRow) {
	r.ours = len(rows) > 0
	for _, row := range rows {
		value, words := row.get("value"), row.text("label")
		switch row.get("part") {
		case "family":
			r.q.Family = survey.Family(value)
		case "level":
			r.q.Level = survey.SchoolLevel(value)
		case "title":
			r.q.Title = words
		case "source":
			r.q.Source = words
		case "factor":
			r.q.Factors = append(r.q.Factors, survey.Factor{Code: value, Name: words})
		case "scale":
			fields := strings.Fields(value)
			if len(fields) == 0 {
				continue
			}
			scale := survey.Scale{ID: fields[0]}
			for _, s := range fields[1:] {
				if code, err := strconv.Atoi(s); err == nil {
					scale.Satisfied = append(scale.Satisfied, code)
				}
			}
			r.known = slices.DeleteFunc(r.known, func(s survey.Scale) bool { return s.ID == scale.ID })
			r.known = append(r.known, scale)
		case "point":
			if code, err := strconv.Atoi(value); err == nil && len(r.known) > 0 {
				scale := &r.known[len(r.known)-1]
				scale.Points = append(scale.Points, survey.Option{Code: code, Label: words})
			}
		}
	}
	if r.q.Code == "" {
		r.q.Code = survey.FormCode(slugOf(r.q.Title.In(survey.Vietnamese)))
	}
}

func (r *xlsReader) choice(row xlsRow) {
	list, name := row.get("list_name"), row.get("name")
	if list == "" {
		list = row.get("list name")
	}
	if list == "" || name == "" || list == sectorList {
		return
	}
	if name == naChoice {
		r.na[list] = row.text("label")
		return
	}
	code, err := strconv.Atoi(name)
	if err != nil || code < 1 || code > survey.MaxCode {
		code = len(r.lists[list]) + 1
		r.lose("choice_code", list, name, code)
	}
	if r.renamed[list] == nil {
		r.renamed[list] = map[string]int{}
	}
	r.renamed[list][name] = code
	r.lists[list] = append(r.lists[list], survey.Option{Code: code, Label: row.text("label")})
}

func (r *xlsReader) row(row xlsRow) {
	kind, argument, _ := strings.Cut(strings.Join(strings.Fields(row.get("type")), " "), " ")
	kind = strings.ReplaceAll(strings.ToLower(kind), "-", "_")
	switch { // "begin group" is written apart too
	case kind == "begin" || kind == "end":
		kind, argument = kind+"_"+strings.ToLower(argument), ""
	case kind == "":
		return
	}
	name := row.get("name")
	switch kind {
	case "begin_group":
		r.groups++
		if r.groups > 1 {
			r.lose("nested_group", name)
			return
		}
		code := strings.TrimPrefix(name, sectionPrefix)
		r.q.Sections = append(r.q.Sections, survey.Section{Code: code, Title: row.text("label")})
		if row.get("relevant") != "" {
			r.lose("group_relevant", name, row.get("relevant"))
		}
		return
	case "end_group":
		r.groups = max(0, r.groups-1)
		return
	case "begin_repeat":
		r.lose("repeat", name)
		return
	case "end_repeat":
		return
	case "note":
		r.note(row, name)
		return
	}
	if strings.HasSuffix(name, wordsSuffix) && kind == "text" && r.words(row, strings.TrimSuffix(name, wordsSuffix)) {
		return
	}
	r.item(row, kind, argument, name)
}

func (r *xlsReader) note(row xlsRow, name string) {
	switch {
	case name == introName:
		r.q.Intro = row.text("label")
	case strings.HasSuffix(name, leadSuffix) && len(r.q.Sections) > 0 && name == sectionPrefix+r.section().Code+leadSuffix:
		r.section().Lead = row.text("label")
	default:
		r.lose("note", name)
	}
}

// section is the one that rows go into now.
func (r *xlsReader) section() *survey.Section {
	if len(r.q.Sections) == 0 || r.groups == 0 && r.q.Sections[len(r.q.Sections)-1].Code != "main" {
		code := "main"
		for n := 2; slices.ContainsFunc(r.q.Sections, func(s survey.Section) bool { return s.Code == code }); n++ {
			code = "main" + strconv.Itoa(n)
		}
		r.q.Sections = append(r.q.Sections, survey.Section{Code: code, Title: r.q.Title})
	}
	return &r.q.Sections[len(r.q.Sections)-1]
}

var condition = regexp.MustCompile(`^(?:selected\(\s*\$\{([^}]+)\}\s*,\s*['"]([^'"]*)['"]\s*\)|\$\{([^}]+)\}\s*=\s*['"]?([^'"\s]*)['"]?)$`)

// words reads the text beside an option, as the export writes it.
func (r *xlsReader) words(row xlsRow, item string) bool {
	it := r.q.Item(item)
	if it == nil {
		return false
	}
	open := map[int]bool{}
	for alternative := range strings.SplitSeq(row.get("relevant"), " or ") {
		m := condition.FindStringSubmatch(alternative)
		if m == nil || m[1]+m[3] != item {
			return false
		}
		code, ok := r.code(it, m[2]+m[4])
		if !ok {
			return false
		}
		open[code] = true
	}
	for i := range it.Options {
		it.Options[i].Write = open[it.Options[i].Code]
	}
	return true
}

// code is what a choice's name stands for in an item.
func (r *xlsReader) code(it *survey.Item, name string) (int, bool) {
	switch {
	case it.Type == survey.ConsentItem:
		return 1, name == consentChoice
	case name == naChoice:
		return survey.NotApplicable, len(it.NA) > 0
	}
	code, ok := r.renamed[r.listOf[it.Code]][name]
	return code, ok
}

func (r *xlsReader) item(row xlsRow, kind, argument, name string) {
	it := survey.Item{
		Code: name, Label: row.text("label"), Required: yes(row.get("required")), Factor: row.get("hailong_factor"),
		Overall: yes(row.get("hailong_overall")), Sensitive: yes(row.get("hailong_sensitive")),
	}
	if hint := row.text("hint"); len(hint) > 0 {
		it.Hint = hint
	}
	list, other, _ := strings.Cut(argument, " ")
	switch kind {
	case "select_one", "select_multiple":
		if list == sectorList {
			it.Type = survey.SectorItem
			break
		}
		r.selected(&it, kind, list, row.get("hailong_scale"))
		if other == "or_other" {
			it.Options = append(it.Options, survey.Option{Code: len(it.Options) + 1, Label: survey.Text{survey.Vietnamese: "Khác (ghi rõ)", survey.English: "Other (please specify)"}, Write: true})
		}
	case "integer", "decimal", "range":
		it.Type = survey.NumberItem
	case "text":
		it.Type = survey.TextItem
	case "acknowledge", "trigger":
		it.Type, it.Required = survey.ConsentItem, false
	default:
		r.lose("type", row.get("type"), name)
		return
	}
	r.constraint(&it, row.get("constraint"))
	r.relevant(&it, row.get("relevant"))
	for _, column := range []string{"calculation", "choice_filter", "default", "repeat_count", "trigger", "readonly"} {
		if row.get(column) != "" {
			r.lose("column", column, name)
		}
	}
	section := r.section()
	section.Items = append(section.Items, it)
}

func yes(s string) bool {
	switch strings.ToLower(s) {
	case "yes", "true", "true()", "1":
		return true
	}
	return false
}

// selected makes a scale item of choices that are the points of a known scale,
// and an item with options of all others.
func (r *xlsReader) selected(it *survey.Item, kind, list, scale string) {
	r.listOf[it.Code] = list
	if na := r.na[list]; len(na) > 0 {
		it.NA = na
	}
	if kind == "select_multiple" {
		it.Type, it.Options = survey.MultipleItem, r.choices(list)
		return
	}
	for _, s := range r.known {
		if s.ID == scale || scale == "" && !r.ours && sameOptions(s.Points, r.lists[list]) {
			it.Type, it.Scale = survey.ScaleItem, s.ID
			return
		}
	}
	it.Type, it.Options = survey.SingleItem, r.choices(list)
}

func (r *xlsReader) choices(list string) []survey.Option {
	r.options += len(r.lists[list])
	return slices.Clone(r.lists[list])
}

var (
	rangeRule = regexp.MustCompile(`^\.\s*(>=|<=)\s*(-?[0-9.]+)$`)
	countRule = regexp.MustCompile(`^count-selected\(\s*\.\s*\)\s*<=\s*([0-9]+)$`)
	textRule  = regexp.MustCompile(`^string-length\(\s*\.\s*\)\s*<=\s*([0-9]+)$`)
)

func (r *xlsReader) constraint(it *survey.Item, rule string) {
	if rule == "" {
		return
	}
	for part := range strings.SplitSeq(rule, " and ") {
		part = strings.TrimSpace(part)
		switch m := rangeRule.FindStringSubmatch(part); {
		case m != nil && it.Type == survey.NumberItem:
			v, _ := strconv.ParseFloat(m[2], 64) // the rule allows digits alone
			if m[1] == ">=" {
				it.Min = v
			} else {
				it.Max = v
			}
			continue
		case it.Type == survey.MultipleItem && countRule.MatchString(part):
			it.Max, _ = strconv.ParseFloat(countRule.FindStringSubmatch(part)[1], 64)
			continue
		case it.Type == survey.TextItem && textRule.FindStringSubmatch(part) != nil:
			if textRule.FindStringSubmatch(part)[1] == strconv.Itoa(survey.MaxText) {
				continue
			}
		case it.Type == survey.MultipleItem && (part == "not(selected(., '"+naChoice+"')" || part == "count-selected(.) > 1)"):
			continue // that “not applicable” stands alone is a rule of ours
		}
		r.lose("constraint", it.Code, part)
	}
}

// relevant reads a condition: choices of earlier items, any of several of one
// item, all of several items. Other expressions are lost.
func (r *xlsReader) relevant(it *survey.Item, expression string) {
	if expression == "" {
		return
	}
	var all []survey.When
	for part := range strings.SplitSeq(expression, " and ") {
		part = strings.TrimSpace(part)
		if strings.HasPrefix(part, "(") && strings.HasSuffix(part, ")") {
			part = part[1 : len(part)-1]
		}
		var when survey.When
		for alternative := range strings.SplitSeq(part, " or ") {
			m := condition.FindStringSubmatch(strings.TrimSpace(alternative))
			if m == nil {
				r.lose("relevant", it.Code, expression)
				return
			}
			name := m[1] + m[3]
			on := r.q.Item(name)
			if on == nil || when.Item != "" && when.Item != name {
				r.lose("relevant", it.Code, expression)
				return
			}
			code, ok := r.code(on, m[2]+m[4])
			if !ok {
				r.lose("relevant", it.Code, expression)
				return
			}
			when.Item, when.In = name, append(when.In, code)
		}
		all = append(all, when)
	}
	it.ShowIf = all
}
