package responsefile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// records reads all of a text, blank lines left out as encoding/csv does.
func records(r *csvReader) (all [][]string, lines []int, err error) {
	for {
		cells, line, err := r.read()
		if errors.Is(err, io.EOF) {
			return all, lines, nil
		}
		if err != nil {
			return all, lines, err
		}
		if len(cells) == 1 && len(cells[0]) == 0 {
			continue
		}
		var record []string
		for _, cell := range cells {
			record = append(record, string(cell))
		}
		all, lines = append(all, record), append(lines, line)
	}
}

func TestCSVReader(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300<<10)
	tests := []struct {
		name  string
		text  string
		want  [][]string
		lines []int
	}{
		{"Plain", "a,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, []int{1, 2}},
		{"NoLastLineEnd", "a,b\n1,", [][]string{{"a", "b"}, {"1", ""}}, []int{1, 2}},
		{"ByteOrderMark", "\ufeffa,b\n", [][]string{{"a", "b"}}, []int{1}},
		{"WindowsLineEnds", "a,b\r\n1,\"2\"\r\n3,4\r\n", [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, []int{1, 2, 3}},
		{"QuotedCommaAndQuote", `"a,b","c ""d"" e",""` + "\n", [][]string{{"a,b", `c "d" e`, ""}}, []int{1}},
		{"QuotedLineEnd", "a\n\"b\nc\"\nd\n", [][]string{{"a"}, {"b\nc"}, {"d"}}, []int{1, 2, 4}},
		{"BlankLines", "a\n\n\nb\n", [][]string{{"a"}, {"b"}}, []int{1, 4}},
		{"LongerThanTheBuffer", "a," + long + "\n\"" + long + "\",b", [][]string{{"a", long}, {long, "b"}}, []int{1, 2}},
		{"Nothing", "", nil, nil},
		{"OnlyAByteOrderMark", "\ufeff", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for what, source := range map[string]io.Reader{
				"at once":      strings.NewReader(tt.text),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tt.text)),
				"with the end": iotest.DataErrReader(strings.NewReader(tt.text)),
			} {
				got, lines, err := records(newCSVReader(source))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", what, diff)
				}
				if diff := cmp.Diff(tt.lines, lines); diff != "" {
					t.Errorf("%s, lines (-want +got):\n%s", what, diff)
				}
			}
		})
	}
}

func TestCSVReaderRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"QuoteInsideACell":    "a,b\n1,2\"\n",
		"TextBehindAQuote":    "a,b\n\"1\"2,3\n",
		"QuoteNeverClosed":    "a,b\n\"1,2\n3,4\n",
		"QuoteClosedByReturn": "a,b\n\"1\"\r2,3\n",
	} {
		_, _, err := records(newCSVReader(strings.NewReader(text)))
		var quote *quoteError
		if !errors.As(err, &quote) || quote.line != 2 {
			t.Errorf("%s: error %v, want one about a quotation mark on line 2", name, err)
		}
	}
	broken := errors.New("the disk is broken")
	if _, _, err := records(newCSVReader(iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	endless := io.MultiReader(strings.NewReader("a,b\n\""), bytes.NewReader(make([]byte, maxRecord+1)))
	if _, _, err := records(newCSVReader(endless)); !says(err, "line 2: a record of more than") {
		t.Errorf("a record without end: error %v", err)
	}
}

// The standard library's reader is the judge of what a text says.
func FuzzCSVReader(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "\"a\"\"\",\r\n,\"\n\"", "\ufeffx\n\n\"y", "a\"b,c", "\"\"\r", "\"a\"\rb", ",\n\r\n,"} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, chunk uint8) {
		want, wantErr := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
		if errors.Is(wantErr, csv.ErrFieldCount) {
			reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
			reader.FieldsPerRecord = -1
			want, wantErr = reader.ReadAll()
		}
		r := newCSVReader(iotest.OneByteReader(bytes.NewReader(text)))
		r.buf = make([]byte, 8+int(chunk))
		got, _, err := records(r)
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("%q: error %v, the standard library says %v", text, err, wantErr)
		}
		if err != nil {
			return
		}
		// encoding/csv writes LF for CRLF inside quotes, and drops a lone quoted
		// empty cell never; a record of one empty cell is a blank line here.
		for _, all := range [][][]string{want, got} {
			for _, record := range all {
				for k := range record {
					record[k] = strings.ReplaceAll(record[k], "\r\n", "\n")
				}
			}
		}
		var filled [][]string
		for _, record := range want {
			if len(record) > 1 || record[0] != "" {
				filled = append(filled, record)
			}
		}
		if diff := cmp.Diff(filled, got); diff != "" {
			t.Fatalf("%q (-standard library +ours):\n%s", text, diff)
		}
	})
}

// says reports whether an error holds the words that name the fault.
func says(err error, words string) bool { return err != nil && strings.Contains(err.Error(), words) }
