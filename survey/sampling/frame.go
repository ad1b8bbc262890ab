package sampling

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hailong/survey"
	"hailong/survey/exchange"
)

// FrameRow is one row of a list to draw from, or of a list already drawn.
type FrameRow struct {
	Row     int // as a spreadsheet counts
	Place   Place
	Sector  survey.SectorID
	Contact string
	Size    int // for drawing by size

	// Of a list already drawn.
	List        FrameList
	Order       int
	Stratum     string
	Probability float64
}

// FrameList says what a draw made of a row.
type FrameList string

// The lists.
const (
	NotDrawn    FrameList = ""
	MainList    FrameList = "sample"
	ReserveList FrameList = "reserve"
)

// frameField is a column of a list to draw from.
type frameField string

const (
	frameUnit        frameField = "unit"
	frameSector      frameField = "sector"
	frameVillage     frameField = "village"
	frameName        frameField = "name"
	frameAddress     frameField = "address"
	framePhone       frameField = "phone"
	frameCode        frameField = "code"
	frameNote        frameField = "note"
	frameSize        frameField = "size"
	frameList        frameField = "list"
	frameOrder       frameField = "order"
	frameStratum     frameField = "stratum"
	frameProbability frameField = "probability"
)

// frameContact are the columns that name somebody, in the order of a contact.
var frameContact = []frameField{frameName, framePhone, frameAddress, frameCode, frameNote}

// frameWords are headers as people and "hailong sample" write them, folded.
var frameWords = map[string]frameField{
	"unit": frameUnit, "don vi": frameUnit, "ma don vi": frameUnit, "xa": frameUnit, "xa, phuong": frameUnit, "truong": frameUnit,
	"sector": frameSector, "linh vuc": frameSector,
	"village": frameVillage, "ban": frameVillage, "thon": frameVillage, "thon, ban": frameVillage, "thon/ban": frameVillage, "ban/thon": frameVillage, "to dan pho": frameVillage, "khu pho": frameVillage,
	"name": frameName, "full name": frameName, "household": frameName, "ten": frameName, "ho ten": frameName, "ho va ten": frameName, "chu ho": frameName, "ten chu ho": frameName, "nguoi nop": frameName,
	"address": frameAddress, "dia chi": frameAddress, "noi o": frameAddress,
	"phone": framePhone, "telephone": framePhone, "dien thoai": framePhone, "so dien thoai": framePhone, "sdt": framePhone,
	"code": frameCode, "dossier": frameCode, "id": frameCode, "ma": frameCode, "ma ho": frameCode, "ma ho so": frameCode, "so ho so": frameCode,
	"note": frameNote, "ghi chu": frameNote,
	"size": frameSize, "households": frameSize, "so ho": frameSize, "so nguoi": frameSize, "quy mo": frameSize,
	"draw_list": frameList, "list": frameList, "danh sach": frameList, "loai mau": frameList,
	"draw_order": frameOrder, "thu tu rut": frameOrder, "draw_stratum": frameStratum, "tang": frameStratum,
	"draw_probability": frameProbability, "probability": frameProbability, "xac suat": frameProbability,
}

// frameSilent are columns that a draw writes and that need not be read.
var frameSilent = []string{"draw_weight", "draw_number"}

// listWords are the names of the lists, folded.
var listWords = map[string]FrameList{
	"sample": MainList, "main": MainList, "chinh": MainList, "chinh thuc": MainList, "mau": MainList,
	"reserve": ReserveList, "du phong": ReserveList,
}

// MaxContact is the longest contact, in characters.
const MaxContact = 500

// FrameReader reads the rows of a list to draw from by its header: households,
// dossiers or villages. Nothing is guessed: what cannot be read is a problem of
// its row.
type FrameReader struct {
	find   exchange.Finder // units and sectors are named as in a file of responses
	at     map[frameField]int
	places map[FrameList]map[string]map[int]int // row of each place in a stratum
	codes  map[string]int
}

