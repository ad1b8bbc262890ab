package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"hailong/survey"
)

// RowReader makes responses of the rows of a file that somebody filled in, or
// that this program wrote. Nothing is guessed: what cannot be read is a problem
// of its row.
//
// Columns are found by their headers: those of Layout, Vietnamese words such as
// "đơn vị", the codes of items or their labels. A response's id comes from the
// column "id": a UUID is kept, a row number that this installation wrote (see
// RowNumbers) leads back to its response, anything else (a number of the paper
// form, a row number of another installation) gives a UUID of its own within the
// campaign. Without such a column the content of
// the row does, together with how many equal rows stand before it: the same
// file again gives the same responses, in whatever order its rows are.
type RowReader struct {
	catalog  *survey.Catalog
	campaign *survey.Campaign
	find     Finder
	point    *survey.Point // where rows do not name one; nil: they must name a unit
	now      time.Time
	secret   []byte                  // behind the row numbers of this installation; nil: it wrote none
	papers   *paperForms             // that rows may say they are of; nil: none
	forms    []*survey.Questionnaire // those that rows may have answered, newest first

	fields  map[ResponseField]int
	columns []fileColumn
	equal   map[string]int    // rows of the same content so far
	ids     map[uuid.UUID]int // row of each id so far, of rows that were read
}

// fileColumn is a column of the file that holds an item.
type fileColumn struct {
	at    int
	item  string
	words bool
}

// NewRowReader reads the header of a file. It returns the headers that mean
// nothing here, whose columns are passed over. The error is Invalid if no
// column holds an answer.
func NewRowReader(c *survey.Catalog, campaign *survey.Campaign, point *survey.Point, now time.Time, header []string) (r *RowReader, ignored []string, err error) {
	r = &RowReader{
		catalog: c, campaign: campaign, find: Finder{c, campaign}, point: point, now: now,
		fields: map[ResponseField]int{}, equal: map[string]int{}, ids: map[uuid.UUID]int{},
	}
	for i := range c.Questionnaires {
		if _, asked := campaign.Form(c.Questionnaires[i].Code); asked {
			r.forms = append(r.forms, &c.Questionnaires[i])
		}
	}
	slices.SortStableFunc(r.forms, func(a, b *survey.Questionnaire) int { return b.Version - a.Version })
	for at, cell := range header {
		if field, ok := fieldOf(cell); ok {
			if _, twice := r.fields[field]; !twice {
				r.fields[field] = at
				continue
			}
		}
		if item, words, ok := r.itemOf(cell); ok {
			r.columns = append(r.columns, fileColumn{at, item, words})
			continue
		}
		if strings.TrimSpace(cell) != "" {
			ignored = append(ignored, cell)
		}
	}
	if len(r.columns) == 0 {
		return nil, ignored, &survey.Error{Kind: survey.Invalid, Op: "read header", Key: "import.no_items"}
	}
	return r, ignored, nil
}

// fieldWords are headers of fields as people write them, folded.
var fieldWords = map[string]ResponseField{
	"ma phieu": FieldID, "so phieu": FieldID, "dot khao sat": FieldCampaign, "ma dot": FieldCampaign,
	"phieu": FieldForm, "mau phieu": FieldForm, "loai phieu": FieldForm, "phien ban": FieldVersion,
	"diem": FieldPoint, "ma diem": FieldPoint, "don vi": FieldUnit, "xa": FieldUnit, "truong": FieldUnit, "ma don vi": FieldUnit,
	"linh vuc": FieldSector, "kenh": FieldChannel, "cach tra loi": FieldChannel, "ngon ngu": FieldLang,
	"ngay": FieldDay, "ngay tra loi": FieldDay, "khong ap dung": FieldNA,
	"unit name": "", "date": FieldDay,
}

func fieldOf(header string) (ResponseField, bool) {
	folded := survey.Fold(header)
	for _, f := range append(slices.Clone(readFields), FieldNA, FieldVoided) {
		if folded == string(f) {
			return f, true
		}
	}
	f := fieldWords[folded]
	return f, f != ""
}

func (r *RowReader) itemOf(header string) (item string, words, ok bool) {
	code, words := strings.CutSuffix(strings.TrimSpace(header), ".text")
	code = strings.TrimPrefix(code, string(r.campaign.Family)+".")
	for _, form := range r.forms {
		for _, it := range form.Items() {
			if it.Type != survey.SectorItem && strings.EqualFold(it.Code, code) {
				return it.Code, words || it.Type == survey.TextItem, true
			}
		}
	}
	folded := foldLabel(header)
	for _, form := range r.forms {
		for _, it := range form.Items() {
			for _, label := range it.Label {
				if it.Type != survey.SectorItem && foldLabel(label) == folded {
					return it.Code, it.Type == survey.TextItem, true
				}
			}
		}
	}
	return "", false, false
}

