package transfer

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/catalog/demo"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

// demoStore makes a store with the sample catalogue and responses, and returns
// its address.
func demoStore(t testing.TB, seed uint64, responses int) string {
	t.Helper()
	address := "bolt:" + filepath.Join(t.TempDir(), "demo.db")
	withStore(t, address, func(s *bolt.Store) {
		d := demo.Demo{Seed: seed, Today: "2026-03-05", Responses: responses}
		if err := d.Fill(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	})
	return address
}

// release has the releases of all campaigns hold what is stored.
func release(t testing.TB, address string) {
	t.Helper()
	withStore(t, address, func(s *bolt.Store) { surveytest.ReleaseAll(t, s, "tthc-2026", "edu-2026", "sipas-2026") })
}

func withStore(t testing.TB, address string, use func(*bolt.Store)) {
	t.Helper()
	s, err := bolt.Open(strings.TrimPrefix(address, "bolt:"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	use(s)
}

func mustCommand(t testing.TB, args ...string) string {
	t.Helper()
	out, messages, err := shelltest.Run(t, program(), args...)
	if err != nil {
		t.Fatalf("hailong %s: %v\n%s", strings.Join(args, " "), err, messages)
	}
	return out
}

// withoutNumbers is the rows of an exported file without their numbers, which are
// of each file, and sorted, because their order follows the numbers.
func withoutNumbers(file string) []string {
	lines := strings.Split(file, "\n")
	for i, line := range lines {
		_, lines[i], _ = strings.Cut(line, ",")
	}
	slices.Sort(lines)
	return lines
}

// What is exported, imported elsewhere and exported again says the same. Imported
// where it came from, it changes nothing.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	campaigns := []string{"tthc-2026", "edu-2026", "sipas-2026"}
	for _, format := range []string{"csv", "xlsx"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			seed := uint64(rapid.Uint32().Example(len(format)))
			from, to := demoStore(t, seed, 1500), demoStore(t, seed, 0)
			release(t, from)
			for _, campaign := range campaigns {
				file := filepath.Join(t.TempDir(), campaign+"."+format)
				mustCommand(t, "export", "--store", from, "--campaign", campaign, "--format", format, "--out", file)
				mustCommand(t, "import", file, "--store", to, "--campaign", campaign)
				release(t, to)
				before := mustCommand(t, "export", "--store", from, "--campaign", campaign)
				after := mustCommand(t, "export", "--store", to, "--campaign", campaign)
				if strings.Count(before, "\n") < 50 {
					t.Fatalf("%s: only %d lines", campaign, strings.Count(before, "\n"))
				}
				if diff := cmp.Diff(withoutNumbers(before), withoutNumbers(after)); diff != "" {
					t.Errorf("%s: %s", campaign, diff)
				}
				for _, known := range []string{to, from} {
					_, messages, err := shelltest.Run(t, program(), "import", file, "--store", known, "--campaign", campaign)
					if err != nil || !strings.Contains(messages, " 0 phiếu mới") {
						t.Errorf("%s a second time: %v %s", campaign, err, messages)
					}
				}
			}
		})
	}
}

