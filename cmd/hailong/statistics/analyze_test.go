package statistics

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
)

func program() *cobra.Command { return shell.NewRoot(NewAnalyzeCommand(), NewSampleCommand()) }

// analyzeText runs the command with text as standard input.
func analyzeText(t *testing.T, text string, args ...string) (string, error) {
	t.Helper()
	t.Helper()
	root := program()
	root.SetIn(strings.NewReader(text))
	out, _, err := shelltest.Run(t, root, append([]string{"analyze"}, args...)...)
	return out, err
}

// differences walks an expected JSON value and lists where another one is not
// the same: numbers up to a tolerance by key, domains matched by their value.
func differences(path string, want, got any, unspecified []string) []string {
	if slices.Contains(unspecified, path) {
		return nil
	}
	differ := []string{fmt.Sprintf("%s: want %v, got %v", path, want, got)}
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return differ
		}
		var all []string
		for key, value := range want {
			all = append(all, differences(path+"/"+key, value, object[key], unspecified)...)
		}
		return all
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return differ
		}
		var all []string
		for i, value := range want {
			name := fmt.Sprint(i)
			other := list[i]
			if domain, ok := value.(map[string]any); ok && domain["value"] != nil {
				name = fmt.Sprint(domain["value"])
				at := slices.IndexFunc(list, func(v any) bool { return v.(map[string]any)["value"] == domain["value"] })
				if at < 0 {
					return differ
				}
				other = list[at]
			}
			all = append(all, differences(path+"/"+name, value, other, unspecified)...)
		}
		return all
	case float64:
		number, ok := got.(float64)
		tolerance := 1e-12
		switch key := path[strings.LastIndex(path, "/")+1:]; {
		case strings.Contains(path, "/alpha/"), key == "se", key == "mean_se":
			tolerance = 1e-9
		case key == "rate", key == "mean":
			tolerance = 1e-10
		case key == "low", key == "high", key == "p_value":
			tolerance = 1e-7
		case key == "deff":
			tolerance = 1e-7 * math.Max(1, math.Abs(want))
		case key == "population":
			tolerance = 1e-6 * math.Max(1, math.Abs(want))
		}
		if !ok || math.Abs(number-want) > tolerance {
			return differ
		}
	default:
		if want != got {
			return differ
		}
	}
	return nil
}

// The command as a whole against what R computed; analysis/estimation/testdata/README.md
// tells where the cases come from.
func TestAnalyzeAgainstR(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "analysis", "estimation", "testdata", "cases")
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) != 8 {
		t.Fatalf("%d cases, want 8; %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var c struct {
				Args, Unspecified []string
				CSV               string
				Expected          map[string]any
			}
			if err := json.Unmarshal(data, &c); err != nil {
				t.Fatal(err)
			}
			args := slices.Clone(c.Args[1:])
			args[len(args)-1] = filepath.Join(dir, c.CSV)
			out, err := analyzeText(t, "", args...)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			for _, line := range differences("", c.Expected, got, c.Unspecified) {
				t.Error(line)
			}
			if _, ok := c.Expected["target"]; !ok && got["target"] != nil {
				t.Error("there is a target nobody asked for")
			}
		})
	}
}

const smallSurvey = "q1,q2,unit\n5,4,Bum Tở\n4,,Bum Tở\n2,5,Mù Cả\n4,4,Mù Cả\n1,3,\n"

func TestAnalyzeTable(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{
		"vi": `Số phiếu: 5; tổng thể ước tính: 5; độ tin cậy: 90 %

Câu hỏi       Số trả lời  Hài lòng (%)  Từ (%)  Đến (%)  Sai số chuẩn  DEFF  Điểm TB  Sai số điểm
q1                     5          60,0    27,2     85,7         24,49  1,00     3,20        0,735
q2                     4          75,0    35,6     94,2         24,21  0,94     4,00        0,395
Chỉ số chung           9          66,7    20,9     93,8         21,11  1,00

Hệ số Cronbach's alpha: 0,286 (chuẩn hóa 0,365), 2 câu hỏi, 4 phiếu trả lời đủ mọi câu
Chỉ tiêu 95 %: chưa đạt; cả khoảng tin cậy nằm dưới chỉ tiêu (p = 0,1254)

Theo unit

Bum Tở: 2 phiếu
`,
		"en": `Responses: 5; estimated population: 5; confidence: 90 %

Item   Answers  Satisfied (%)  Low (%)  High (%)  Std. error  DEFF  Mean  SE of mean
q1           5           60.0     27.2      85.7       24.49  1.00  3.20       0.735
q2           4           75.0     35.6      94.2       24.21  0.94  4.00       0.395
Index        9           66.7     20.9      93.8       21.11  1.00

Cronbach's alpha: 0.286 (standardized 0.365), 2 items, 4 complete responses
Target 95 %: not met; the whole interval is below the target (p = 0.1254)

By unit

Bum Tở (responses: 2)
`,
	} {
		out, err := analyzeText(t, smallSurvey, "--items", "q1,q2", "--by", "unit", "--target", "0.95", "--confidence", "0.9", "--lang", lang, "-")
		if err != nil {
			t.Fatal(err)
		}
		if head := out[:min(len(out), len(want))]; head != want {
			t.Errorf("%s (-want +got):\n%s", lang, cmp.Diff(want, head))
		}
	}
}