// foldLabel folds a label without the marks that people leave out.
func foldLabel(s string) string { return strings.Trim(survey.Fold(s), " .?!:*") }

// At is the place of the column of a field or item, for messages.
func (r *RowReader) At(name string) (int, bool) {
	if at, ok := r.fields[ResponseField(name)]; ok {
		return at, true
	}
	for _, c := range r.columns {
		if c.item == name {
			return c.at, true
		}
	}
	return 0, false
}

// Read makes the response of a row, numbered for messages. The error is
// Invalid, with a message for each column at fault in Fields.
func (r *RowReader) Read(row int, cells []string) (survey.Response, error) {
	bad := survey.Fields{}
	cell := func(at int) string {
		if at < len(cells) {
			return strings.TrimSpace(cells[at])
		}
		return ""
	}
	field := func(f ResponseField) string {
		if at, ok := r.fields[f]; ok {
			return cell(at)
		}
		return ""
	}
	response := survey.Response{Campaign: r.campaign.ID, Received: r.now.UTC().Truncate(time.Millisecond), Channel: survey.ChannelFile, Lang: survey.Vietnamese}
	if named := field(FieldCampaign); named != "" && named != string(r.campaign.ID) {
		bad.Add(string(FieldCampaign), "import.other_campaign", named, string(r.campaign.ID))
	}
	point, lost := r.point, false
	if named := field(FieldPoint); named != "" {
		code, err := survey.ParsePointCode(named)
		if point = r.catalog.Point(code); err != nil || point == nil {
			bad.Add(string(FieldPoint), "point.unknown")
			point, lost = nil, true
		}
	}
	if point != nil {
		response.Point, response.Unit, response.Sector = point.Code, point.Unit, point.Sector
	}
	// What an unknown point would have said is not missing besides.
	if unit := field(FieldUnit); unit != "" || !lost {
		r.readUnit(&response, unit, bad)
	}
	r.readSector(&response, field(FieldSector), bad)
	r.readChannel(&response, field(FieldChannel), bad)
	if lang := field(FieldLang); lang != "" {
		response.Lang = survey.Lang(lang)
	}
	r.readDay(&response, field(FieldDay), bad)
	response.Batch, response.By = survey.BatchID(field(FieldBatch)), survey.Login(field(FieldBy))
	if field(FieldVoided) != "" { // it would come into force again
		bad.Add(string(FieldVoided), "import.voided")
	}
	form := r.form(point, field(FieldForm), field(FieldVersion))
	switch {
	case form == nil && lost && field(FieldForm) == "":
	case form == nil:
		bad.Add(string(FieldForm), "import.unknown_form", field(FieldForm))
	default:
		response.Form = form.Ref()
		r.readAnswers(&response, form, cell, strings.Fields(strings.ReplaceAll(field(FieldNA), ",", " ")), bad)
	}
	if form != nil && !lost {
		r.papers.check(&response, bad)
	}
	id := r.id(field(FieldID), cells)
	response.ID = survey.ResponseID(id.String())
	if first, twice := r.ids[id]; twice {
		bad.Add(string(FieldID), "import.same_id", first)
	}
	if len(bad) > 0 {
		return survey.Response{}, &survey.Error{Kind: survey.Invalid, Op: "read row " + strconv.Itoa(row), Key: "import.bad_row", Fields: bad}
	}
	r.ids[id] = row
	return response, nil
}

// id is the id of a row: see RowReader.
func (r *RowReader) id(given string, cells []string) uuid.UUID {
	if id, err := uuid.Parse(given); err == nil && len(given) == 36 && id != uuid.Nil {
		return id
	}
	if id, known := knownRow(r.secret, given); known {
		return id
	}
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:hailong:campaign:"+string(r.campaign.ID)))
	if given != "" {
		return uuid.NewSHA1(space, []byte("id\x00"+given))
	}
	var content strings.Builder
	write := func(name string, at int) {
		if at < len(cells) && strings.TrimSpace(cells[at]) != "" {
			fmt.Fprintf(&content, "%s\x00%s\x00", name, strings.TrimSpace(cells[at]))
		}
	}
	for _, f := range readFields {
		if at, ok := r.fields[f]; ok {
			write(string(f), at)
		}
	}
	columns := slices.Clone(r.columns)
	slices.SortFunc(columns, func(a, b fileColumn) int { return strings.Compare(a.item, b.item) })
	for _, c := range columns {
		write("item "+c.item, c.at)
	}
	if r.point != nil {
		content.WriteString(string(r.point.Code))
	}
	key := content.String()
	r.equal[key]++
	return uuid.NewSHA1(space, []byte(key+"\x00"+strconv.Itoa(r.equal[key])))
}

