package exchange_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/exchange"
	"hailong/survey/intake"
	"hailong/survey/spreadsheet"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

var sorted = cmpopts.SortSlices(strings.Compare)

// exported is a store with three responses, the last of them voided, and one of
// a campaign that no export here asks for.
func exported(t testing.TB) (*intake.Intake, *survey.Campaign) {
	t.Helper()
	in, campaign := paperIntake(t)
	const content = "id,unit,day,channel,D1,E,N,C,T\n" +
		"00000000-0000-4000-8000-000000000001,u1,2026-03-04,paper,2,1 12,2.5,x,=Chờ\n" +
		"00000000-0000-4000-8000-000000000002,u1,2026-03-03,,Không biết,,,,\n" +
		"00000000-0000-4000-8000-000000000003,u2,2026-03-03,,1,,,,\n"
	if n, rejected, err := importFile(t, newImporter(t, in, campaign, ""), content); err != nil || n.Stored != 3 {
		t.Fatalf("stored %d: %v %v", n.Stored, rejected, err)
	}
	other := survey.Response{ID: "00000000-0000-4000-8000-000000000004", Campaign: "other", Form: survey.FormRef{Code: "p", Version: 1}, Unit: "u1", Day: "2026-03-03", Received: importTime, Lang: "vi", Channel: survey.ChannelFile}
	if _, err := in.Keep(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	voids := survey.Documents[verification.Void]{Store: in.Store, Collection: survey.Voids}
	if err := voids.Insert(t.Context(), verification.Void{ID: "00000000-0000-4000-8000-000000000003", Rev: 1, Campaign: campaign.ID, Reason: "nhập nhầm", At: importTime}); err != nil {
		t.Fatal(err)
	}
	return in, campaign
}

// newExporter exports a campaign, all of which is released, to a file named A.
func newExporter(t testing.TB, in *intake.Intake, campaign *survey.Campaign) *exchange.Exporter {
	t.Helper()
	surveytest.ReleaseAll(t, in.Store, campaign.ID)
	return exchange.NewExporter(in.Store, rowNumbers(t, in.Store, "A"), in.Catalog(), campaign)
}

func rowNumbers(t testing.TB, store survey.Store, name string) *exchange.RowNumbers {
	t.Helper()
	changes := survey.NewChanges(store, audit.New(store, time.Now), time.Now)
	numbers, err := exchange.NewRowNumbers(t.Context(), changes, survey.Actor{Shell: "lan"}, name)
	if err != nil {
		t.Fatal(err)
	}
	return numbers
}

// withoutNumbers is the lines of a CSV file sorted, without the first column.
func withoutNumbers(t testing.TB, file string) []string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(file, "\ufeff"), "\n"), "\n")
	for i, line := range lines {
		_, lines[i], _ = strings.Cut(line, ",")
	}
	slices.Sort(lines[1:])
	return lines
}

const exportedHeader = "id,campaign,form,version,point,unit,sector,channel,lang,day,D1,E,N,C,T,na,voided"

func TestExportAsCSV(t *testing.T) {
	t.Parallel()
	in, campaign := exported(t)
	_, header, _ := strings.Cut(exportedHeader, ",")
	inForce := []string{
		header,
		"k,p,1,,u1,,file,vi,2026-03-03,,,,,,D1,",
		"k,p,1,,u1,,paper,vi,2026-03-04,2,1 12,2.5,1,'=Chờ,,",
	}
	for name, tt := range map[string]struct {
		voided bool
		want   []string
	}{
		"InForce": {false, inForce},
		"Voided":  {true, append(slices.Clone(inForce), "k,p,1,,u2,,file,vi,2026-03-03,1,,,,,,nhập nhầm")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExporter(t, in, campaign)
			progress := 0
			e.Voided, e.Progress = tt.voided, func() { progress++ }
			var out bytes.Buffer
			if err := e.WriteCSV(t.Context(), &out); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, withoutNumbers(t, out.String())); diff != "" || !strings.HasPrefix(out.String(), "\ufeffid,") {
				t.Errorf("file (-want +got):\n%s", diff)
			}
			if progress != len(tt.want)-1 {
				t.Errorf("progress of %d responses, want %d", progress, len(tt.want)-1)
			}
		})
	}
}