func TestExportedCSV(t *testing.T) {
	t.Parallel()
	store := demoStore(t, 7, 800)
	release(t, store)
	out := mustCommand(t, "export", "--store", store, "--campaign", "all")
	if !strings.HasPrefix(out, "\ufeffid,campaign,form,") || !utf8.ValidString(out) {
		t.Errorf("begins with %q", out[:40])
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 801 {
		t.Errorf("%d rows, want 800 and a header", len(rows))
	}
	for _, header := range rows[0] {
		if strings.Count(strings.Join(rows[0], "\n")+"\n", header+"\n") < 1 || header == "" {
			t.Errorf("header %q", header)
		}
	}
	seen := map[string]bool{}
	for _, header := range rows[0] {
		if seen[header] {
			t.Errorf("two columns are headed %q", header)
		}
		seen[header] = true
	}
}

// The row of a form that was entered says neither by whom nor in which batch. One
// that was voided is written on demand, with the reason, and is not taken back in.
func TestExportedPaperForms(t *testing.T) {
	t.Parallel()
	address := demoStore(t, 8, 100)
	withStore(t, address, func(s *bolt.Store) {
		var r survey.Response
		none := errors.New("one is enough")
		err := s.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error { return errors.Join(r.UnmarshalBSON(doc), none) })
		if !errors.Is(err, none) {
			t.Fatal(err)
		}
		r.ID, r.Batch, r.By, r.Channel = "ff000000-0000-8000-8000-000000000001", "x-001", "lan", survey.ChannelPaper
		doc, err := r.MarshalBSON()
		if err == nil {
			_, err = s.Insert(t.Context(), survey.Responses, doc)
		}
		if err == nil {
			err = (survey.Documents[verification.Void]{Store: s, Collection: survey.Voids}).Insert(t.Context(), verification.Void{ID: r.ID, Rev: 1, Campaign: r.Campaign, Reason: "nhập nhầm", At: r.Received})
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	release(t, address)
	if in := mustCommand(t, "export", "--store", address, "--campaign", "all"); strings.Contains(in, "nhập nhầm") || strings.Count(in, "\n") != 101 {
		t.Errorf("a voided response is among the %d lines of those in force", strings.Count(in, "\n"))
	}
	out := mustCommand(t, "export", "--store", address, "--campaign", "all", "--voided")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at, line := slices.Index(rows[0], "voided"), 0
	for i := range rows {
		if rows[i][at] == "nhập nhầm" {
			line = i
		}
	}
	if line == 0 || len(rows) != 102 || strings.Contains(out, "x-001") || slices.Contains(rows[line], "lan") {
		t.Errorf("the voided form is in row %d of %d; it must not say who entered it: %q", line, len(rows), rows[line])
	}
	file := filepath.Join(t.TempDir(), "all.csv")
	if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := shelltest.Run(t, program(), "import", file, "--store", address, "--campaign", rows[line][1], "--dry-run"); err == nil || !strings.Contains(err.Error(), "dòng bị loại") {
		t.Errorf("a voided row: error %v", err)
	}
	report, err := os.ReadFile(file + ".rejected.csv")
	if err != nil || !strings.Contains(string(report), strconv.Itoa(line+1)+",voided,\"Phiếu đã bị hủy, nên không nhập lại.\",nhập nhầm") {
		t.Errorf("a voided row: %v, rejected:\n%s", err, report)
	}
}

// The Excel file is read by nothing of ours: as a zip of XML.
func TestExportedXLSX(t *testing.T) {
	t.Parallel()
	store := demoStore(t, 9, 300)
	release(t, store)
	file := filepath.Join(t.TempDir(), "all.xlsx")
	mustCommand(t, "export", "--store", store, "--campaign", "tthc-2026", "--format", "xlsx", "--out", file)
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	sheets := map[string]int{}
	for _, f := range archive.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if start, ok := token.(xml.StartElement); ok {
				switch start.Name.Local {
				case "row":
					sheets[f.Name]++
				case "f":
					t.Errorf("%s holds a formula", f.Name)
				}
			}
		}
		r.Close()
	}
	csvRows := strings.Count(mustCommand(t, "export", "--store", store, "--campaign", "tthc-2026"), "\n")
	if len(sheets) != 2 || sheets["xl/worksheets/sheet1.xml"] > csvRows || sheets["xl/worksheets/sheet1.xml"] < 50 || sheets["xl/worksheets/sheet2.xml"] < 20 {
		t.Errorf("rows by sheet: %v; the CSV has %d lines", sheets, csvRows)
	}
}

func TestExportKeepsAFileThatIsThere(t *testing.T) {
	t.Parallel()
	file := shelltest.WriteTemp(t, "a.csv", "kept")
	_, _, err := shelltest.Run(t, program(), "export", "--store", demoStore(t, 1, 10), "--campaign", "all", "--out", file)
	if err == nil || !strings.Contains(err.Error(), "exists; choose a new name") {
		t.Errorf("error %v", err)
	}
	if content, err := os.ReadFile(file); err != nil || string(content) != "kept" {
		t.Errorf("%q, %v", content, err)
	}
}

func TestExportRefuses(t *testing.T) {
	t.Parallel()
	store := demoStore(t, 1, 1)
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"NoCampaign":      {[]string{"export", "--store", store}, "export needs --campaign ID|all"},
		"UnknownCampaign": {[]string{"export", "--store", store, "--campaign", "x"}, `there is no campaign "x"; there are: edu-2026`},
		"UnknownFormat":   {[]string{"export", "--store", store, "--campaign", "all", "--format", "pdf"}, "--format csv|xlsx"},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := shelltest.Run(t, program(), test.args...)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
			if out != "" {
				t.Errorf("wrote %q", out)
			}
		})
	}
}