func (r *RowReader) readUnit(response *survey.Response, given string, bad survey.Fields) {
	var wrong *survey.Message
	if given == "" && response.Unit != "" { // the point's
		wrong = r.find.covered(response.Unit)
	} else {
		response.Unit, wrong = r.find.Unit(given)
	}
	if wrong != nil {
		bad[string(FieldUnit)] = *wrong
	}
}

func (r *RowReader) readSector(response *survey.Response, given string, bad survey.Fields) {
	if given == "" { // the point's, if it has one
		return
	}
	sector, wrong := r.find.Sector(given)
	if wrong != nil {
		bad[string(FieldSector)] = *wrong
		return
	}
	response.Sector = sector
}

// channelWords are the channels as people write them, folded.
var channelWords = map[string]survey.Channel{
	"ma qr": survey.ChannelQR, "quet ma qr": survey.ChannelQR, "may tinh bang": survey.ChannelKiosk, "duong dan": survey.ChannelLink,
	"phieu giay": survey.ChannelPaper, "giay": survey.ChannelPaper, "tep": survey.ChannelFile,
}

func (r *RowReader) readChannel(response *survey.Response, given string, bad survey.Fields) {
	folded := survey.Fold(given)
	switch named, known := channelWords[folded]; {
	case given == "":
	case known:
		response.Channel = named
	case slices.Contains(survey.Channels, survey.Channel(folded)):
		response.Channel = survey.Channel(folded)
	default:
		bad.Add(string(FieldChannel), "import.unknown_channel", given)
	}
}

// spreadsheetEpoch is day 0 of the dates of spreadsheets, which keep a date as
// a number of days.
var spreadsheetEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

func (r *RowReader) readDay(response *survey.Response, given string, bad survey.Fields) {
	today := survey.DateOf(r.now)
	day := today
	if given != "" {
		var err error
		if serial, number := strconv.Atoi(given); number == nil && serial > 30_000 && serial < 90_000 {
			given = spreadsheetEpoch.AddDate(0, 0, serial).Format(time.DateOnly)
		}
		if day, err = r.parseDay(given); err != nil {
			bad.Add(string(FieldDay), "import.bad_day", given)
			return
		}
	}
	switch {
	case day > today:
		bad.Add(string(FieldDay), "response.bad_day")
	case !r.campaign.Period.Contains(day):
		bad.Add(string(FieldDay), "import.day_outside", day, r.campaign.Period.From, r.campaign.Period.To)
	default:
		response.Day = day
	}
}

// parseDay reads a day, or a month, of which it takes the first day that is in the
// period of the campaign: files name no day of the answers about a school.
func (r *RowReader) parseDay(given string) (survey.Date, error) {
	first, err := survey.ParseDate(given + "-01")
	if err != nil || given != first.Month() {
		return survey.ParseDate(given)
	}
	if from := r.campaign.Period.From; from.Month() == given {
		return from, nil
	}
	return first, nil
}

// form finds the form of a row: the one it names, else the point's, else the
// only one of the campaign.
func (r *RowReader) form(point *survey.Point, given, version string) *survey.Questionnaire {
	var code survey.FormCode
	switch {
	case r.asks(survey.FormCode(given)):
		code = survey.FormCode(given)
	case given != "":
		folded := foldLabel(given)
		for _, q := range r.forms {
			for _, title := range q.Title {
				if foldLabel(title) == folded {
					code = q.Code
				}
			}
		}
		if code == "" {
			return nil
		}
	case point != nil:
		code = point.Form
	case len(r.campaign.Forms) == 1:
		code = r.campaign.Forms[0].Code
	}
	ref, asked := r.campaign.Form(code)
	if !asked {
		return nil
	}
	if version != "" {
		n, err := strconv.Atoi(version)
		if err != nil {
			return nil
		}
		ref.Version = n
	}
	return r.catalog.Questionnaire(ref)
}

func (r *RowReader) asks(code survey.FormCode) bool {
	_, ok := r.campaign.Form(code)
	return ok
}