func TestAnalyzeJSONOfNothing(t *testing.T) {
	t.Parallel()
	out, err := analyzeText(t, "q1,q2\n,5\n", "--items", "q1,q2", "--json", "-")
	if err != nil {
		t.Fatal(err)
	}
	want := `{"n":1,"population":1,"confidence":0.95,"items":[` +
		`{"item":"q1","n":0,"counts":{"1":0,"2":0,"3":0,"4":0,"5":0},"rate":null,"se":null,"low":null,"high":null,"deff":null,"mean":null,"mean_se":null},` +
		`{"item":"q2","n":1,"counts":{"1":0,"2":0,"3":0,"4":0,"5":1},"rate":1,"se":null,"low":0.20654931437723745,"high":1,"deff":null,"mean":5,"mean_se":null}],` +
		`"index":{"n":1,"rate":1,"se":null,"low":null,"high":null,"deff":null},"alpha":{"raw":null,"standardized":null,"items":2,"n":0},"by":{}}`
	var expected, got any
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	for _, line := range append(differences("", expected, got, nil), differences("", got, expected, nil)...) {
		t.Error(line)
	}
}

func TestAnalyzeNamesProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ lang, text, want string }{
		{"vi", "q1\n6\n", "-: không phân tích được, có 1 lỗi:\n  dòng dữ liệu 1 (dòng 2 của tệp), cột \"q1\": \"6\" không phải là số nguyên từ 1 đến 5"},
		{"en", "q1\n6\n5,5\n", "-: cannot be analysed; problems: 2\n  row 1 (line 2), column \"q1\": \"6\" is not a whole number from 1 to 5\n  row 2 (line 3): the number of cells differs from the header's: 2/1"},
		{"en", "q;r\n", "-: cannot be analysed; problems: 1\n  line 1, column \"q1\": is not in the file; cells must be separated by commas, not by \";\""},
		{"en", "q1\n", "-: cannot be analysed; problems: 1\n  the file has no rows"},
		{"vi", "q1\n" + strings.Repeat("x\n", 22), ""},
	} {
		out, err := analyzeText(t, tt.text, "--items", "q1", "--lang", tt.lang, "-")
		if err == nil || out != "" {
			t.Fatalf("%q: output %q, error %v", tt.text, out, err)
		}
		if tt.want == "" {
			if lines := strings.Split(err.Error(), "\n"); len(lines) != 22 || lines[21] != "  và 2 lỗi khác" {
				t.Errorf("22 problems make\n%s", err)
			}
		} else if err.Error() != tt.want {
			t.Errorf("got  %s\nwant %s", err, tt.want)
		}
	}
}

// Every fault has words in every language, with a place for the value in all or none.
func TestAnalyzeWordsAreComplete(t *testing.T) {
	t.Parallel()
	vi, en := analyzeLanguages["vi"], analyzeLanguages["en"]
	if len(vi.faults) != len(en.faults) || len(vi.columns) != len(en.columns) {
		t.Fatalf("%d and %d faults, %d and %d columns", len(vi.faults), len(en.faults), len(vi.columns), len(en.columns))
	}
	for fault, words := range vi.faults {
		if other := en.faults[fault]; other == "" || strings.Count(words, "%") != strings.Count(other, "%") {
			t.Errorf("fault %d: %q and %q", fault, words, other)
		}
	}
}

func TestAnalyzeExitCodes(t *testing.T) {
	t.Parallel()
	file := shelltest.WriteTemp(t, "survey.csv", "q1\n9\n")
	for name, tt := range map[string]struct {
		code int
		args []string
	}{
		"BadData":          {1, []string{"--items", "q1", file}},
		"UnknownColumn":    {1, []string{"--items", "q7", file}},
		"NoSuchFile":       {1, []string{"--items", "q1", file + "x"}},
		"NoItems":          {2, []string{file}},
		"NoFile":           {2, []string{"--items", "q1"}},
		"TwoFiles":         {2, []string{"--items", "q1", file, file}},
		"UnknownFlag":      {2, []string{"--itemz", "q1", file}},
		"Confidence":       {2, []string{"--items", "q1", "--confidence", "95", file}},
		"Satisfied":        {2, []string{"--items", "q1", "--satisfied", "6", file}},
		"SatisfiedNothing": {2, []string{"--items", "q1", "--satisfied", "", file}},
		"Target":           {2, []string{"--items", "q1", "--target", "95%", file}},
		"TargetAboveOne":   {2, []string{"--items", "q1", "--target", "95", file}},
		"Lonely":           {2, []string{"--items", "q1", "--lonely", "ignore", file}},
		"Language":         {2, []string{"--items", "q1", "--lang", "fr", file}},
		"ItemTwice":        {2, []string{"--items", "q1,q1", file}},
	} {
		if code := shell.Run(t.Context(), program(), append([]string{"analyze"}, tt.args...)); code != tt.code {
			t.Errorf("%s: exit %d, want %d", name, code, tt.code)
		}
	}
}