func TestImportOfAFilledInList(t *testing.T) {
	t.Parallel()
	store := demoStore(t, 5, 0)
	file := filepath.Join(t.TempDir(), "phieu.csv")
	content := "\ufeffSTT;Mã phiếu;Đơn vị;Lĩnh vực;Ngày;Mẫu phiếu;Ông/Bà có hài lòng với lần phục vụ hôm nay không?;wrong;comment\n" +
		"1;A-001;Xã Bum Tở;Đất đai;05/03/2026;Đánh giá nhanh tại quầy;Hài lòng;;\n" +
		"2;A-002;xã mù cả;land;2026-03-04;tthc-quick;2;Phải chờ lâu; \"Chờ cả buổi\"\n" +
		"3;A-003;Xã Không Có;land;04/03/2026;tthc-quick;5;;\n" +
		"4;A-002;Xã Bum Tở;land;04/03/2026;tthc-quick;5;;\n" +
		"5;A-004;Xã Bum Tở;land;32/13/2026;tthc-quick;7;;\n" +
		"6;A-005;Xã Bum Tở;land;04/03/2026;tthc-quick;5;1;\n" +
		";;;;;;;;\n"
	content = strings.Replace(content, ` "Chờ cả buổi"`, "=Chờ cả buổi", 1)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	_, messages, err := shelltest.Run(t, program(), "import", file, "--store", store, "--campaign", "tthc-2026", "--dry-run")
	if err == nil || !strings.Contains(messages, "2 phiếu mới") || !strings.Contains(messages, "4 dòng bị loại") || !strings.Contains(messages, "STT") {
		t.Errorf("dry run: %v %s", err, messages)
	}
	release(t, store)
	if lines := strings.Count(mustCommand(t, "export", "--store", store, "--campaign", "tthc-2026"), "\n"); lines != 1 {
		t.Errorf("a dry run stored %d responses", lines-1)
	}
	_, _, err = shelltest.Run(t, program(), "import", file, "--store", store, "--campaign", "tthc-2026")
	if err == nil {
		t.Error("rejected rows and no error")
	}
	release(t, store)
	out := mustCommand(t, "export", "--store", store, "--campaign", "tthc-2026")
	if strings.Count(out, "\n") != 3 || !strings.Contains(out, "'=Chờ cả buổi") || !strings.Contains(out, "xa-mu-ca") {
		t.Errorf("stored:\n%s", out)
	}
	report, err := os.ReadFile(file + ".rejected.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(report, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, row := range rows[1:] {
		got = append(got, []string{row[0], row[1], row[3]})
	}
	want := [][]string{
		{"4", "Đơn vị", "Xã Không Có"},
		{"5", "Mã phiếu", "A-002"},
		{"6", "Ngày", "32/13/2026"},
		{"6", "Ông/Bà có hài lòng với lần phục vụ hôm nay không?", "7"},
		{"7", "wrong", "1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, report)
	}
}

// A number that was stored before is the same response if the row says the
// same. What it says besides is not lost without a word.
func TestImportOfKnownNumbers(t *testing.T) {
	t.Parallel()
	store := demoStore(t, 5, 0)
	file := filepath.Join(t.TempDir(), "phieu.csv")
	const header = "Mã phiếu,Đơn vị,Lĩnh vực,Ngày,Mẫu phiếu,overall\n"
	read := func(row string) (messages, reason string) {
		if err := os.WriteFile(file, []byte(header+row+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, messages, err := shelltest.Run(t, program(), "import", file, "--store", store, "--campaign", "tthc-2026", "--lang", "en")
		if err == nil {
			return messages, ""
		}
		report, err := os.ReadFile(file + ".rejected.csv")
		if err != nil {
			t.Fatal(err)
		}
		return messages, string(report)
	}
	if messages, reason := read("A-1,Xã Bum Tở,land,04/03/2026,tthc-quick,4"); reason != "" || !strings.Contains(messages, "Responses saved: 1,") {
		t.Fatalf("%s %s", messages, reason)
	}
	for _, c := range []struct{ name, row, reason string }{
		{"TheSame", "A-1,Xã Bum Tở,land,04/03/2026,tthc-quick,Hài lòng", ""},
		{"WithoutItsDay", "A-1,Xã Bum Tở,land,,tthc-quick,4.0", ""},
		{"OtherAnswer", "A-1,Xã Bum Tở,land,04/03/2026,tthc-quick,5", "the first is kept"},
		{"OtherDay", "A-1,Xã Bum Tở,land,05/03/2026,tthc-quick,4", "the first is kept"},
		{"OtherUnit", "A-1,Xã Mù Cả,land,04/03/2026,tthc-quick,4", "that of another saved response"},
		{"OtherForm", "A-1,Xã Bum Tở,land,04/03/2026,tthc-dossier,4", "that of another saved response"},
	} {
		messages, reason := read(c.row)
		if (c.reason == "") != (reason == "") || !strings.Contains(reason, c.reason) || c.reason == "" && !strings.Contains(messages, "known before: 1.") {
			t.Errorf("%s: %s %s", c.name, messages, reason)
		}
	}
	release(t, store)
	if out := mustCommand(t, "export", "--store", store, "--campaign", "tthc-2026"); strings.Count(out, "\n") != 2 {
		t.Errorf("stored:\n%s", out)
	}
}

// Whoever takes data out by command leaves a trace, as on a page.
func TestExportAndBackupAreInTheAuditLog(t *testing.T) {
	t.Parallel()
	store := demoStore(t, 1, 20)
	shelltest.WantExit(t, program(), 0, "export", "--store", store, "--campaign", "all", "--out", filepath.Join(t.TempDir(), "out.csv"))
	shelltest.WantExit(t, program(), 0, "backup", "--store", store, "--out", filepath.Join(t.TempDir(), "out.zip"))
	withStore(t, store, func(s *bolt.Store) {
		var found []survey.Action
		err := audit.New(s, time.Now).Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
			if e.Actor.Shell == "" {
				t.Errorf("%s is by %s", e.Action, e.Actor)
			}
			found = append(found, e.Action)
			return nil
		})
		if diff := cmp.Diff([]survey.Action{"export.secret", "response.export", "store.backup", "store.backed_up"}, found); diff != "" || err != nil {
			t.Errorf("recorded (-want +got): %s, %v", diff, err)
		}
	})
}
