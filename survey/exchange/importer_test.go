package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/exchange"
	"hailong/survey/intake"
	"hailong/survey/ledger"
	"hailong/survey/spreadsheet"
	"hailong/survey/surveytest"
)

// paperIntake is an intake over an empty store, for the campaign of paper.
func paperIntake(t testing.TB) (*intake.Intake, *survey.Campaign) {
	t.Helper()
	c, campaign := paper()
	code, err := survey.DrawCode(bytes.NewReader(make([]byte, 64)), func(survey.PointCode) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	c.Points = []survey.Point{{Code: code, Unit: "u1", Form: "p", Channel: survey.ChannelPaper}}
	c.Index()
	store, now := surveytest.Store(t), func() time.Time { return importTime }
	in := &intake.Intake{Store: store, Ledger: ledger.New(store, now), Catalog: func() *survey.Catalog { return c }, Now: now}
	return in, campaign
}

// importFile imports a CSV file and returns what became of its rows, and each
// rejection as "row column=value: reason".
func importFile(t testing.TB, m *exchange.Importer, content string) (n exchange.Imported, rejected []string, err error) {
	t.Helper()
	rows, err := spreadsheet.OpenRows(surveytest.WriteFile(t, "a.csv", content))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if _, err := m.ReadHeader(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	m.Reject = func(r exchange.Rejection) error {
		rejected = append(rejected, fmt.Sprintf("%d %s=%s: %s", r.Row, r.Column, r.Value, r.Reason.Key))
		return nil
	}
	n, err = m.Run(t.Context())
	return n, rejected, err
}

func newImporter(t testing.TB, in *intake.Intake, campaign *survey.Campaign, point string) *exchange.Importer {
	t.Helper()
	m, err := exchange.NewImporter(in, campaign, point)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func stored(t testing.TB, store survey.Store) (responses []survey.Response) {
	t.Helper()
	err := store.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		var r survey.Response
		err := r.UnmarshalBSON(doc)
		responses = append(responses, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return responses
}

func TestImport(t *testing.T) {
	t.Parallel()
	const header = "Mã phiếu,Đơn vị,Ngày,D1,E\n"
	const good = "A-1,u1,04/03/2026,2,\nA-2,u1,,1,1 12\n"
	for name, tt := range map[string]struct {
		before, content string
		dryRun          bool
		want            exchange.Imported
		rejected        []string
		stored          int
	}{
		"New":         {"", header + good, false, exchange.Imported{Rows: 2, Stored: 2}, nil, 2},
		"Again":       {header + good, header + good, false, exchange.Imported{Rows: 2, Known: 2}, nil, 2},
		"OtherOrder":  {header + good, "D1,E,Ngày,Đơn vị,Mã phiếu\n2,,04/03/2026,u1,A-1\n", false, exchange.Imported{Rows: 1, Known: 1}, nil, 2},
		"WithoutDay":  {header + good, header + "A-1,u1,,2,\n", false, exchange.Imported{Rows: 1, Known: 1}, nil, 2},
		"NoDayColumn": {header + good, "Mã phiếu,Đơn vị,D1\nA-1,u1,2\n", false, exchange.Imported{Rows: 1, Known: 1}, nil, 2},
		"DryRun":      {"", header + good, true, exchange.Imported{Rows: 2, Stored: 2}, nil, 0},
		"DryRunAgain": {header + "A-1,u1,04/03/2026,2,\n", header + good, true, exchange.Imported{Rows: 2, Stored: 1, Known: 1}, nil, 1},
		"Mended": {
			header + "A-1,u1,04/03/2026,2,\nA-2,u1,,9,\n", header + good, false,
			exchange.Imported{Rows: 2, Stored: 1, Known: 1},
			nil, 2,
		},
		"BlankRows": {"", header + ",,,,\n\n" + good, false, exchange.Imported{Rows: 2, Stored: 2}, nil, 2},
		"BadRow": {
			"", header + good + "\nA-3,Xã Hai,32/1/2026,7,\n", false,
			exchange.Imported{Rows: 3, Stored: 2, Rejected: 1},
			[]string{"5 D1=7: import.unknown_answer", "5 Ngày=32/1/2026: import.bad_day", "5 Đơn vị=Xã Hai: import.ambiguous_unit"},
			2,
		},
		"MissingColumn": {
			"", "Mã phiếu,D1\nA-1,1\n", false,
			exchange.Imported{Rows: 1, Rejected: 1},
			[]string{"2 unit=: import.no_unit"},
			0,
		},
		"OtherAnswers": {
			header + good, header + "A-1,u1,04/03/2026,1,\n", false,
			exchange.Imported{Rows: 1, Rejected: 1},
			[]string{"2 Mã phiếu=A-1: import.known_differs"},
			2,
		},
		"OtherDay": {
			header + good, header + "A-1,u1,03/03/2026,2,\n", false,
			exchange.Imported{Rows: 1, Rejected: 1},
			[]string{"2 Mã phiếu=A-1: import.known_differs"},
			2,
		},
		"OtherUnit": {
			header + good, header + "A-1,u2,04/03/2026,2,\n", true,
			exchange.Imported{Rows: 1, Rejected: 1},
			[]string{"2 Mã phiếu=A-1: import.id_of_other"},
			2,
		},
		"SameNumberTwice": {
			"", header + "A-1,u1,,2,\nA-1,u1,,1,\n", false,
			exchange.Imported{Rows: 2, Stored: 1, Rejected: 1},
			[]string{"3 Mã phiếu=A-1: import.same_id"},
			1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, campaign := paperIntake(t)
			if tt.before != "" {
				if _, _, err := importFile(t, newImporter(t, in, campaign, ""), tt.before); err != nil {
					t.Fatal(err)
				}
			}
			m := newImporter(t, in, campaign, "")
			m.DryRun = tt.dryRun
			progress := 0
			m.Progress = func() { progress++ }
			got, rejected, err := importFile(t, m, tt.content)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("import: %+v, want %+v", got, tt.want)
			}
			if progress != tt.want.Rows {
				t.Errorf("progress of %d rows, want %d", progress, tt.want.Rows)
			}
			if diff := cmp.Diff(tt.rejected, rejected, sorted); diff != "" {
				t.Errorf("rejected (-want +got):\n%s", diff)
			}
			if n := len(stored(t, in.Store)); n != tt.stored {
				t.Errorf("%d responses in the store, want %d", n, tt.stored)
			}
		})
	}
}

// A file of more rows than one write holds is stored whole, and once.
func TestImportOfManyRows(t *testing.T) {
	t.Parallel()
	in, campaign := paperIntake(t)
	content := "unit,D1\n" + strings.Repeat("u1,2\n", 4321)
	for _, want := range []exchange.Imported{{Rows: 4321, Stored: 4321}, {Rows: 4321, Known: 4321}} {
		got, rejected, err := importFile(t, newImporter(t, in, campaign, ""), content)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("import: %+v, want %+v", got, want)
		}
		if len(rejected) > 0 {
			t.Errorf("rejected: %s", rejected[0])
		}
	}
	if n := len(stored(t, in.Store)); n != 4321 {
		t.Errorf("%d responses in the store, want 4321", n)
	}
}

// Rows that name no point are of the one that the import was given.
func TestImportAtAPoint(t *testing.T) {
	t.Parallel()
	in, campaign := paperIntake(t)
	point := in.Catalog().Points[0]
	got, _, err := importFile(t, newImporter(t, in, campaign, string(point.Code)), "D1\n2\n")
	if err != nil {
		t.Fatal(err)
	}
	if got.Stored != 1 {
		t.Fatalf("import: %+v, want one stored", got)
	}
	if r := stored(t, in.Store)[0]; r.Point != point.Code || r.Unit != point.Unit {
		t.Errorf("stored at %s of %s, want %s of %s", r.Point, r.Unit, point.Code, point.Unit)
	}
	// The same number at another point is somebody else's.
	_, rejected, err := importFile(t, newImporter(t, in, campaign, ""), "id,unit,D1\n"+string(stored(t, in.Store)[0].ID)+",u1,2\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(rejected) != 1 || !strings.HasSuffix(rejected[0], "import.id_of_other") {
		t.Errorf("rejected %q, want one row of another point", rejected)
	}
}

func TestNewImporterRefuses(t *testing.T) {
	t.Parallel()
	in, campaign := paperIntake(t)
	for _, state := range []survey.CampaignState{survey.Draft, survey.Published} {
		closed := *campaign
		closed.State = state
		_, err := exchange.NewImporter(in, &closed, "")
		surveytest.WantKind(t, err, survey.Closed)
	}
	for _, point := range []string{"x", "ZZZZZZZ"} {
		_, err := exchange.NewImporter(in, campaign, point)
		surveytest.WantKind(t, err, survey.NotFound)
	}
	over := *campaign
	over.State = survey.ClosedDown
	if _, err := exchange.NewImporter(in, &over, ""); err != nil {
		t.Errorf("a closed campaign: %v, want that it takes responses from a file", err)
	}
}

func TestReadHeader(t *testing.T) {
	t.Parallel()
	in, campaign := paperIntake(t)
	read := func(content string) ([]string, error) {
		rows, err := spreadsheet.OpenRows(surveytest.WriteFile(t, "a.csv", content))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		return newImporter(t, in, campaign, "").ReadHeader(t.Context(), rows)
	}
	ignored, err := read("STT,unit,D1,Ghi gì đó\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"STT", "Ghi gì đó"}, ignored); diff != "" {
		t.Errorf("ignored (-want +got):\n%s", diff)
	}
	if _, err := read(""); !errors.Is(err, spreadsheet.ErrEmpty) {
		t.Errorf("an empty file: %v, want %v", err, spreadsheet.ErrEmpty)
	}
	if _, err := read("\xff\n"); !errors.Is(err, spreadsheet.ErrNotUTF8) {
		t.Errorf("another encoding: %v, want %v", err, spreadsheet.ErrNotUTF8)
	}
	_, err = read("unit,STT\n")
	surveytest.WantKind(t, err, survey.Invalid)
}

// A fault of the file ends the import at its row; one of the store or of the
// list of rejected rows ends it too.
func TestImportEndsAtAFault(t *testing.T) {
	t.Parallel()
	t.Run("Encoding", func(t *testing.T) {
		t.Parallel()
		in, campaign := paperIntake(t)
		_, _, err := importFile(t, newImporter(t, in, campaign, ""), "unit,D1\nu1,2\nu1,\xff\n")
		if !errors.Is(err, spreadsheet.ErrNotUTF8) || !strings.HasPrefix(err.Error(), "row 3:") {
			t.Errorf("error %v, want %v at row 3", err, spreadsheet.ErrNotUTF8)
		}
	})
	t.Run("Store", func(t *testing.T) {
		t.Parallel()
		in, campaign := paperIntake(t)
		full := errors.New("the disk is full")
		in.Store = failingStore{Store: in.Store, err: full}
		in.Ledger = ledger.New(in.Store, in.Now)
		n, _, err := importFile(t, newImporter(t, in, campaign, ""), "unit,D1\nu1,2\n")
		if !errors.Is(err, full) {
			t.Errorf("error %v, want %v", err, full)
		}
		if n.Stored != 0 {
			t.Errorf("%d stored, want none", n.Stored)
		}
	})
	t.Run("Rejections", func(t *testing.T) {
		t.Parallel()
		in, campaign := paperIntake(t)
		m := newImporter(t, in, campaign, "")
		rows, err := spreadsheet.OpenRows(surveytest.WriteFile(t, "a.csv", "unit,D1\nu1,9\n"))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if _, err := m.ReadHeader(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		full := errors.New("the disk is full")
		m.Reject = func(exchange.Rejection) error { return full }
		if _, err := m.Run(t.Context()); !errors.Is(err, full) {
			t.Errorf("error %v, want %v", err, full)
		}
	})
}

// failingStore is a store that takes no document.
type failingStore struct {
	survey.Store
	err error
}

func (s failingStore) InsertInOrder(context.Context, ...survey.InsertGroup) ([][]bool, error) {
	return nil, s.err
}

func TestRejectionList(t *testing.T) {
	t.Parallel()
	var file closedBuffer
	created := 0
	list := &exchange.RejectionList{
		Create:  func() (io.WriteCloser, error) { created++; return &file, nil },
		Explain: func(m survey.Message) string { return "why: " + m.String() },
	}
	for _, r := range []exchange.Rejection{
		{Row: 4, Column: "Đơn vị", Value: "=1+1", Reason: survey.Message{Key: "import.unknown_unit", Args: []any{"=1+1"}}},
		{Row: 7, Column: "id", Reason: survey.Message{Key: "import.known_differs"}},
	} {
		if err := list.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := list.Close(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffdòng / row,cột / column,lý do / reason,giá trị / value\n" +
		"4,Đơn vị,why: import.unknown_unit[=1+1],'=1+1\n7,id,why: import.known_differs,\n"
	if got := file.String(); got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
	if created != 1 || !file.closed {
		t.Errorf("made %d files, closed: %v; want one that is closed", created, file.closed)
	}
}

func TestRejectionListWithoutRejections(t *testing.T) {
	t.Parallel()
	list := &exchange.RejectionList{Create: func() (io.WriteCloser, error) { t.Error("a file was made"); return nil, io.ErrClosedPipe }}
	if err := list.Close(); err != nil {
		t.Error(err)
	}
}

func TestRejectionListThatCannotBeMade(t *testing.T) {
	t.Parallel()
	denied := errors.New("permission denied")
	list := &exchange.RejectionList{Create: func() (io.WriteCloser, error) { return nil, denied }}
	if err := list.Add(exchange.Rejection{Row: 2}); !errors.Is(err, denied) {
		t.Errorf("error %v, want %v", err, denied)
	}
	if err := list.Close(); err != nil {
		t.Error(err)
	}
}

type closedBuffer struct {
	bytes.Buffer
	closed bool
}

func (b *closedBuffer) Close() error { b.closed = true; return nil }