// NewFrameReader reads the header of a list. It returns the headers that mean
// nothing here, whose columns are passed over. The error is Invalid if no
// column names the unit.
func NewFrameReader(c *survey.Catalog, campaign *survey.Campaign, header []string) (r *FrameReader, ignored []string, err error) {
	r = &FrameReader{
		find: exchange.Finder{Catalog: c, Campaign: campaign}, at: map[frameField]int{}, codes: map[string]int{},
		places: map[FrameList]map[string]map[int]int{MainList: {}, ReserveList: {}},
	}
	for at, cell := range header {
		folded := strings.Trim(survey.Fold(cell), " .:*")
		field, known := frameWords[folded]
		if _, twice := r.at[field]; known && !twice {
			r.at[field] = at
		} else if folded != "" && !slices.Contains(frameSilent, folded) {
			ignored = append(ignored, cell)
		}
	}
	if _, ok := r.at[frameUnit]; !ok {
		return nil, ignored, &survey.Error{Kind: survey.Invalid, Op: "read header", Key: "sample.no_unit_column"}
	}
	return r, ignored, nil
}

// Drawn reports whether the list says what was drawn.
func (r *FrameReader) Drawn() bool { return r.has(frameList) }

// Sized reports whether the list gives sizes to draw by.
func (r *FrameReader) Sized() bool { return r.has(frameSize) }

func (r *FrameReader) has(f frameField) bool { _, ok := r.at[f]; return ok }

// Read reads a row.
func (r *FrameReader) Read(row int, cells []string) (FrameRow, []survey.RowProblem) {
	var problems []survey.RowProblem
	bad := func(f frameField, m survey.Message) {
		problems = append(problems, survey.RowProblem{Row: row, Column: string(f), Message: m})
	}
	cell := func(f frameField) string {
		if at, ok := r.at[f]; ok && at < len(cells) {
			return survey.CleanText(cells[at])
		}
		return ""
	}
	out := FrameRow{Row: row, Stratum: cell(frameStratum)}
	unit, wrong := r.find.Unit(cell(frameUnit))
	if wrong != nil {
		bad(frameUnit, *wrong)
	}
	sector, wrong := r.find.Sector(cell(frameSector))
	if wrong != nil {
		bad(frameSector, *wrong)
	}
	out.Place, out.Sector = Place{unit, cell(frameVillage)}, sector
	var parts []string
	for _, f := range frameContact {
		if part := cell(f); part != "" {
			parts = append(parts, part)
		}
	}
	out.Contact = strings.Join(parts, " · ")
	if utf8.RuneCountInString(out.Contact) > MaxContact {
		bad(frameName, survey.Message{Key: "sample.long_contact", Args: []any{MaxContact}})
	}
	if code := cell(frameCode); code != "" {
		if first, twice := r.codes[code]; twice {
			bad(frameCode, survey.Message{Key: "sample.same_code", Args: []any{code, first}})
		} else {
			r.codes[code] = row
		}
	}
	if text := cell(frameSize); r.has(frameSize) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > math.MaxInt32 {
			bad(frameSize, survey.Message{Key: "sample.bad_size", Args: []any{text}})
		}
		out.Size = n
	}
	if r.Drawn() {
		r.readDraw(&out, cell, bad)
	}
	return out, problems
}

// readDraw reads what a draw made of the row.
func (r *FrameReader) readDraw(out *FrameRow, cell func(frameField) string, bad func(frameField, survey.Message)) {
	text := cell(frameList)
	var known bool
	if out.List, known = listWords[survey.Fold(text)]; !known && text != "" {
		bad(frameList, survey.Message{Key: "sample.bad_list", Args: []any{text}})
	}
	if text := cell(frameProbability); text != "" {
		p, err := survey.ParseDecimal(text)
		if err != nil || !(p >= 0 && p <= 1) {
			bad(frameProbability, survey.Message{Key: "sample.bad_probability", Args: []any{text}})
			p = 0
		}
		out.Probability = p
	}
	text = cell(frameOrder)
	if out.List == NotDrawn || text == "" {
		return
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MaxDrawn {
		bad(frameOrder, survey.Message{Key: "sample.bad_order", Args: []any{text}})
		return
	}
	out.Order = n
	// Two with the same place would leave open which reserve is the next.
	stratum := out.Stratum + "\x00" + string(out.Place.Unit) + "\x00" + string(out.Sector)
	if out.Stratum != "" {
		stratum = out.Stratum
	}
	seen := r.places[out.List]
	if seen[stratum] == nil {
		seen[stratum] = map[int]int{}
	}
	if first, twice := seen[stratum][n]; twice {
		bad(frameOrder, survey.Message{Key: "sample.same_order", Args: []any{n, first}})
		return
	}
	seen[stratum][n] = out.Row
}