func TestExportAsXLSX(t *testing.T) {
	t.Parallel()
	in, campaign := exported(t)
	var out bytes.Buffer
	if err := newExporter(t, in, campaign).WriteXLSX(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := file.GetRows("Phiếu")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 {
		t.Fatalf("%d rows, want a header and two responses", len(rows))
	}
	if diff := cmp.Diff(strings.Split(exportedHeader, ","), rows[0]); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	answered, other := "2", "3" // the rows come in the order of their numbers
	if rows[1][9] != "2026-03-04" {
		answered, other = other, answered
	}
	for cell, want := range map[string]struct {
		value string
		kind  excelize.CellType
	}{
		"K" + answered: {"2", excelize.CellTypeUnset},                 // a code is a number
		"L" + answered: {"1 12", excelize.CellTypeInlineString},       // several are text
		"O" + answered: {"=Chờ", excelize.CellTypeInlineString},       // text, and no formula
		"F" + answered: {"u1", excelize.CellTypeInlineString},         //
		"K" + other:    {"", excelize.CellTypeUnset},                  // does not apply
		"J" + answered: {"2026-03-04", excelize.CellTypeInlineString}, // as it is stored
	} {
		value, err := file.GetCellValue("Phiếu", cell)
		if err != nil {
			t.Fatal(err)
		}
		kind, err := file.GetCellType("Phiếu", cell)
		if err != nil {
			t.Fatal(err)
		}
		if value != want.value || kind != want.kind {
			t.Errorf("%s is %q of type %d, want %q of type %d", cell, value, kind, want.value, want.kind)
		}
	}
	book, err := file.GetRows("Bảng mã")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]string{
		{"cột / column", "mã / code", "tiếng Việt", "English", "loại / type", "yếu tố / factor", "phiếu / form"},
		{"unit", "", "đơn vị", "unit"},
		{"D1", "2", "Hài lòng", "Hài lòng"},
		{"E", "12", "Rẻ hơn, gần hơn", "Rẻ hơn, gần hơn"},
	} {
		if !slices.ContainsFunc(book, func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("the codebook has no row %q:\n%q", want, book)
		}
	}
	for _, row := range book {
		if len(row) > 2 && row[2] == "" {
			t.Errorf("the codebook does not explain %q", row[0])
		}
	}
}

// Responses beyond what a sheet holds go on in the next, from which an import
// reads them.
func TestExportOverSeveralSheets(t *testing.T) {
	t.Parallel()
	from, campaign := exported(t)
	e := newExporter(t, from, campaign)
	e.LimitSheets(2)
	var out bytes.Buffer
	if err := e.WriteXLSX(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	sheets, err := spreadsheet.ReadWorkbook(t.Context(), out.Bytes(), "phiếu", "phiếu 2", "bảng mã")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"phiếu", "phiếu 2"} {
		if len(sheets[name]) != 2 {
			t.Errorf("sheet %q has %d rows, want a header and a response", name, len(sheets[name]))
		}
	}
	to, _ := paperIntake(t)
	rows, err := spreadsheet.OpenRows(surveytest.WriteFile(t, "a.xlsx", out.String()))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	m := newImporter(t, to, campaign, "")
	if _, err := m.ReadHeader(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	n, err := m.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := (exchange.Imported{Rows: 2, Stored: 2}); n != want {
		t.Errorf("import: %+v, want %+v", n, want)
	}
}

// An answer that no column holds stops the export: nothing is left out in
// silence.
func TestExportOfAnUnknownItem(t *testing.T) {
	t.Parallel()
	in, campaign := exported(t)
	strange := survey.Response{ID: "00000000-0000-4000-8000-000000000009", Campaign: campaign.ID, Form: survey.FormRef{Code: "p", Version: 1}, Unit: "u1", Day: "2026-03-03", Received: importTime, Lang: "vi", Channel: survey.ChannelFile}
	for name, change := range map[string]func(*survey.Response){
		"Answer": func(r *survey.Response) { r.Answers = []survey.Answer{{Item: "GONE", Codes: []int{1}}} },
		"Text":   func(r *survey.Response) { r.Texts = []survey.Words{{Item: "GONE", Text: "x"}} },
	} {
		t.Run(name, func(t *testing.T) {
			l := exchange.NewLayout(in.Catalog(), campaign)
			r := strange
			change(&r)
			err := l.Row(&r, "A-1", nil, make([]string, len(l.Columns)))
			if !survey.Is(err, survey.Internal) || !strings.Contains(err.Error(), "GONE") {
				t.Errorf("error %v, want an internal one that names the item", err)
			}
		})
	}
	strange.Answers = []survey.Answer{{Item: "GONE", Codes: []int{1}}}
	if _, err := in.Keep(t.Context(), strange); err != nil {
		t.Fatal(err)
	}
	e := newExporter(t, in, campaign)
	var out bytes.Buffer
	if err := e.WriteCSV(t.Context(), &out); err == nil || !strings.Contains(err.Error(), "GONE") {
		t.Errorf("CSV: error %v, want one that names the item", err)
	}
	if err := e.WriteXLSX(t.Context(), &out); err == nil || !strings.Contains(err.Error(), "GONE") {
		t.Errorf("XLSX: error %v, want one that names the item", err)
	}
}

// A disk that is full is told, and is not taken for a finished file.
func TestWritersTellOfAFullDisk(t *testing.T) {
	t.Parallel()
	in, campaign := exported(t)
	e := newExporter(t, in, campaign)
	table := [][]string{{"a"}, {"b"}}
	for name, write := range map[string]func() error{
		"CSV":      func() error { return e.WriteCSV(t.Context(), &surveytest.FullDisk{}) },
		"XLSX":     func() error { return e.WriteXLSX(t.Context(), &surveytest.FullDisk{}) },
		"ListCSV":  func() error { return spreadsheet.WriteCSV(&surveytest.FullDisk{}, ';', table) },
		"ListXLSX": func() error { return spreadsheet.WriteXLSX(&surveytest.FullDisk{}, table) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := write(); !errors.Is(err, surveytest.ErrDiskFull) {
				t.Errorf("error %v, want %v", err, surveytest.ErrDiskFull)
			}
		})
	}
}
