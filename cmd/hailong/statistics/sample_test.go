package statistics

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

const villages = "testdata/sample/villages.csv"

// runSample runs the command and returns what it wrote.
func runSample(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	return shelltest.Run(t, program(), append([]string{"sample"}, args...)...)
}

// The draws of one list are fixed for ever: an auditor repeats them years later.
func TestSampleGolden(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
	}{
		{"random", []string{"--size", "9", "--strata", "commune", "--reserve", "0.3"}},
		{"systematic", []string{"--size", "8", "--method", "systematic", "--strata", "commune,sd", "--allocation", "equal", "--reserve", "0.2"}},
		{"pps", []string{"--size", "7", "--method", "pps", "--size-col", "households", "--strata", "commune", "--reserve", "0.2", "--min", "2"}},
		{"neyman", []string{"--margin", "0.2", "--strata", "commune", "--allocation", "neyman", "--sd-col", "sd", "--lang", "en"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, err := runSample(t, append(tt.args, villages, "--seed", "20260115")...)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "sample", tt.name+".golden")
			got := stdout + "--\n" + stderr
			if *updateGolden {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(shelltest.ReadFile(t, golden)), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSampleFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "mau.csv")
	args := []string{villages, "--size", "10", "--strata", "commune", "--reserve", "0.2"}
	stdout, stderr, err := runSample(t, append(args, "--out", out)...)
	if err != nil {
		t.Fatal(err)
	}
	if stdout != "" {
		t.Errorf("standard output: %q", stdout)
	}
	lists := make(map[string][][]string)
	for _, name := range []string{"mau.csv", "mau.reserve.csv", "mau.frame.csv", "mau.record.csv"} {
		content := shelltest.ReadFile(t, filepath.Join(dir, name))
		body, marked := bytes.CutPrefix(content, []byte("\ufeff"))
		if !marked {
			t.Errorf("%s has no byte order mark", name)
		}
		rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		lists[name] = rows[1:]
	}
	if n, r, f := len(lists["mau.csv"]), len(lists["mau.reserve.csv"]), len(lists["mau.frame.csv"]); n != 10 || r < 2 || f != 40 {
		t.Errorf("%d drawn, %d in reserve, %d in the frame", n, r, f)
	}
	sum := 0.0
	for _, row := range lists["mau.frame.csv"] {
		p, err := strconv.ParseFloat(row[3], 64)
		if err != nil || p <= 0 || p > 1 {
			t.Errorf("row %v has no probability", row)
		}
		sum += p
	}
	if sum < 9.999 || sum > 10.001 {
		t.Errorf("probabilities sum to %v, want 10", sum)
	}
	hash := sha256.Sum256(shelltest.ReadFile(t, villages))
	var seed string
	found := false
	for _, row := range lists["mau.record.csv"] {
		switch row[0] {
		case "seed":
			seed = row[2]
		case "list_sha256":
			found = row[2] == hex.EncodeToString(hash[:])
		}
	}
	if !found {
		t.Error("the record does not hold the checksum of the list")
	}
	if printed := regexp.MustCompile(`\d{3,}`).FindString(stderr); printed != seed {
		t.Errorf("the seed %s is printed as %q", seed, stderr)
	}
	// The seed that was generated repeats the draw.
	again := filepath.Join(dir, "lai.csv")
	if _, _, err := runSample(t, append(args, "--out", again, "--seed", seed)...); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{".csv", ".reserve.csv", ".frame.csv", ".record.csv"} {
		first, second := shelltest.ReadFile(t, filepath.Join(dir, "mau"+suffix)), shelltest.ReadFile(t, filepath.Join(dir, "lai"+suffix))
		if diff := cmp.Diff(string(first), string(second)); diff != "" {
			t.Error(suffix, diff)
		}
	}
}

func TestSampleOfSpreadsheetAndOtherSeparators(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rows, err := csv.NewReader(bytes.NewReader(shelltest.ReadFile(t, villages))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	var semicolons strings.Builder
	for i, row := range rows {
		if err := book.SetSheetRow(book.GetSheetName(0), "A"+strconv.Itoa(i+1), &row); err != nil {
			t.Fatal(err)
		}
		semicolons.WriteString(strings.Join(row, ";") + "\r\n")
	}
	spreadsheet, other := filepath.Join(dir, "list.xlsx"), filepath.Join(dir, "list.csv")
	if err := book.SaveAs(spreadsheet); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte("\ufeff"+semicolons.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--size", "5", "--seed", "3", "--strata", "commune"}
	want, _, err := runSample(t, append(args, villages)...)
	if err != nil {
		t.Fatal(err)
	}
	for path, back := range map[string]string{spreadsheet: ",", other: ";"} {
		got, _, err := runSample(t, append(args, path)...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.ReplaceAll(want, ",", back), got); diff != "" {
			t.Error(filepath.Base(path), diff)
		}
	}
}

// Cells of the list must not be run by the spreadsheet that opens the draw, in
// whichever file and column they end up.
func TestSampleHoldsNoFormula(t *testing.T) {
	t.Parallel()
	list := shelltest.WriteTemp(t, "=list.csv", "village,commune,=note\n=cmd|'/c calc'!A1,+Xã,@x\nBản 2,-Xã,bình thường\n")
	dir := t.TempDir()
	if _, _, err := runSample(t, list, "--size", "2", "--min", "1", "--strata", "commune", "--seed", "1", "--out", filepath.Join(dir, "draw.csv")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) != 4 {
		t.Fatalf("files %v (%v)", files, err)
	}
	guarded := 0
	for _, file := range files {
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(shelltest.ReadFile(t, file), []byte("\ufeff")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
					t.Errorf("%s: the cell %q is a formula", filepath.Base(file), cell)
				}
				if cell == "'=cmd|'/c calc'!A1" {
					guarded++
				}
			}
		}
	}
	if guarded != 2 {
		t.Errorf("the cell stands in %d files, want the sample and the frame", guarded)
	}
}

func TestSampleProblemsOfTheList(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, list string
		args       []string
		want       []string
	}{
		{
			"EmptyStratum", "a,xa\n1,M\n2,\n",
			[]string{"--size", "1", "--strata", "xa"},
			[]string{`dòng 3, cột "xa": ô phân tầng để trống`},
		},
		{
			"Ragged", "a,xa\n1\n2,M,3\n4,M\n",
			[]string{"--size", "1", "--lang", "en"},
			[]string{"row 2 has another number of cells (1) than the header (2)", "row 3 has another number of cells (3) than the header (2)"},
		},
		{"UnknownColumn", "a,xa\n1,M\n", []string{"--size", "1", "--strata", "b"}, []string{`không có cột "b"; danh sách có các cột: a, xa`}},
		{"ColumnTwice", "a,a\n1,M\n", []string{"--size", "1", "--strata", "a", "--lang", "en"}, []string{`column "a" is twice in the header`}},
		{"NoRows", "a,xa\n", []string{"--size", "1"}, []string{"danh sách không có dòng dữ liệu nào"}},
		{"Nothing", "", []string{"--size", "1", "--lang", "en"}, []string{"the list has no rows"}},
		{
			"BadSizes", "a,m\n1,x\n2,-3\n3,4\n",
			[]string{"--size", "1", "--method", "pps", "--size-col", "m", "--lang", "en"},
			[]string{`row 2, column "m": "x" is not a whole number of 0 or more`, `row 3, column "m": "-3" is not a whole number of 0 or more`},
		},
		{
			"SpreadDiffers", "a,x,s\n1,M,0.3\n2,M,0.4\n3,N,\n",
			[]string{"--size", "1", "--strata", "x", "--allocation", "neyman", "--sd-col", "s", "--lang", "en"},
			[]string{`row 3, column "s": "0.4" differs from row 2 of the same stratum`, `row 4, column "s": "" is not a number of 0 or more`},
		},
		{"TooMany", "a\n1\n2\n", []string{"--size", "3"}, []string{"cần rút 3 nhưng danh sách chỉ có 2 dòng rút được"}},
		{
			"ZeroSizes", "a,m\n1,0\n2,5\n",
			[]string{"--size", "2", "--method", "pps", "--size-col", "m", "--lang", "en"},
			[]string{"2 rows are wanted but the list has only 1 to draw from"},
		},
		{
			"MinimumTooLarge", "a,x\n1,M\n2,M\n3,N\n4,N\n",
			[]string{"--size", "3", "--strata", "x", "--min", "2", "--lang", "en"},
			[]string{"a sample of 3 cannot hold 2 of each stratum, which takes 4: raise --size or lower --min"},
		},
		{"DrawnBefore", "draw_list,a\n,1\n", []string{"--size", "1", "--lang", "en"}, []string{`column "draw_list" is in the list already: rename it`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := shelltest.WriteTemp(t, "list.csv", tt.list)
			stdout, _, err := runSample(t, append(tt.args, path)...)
			if err == nil {
				t.Fatalf("accepted: %s", stdout)
			}
			if usage := (shell.UsageError{}); errors.As(err, &usage) {
				t.Errorf("taken for a mistake in the flags: %v", err)
			}
			if diff := cmp.Diff(strings.Join(tt.want, "\n"), err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSampleCountsProblemsBeyondTwenty(t *testing.T) {
	t.Parallel()
	path := shelltest.WriteTemp(t, "list.csv", "a,xa\n"+strings.Repeat("1,\n", 25))
	_, _, err := runSample(t, path, "--size", "1", "--strata", "xa", "--lang", "en")
	if err == nil {
		t.Fatal("accepted")
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 21 || lines[20] != "… and 5 more problems" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestSampleUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"NoFile", []string{"--size", "1"}, "exactly one list file"},
		{"NoSize", []string{villages}, "exactly one of --size and --margin"},
		{"SizeAndMargin", []string{villages, "--size", "1", "--margin", "0.1"}, "exactly one of --size and --margin"},
		{"NoRows", []string{villages, "--size", "0"}, "--size must be at least 1"},
		{"Margin", []string{villages, "--margin", "5"}, "--margin must lie between 0 and 1"},
		{"Method", []string{villages, "--size", "1", "--method", "lottery"}, "--method must be"},
		{"Formula", []string{villages, "--margin", "0.1", "--formula", "guess"}, "--formula must be"},
		{"PPSWithoutSizes", []string{villages, "--size", "1", "--method", "pps"}, "--method pps and --size-col go together"},
		{"SizesWithoutPPS", []string{villages, "--size", "1", "--size-col", "households"}, "--method pps and --size-col go together"},
		{"MarginOfVillages", []string{villages, "--margin", "0.1", "--method", "pps", "--size-col", "households"}, "give their number by --size"},
		{"NeymanWithoutSpread", []string{villages, "--size", "1", "--strata", "commune", "--allocation", "neyman"}, "--allocation neyman and --sd-col go together"},
		{"AllocationWithoutStrata", []string{villages, "--size", "1", "--allocation", "equal"}, "--allocation needs --strata"},
		{"Reserve", []string{villages, "--size", "1", "--reserve", "-1"}, "--reserve must lie"},
		{"Response", []string{villages, "--margin", "0.1", "--response", "0"}, "--response must be"},
		{"Out", []string{villages, "--size", "1", "--out", "list.xls"}, "ending in .csv"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := runSample(t, append(tt.args, "--lang", "en")...)
			if usage := (shell.UsageError{}); !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want a usage error with %q", err, tt.want)
			}
		})
	}
}

// A list that is not there is not a mistake in the flags, and is named as every
// command names it.
func TestSampleWithoutList(t *testing.T) {
	t.Parallel()
	args := []string{filepath.Join(t.TempDir(), "none.csv"), "--size", "1"}
	if _, _, err := runSample(t, args...); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "there is no file "+args[0]) {
		t.Errorf("a list that is not there: %v", err)
	}
	shelltest.WantExit(t, program(), 1, append([]string{"sample"}, args...)...)
}

func TestSampleSizesByFormula(t *testing.T) {
	t.Parallel()
	path := shelltest.WriteTemp(t, "list.csv", "a\n"+strings.Repeat("x\n", 1000))
	for _, tt := range []struct {
		args []string
		want int
	}{
		{nil, 286},
		{[]string{"--formula", "cochran"}, 278},
		{[]string{"--response", "0.8"}, 358},
		{[]string{"--formula", "cochran", "--deff", "1.5"}, 417},
	} {
		stdout, _, err := runSample(t, append(tt.args, path, "--margin", "0.05", "--seed", "1")...)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(stdout, "\nsample,"); got != tt.want {
			t.Errorf("%v: %d drawn, want %d", tt.args, got, tt.want)
		}
	}
}

func FuzzSampleFrame(f *testing.F) {
	f.Add([]byte("a,xa,m\n1,M,3\n2,N,4\n"))
	f.Add([]byte("\ufeffa;xa;m\r\n\"1\n\";M;0\r\n"))
	f.Add([]byte("xa\tm\n\"\"\"\t9\n"))
	path := filepath.Join(f.TempDir(), "list.csv")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		o := sampleOptions{strata: []string{"xa"}, sizeColumn: "m", method: "pps", allocation: "proportional", size: 1, reserve: 0.5}
		frame, err := o.readFrame(t.Context(), path, content)
		if err != nil {
			return
		}
		plan, err := o.plan(frame)
		if err != nil {
			return
		}
		if got := len(plan.sample); got != len(frame.strata) {
			t.Errorf("%d strata planned of %d", got, len(frame.strata))
		}
	})
}