func (r *RowReader) readAnswers(response *survey.Response, form *survey.Questionnaire, cell func(int) string, na []string, bad survey.Fields) {
	given := survey.Given{Codes: map[string][]string{}, Texts: map[string]string{}}
	for _, c := range r.columns {
		value := cell(c.at)
		if value == "" {
			continue
		}
		it := form.Item(c.item)
		switch {
		case it == nil:
			bad.Add(c.item, "import.not_in_form", form.Title)
		case c.words:
			given.Texts[c.item] = value
		default:
			given.Codes[c.item] = readCodes(form, it, value)
		}
	}
	for _, item := range na {
		if form.Item(item) == nil {
			bad.Add(string(FieldNA), "import.unknown_item", item)
			continue
		}
		given.Codes[item] = append(given.Codes[item], survey.NA)
	}
	sheet, err := form.Check(given, response.Sector, func(id survey.SectorID) bool { return r.catalog.Sector(id) != nil })
	var invalid *survey.Error
	switch {
	case errors.As(err, &invalid) && len(invalid.Fields) > 0:
		for item, m := range invalid.Fields {
			// A page offers a list to choose from; a file has words of its own.
			if slices.Contains(sheet.Unknown, item) {
				m = survey.Message{Key: "import.unknown_answer", Args: []any{strings.Join(given.Codes[item], "; ")}}
			}
			bad[item] = m
		}
	case errors.As(err, &invalid):
		bad[string(FieldNA)] = survey.Message{Key: invalid.Key, Args: invalid.Args}
	case sheet.Dropped > 0:
		for _, item := range r.hidden(form, given, sheet) {
			bad.Add(item, "import.hidden")
		}
	}
	response.Sector, response.Answers, response.Texts = sheet.Sector, sheet.Answers, sheet.Texts
}

// hidden lists the items that were filled in though the person cannot have
// been asked them. A form drops such answers; a file is wrong.
func (r *RowReader) hidden(form *survey.Questionnaire, given survey.Given, sheet survey.CheckedAnswers) []string {
	var hidden []string
	for _, it := range form.Items() {
		filled := len(given.Codes[it.Code]) > 0 || it.Type == survey.TextItem && given.Texts[it.Code] != ""
		kept := slices.ContainsFunc(sheet.Answers, func(a survey.Answer) bool { return a.Item == it.Code }) ||
			slices.ContainsFunc(sheet.Texts, func(w survey.Words) bool { return w.Item == it.Code })
		if filled && !kept {
			hidden = append(hidden, it.Code)
		}
	}
	return hidden
}

// readCodes reads the cell of an item: codes, or the labels of options.
func readCodes(form *survey.Questionnaire, it *survey.Item, value string) []string {
	if it.Type == survey.NumberItem {
		return []string{value}
	}
	option := func(s string) (string, bool) {
		folded := foldLabel(s)
		if folded == survey.NA || slices.ContainsFunc([]survey.Lang{survey.Vietnamese, survey.English}, func(l survey.Lang) bool { return len(it.NA) > 0 && folded == foldLabel(it.NA.In(l)) }) {
			return survey.NA, true
		}
		// Only one spelling of a code is accepted, here as in a form: "04" and
		// "+4" are refused. "4.0" is accepted, because statistical programs write
		// a column of numbers with gaps so.
		if number := strings.TrimSuffix(s, ".0"); number != "" {
			if code, err := strconv.Atoi(number); err == nil && strconv.Itoa(code) == number {
				return number, true
			}
		}
		for _, o := range form.Choices(it) {
			for _, label := range o.Label {
				if foldLabel(label) == folded {
					return strconv.Itoa(o.Code), true
				}
			}
		}
		if it.Type == survey.ConsentItem && (folded == "x" || folded == "co" || folded == "yes" || folded == "dong y") {
			return "1", true
		}
		return s, false
	}
	if code, ok := option(value); ok {
		return []string{code}
	}
	var codes []string
	for _, part := range strings.FieldsFunc(value, func(c rune) bool { return c == ';' || c == '\n' }) {
		code, ok := option(strings.TrimSpace(part))
		if !ok {
			codes = append(codes, splitCodes(part, option)...)
			continue
		}
		codes = append(codes, code)
	}
	return codes
}

// splitCodes reads codes separated by spaces or commas. Words among which one
// is no answer are returned as they are: they are one unknown answer.
func splitCodes(part string, option func(string) (string, bool)) []string {
	var codes []string
	for _, one := range strings.FieldsFunc(part, func(c rune) bool { return c == ',' || c == ' ' }) {
		code, ok := option(one)
		if !ok {
			return []string{strings.TrimSpace(part)}
		}
		codes = append(codes, code)
	}
	return codes
}
