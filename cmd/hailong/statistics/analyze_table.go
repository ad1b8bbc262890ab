package statistics

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"hailong/analysis/responsefile"
)

// analyzeWords are the words of analyze in one language.
type analyzeWords struct {
	tag        language.Tag
	responses  string
	population string
	confidence string
	columns    []string
	index      string
	alpha      string
	by         string
	value      string
	target     string
	met, unmet string
	unknown    string
	evidence   map[string]string
	notDefined string
	failed     string
	more       string
	row        string
	line       string
	column     string
	faults     map[responsefile.ResponseFileFault]string
	separator  string
}

var analyzeLanguages = map[string]*analyzeWords{
	"vi": {
		tag:        language.Vietnamese,
		responses:  "Số phiếu",
		population: "tổng thể ước tính",
		confidence: "độ tin cậy",
		columns:    []string{"Câu hỏi", "Số trả lời", "Hài lòng (%)", "Từ (%)", "Đến (%)", "Sai số chuẩn", "DEFF", "Điểm TB", "Sai số điểm"},
		index:      "Chỉ số chung",
		alpha:      "Hệ số Cronbach's alpha: %s (chuẩn hóa %s), %d câu hỏi, %d phiếu trả lời đủ mọi câu",
		by:         "Theo %s",
		value:      "%s: %d phiếu",
		target:     "Chỉ tiêu %s: %s; %s (p = %s)",
		met:        "đạt",
		unmet:      "chưa đạt",
		unknown:    "chưa có số liệu",
		evidence: map[string]string{
			"above":        "cả khoảng tin cậy nằm trên chỉ tiêu",
			"below":        "cả khoảng tin cậy nằm dưới chỉ tiêu",
			"inconclusive": "chưa đủ bằng chứng để kết luận",
		},
		notDefined: "–",
		failed:     "%s: không phân tích được, có %d lỗi:",
		more:       "và %d lỗi khác",
		row:        "dòng dữ liệu %d (dòng %d của tệp)",
		line:       "dòng %d của tệp",
		column:     "cột %q",
		separator:  "; các ô phải cách nhau bằng dấu phẩy, không phải %q",
		faults: map[responsefile.ResponseFileFault]string{
			responsefile.UnknownColumn:  "không có trong tệp",
			responsefile.RepeatedColumn: "có nhiều hơn một lần trong tệp",
			responsefile.NoRows:         "tệp không có dòng dữ liệu nào",
			responsefile.BrokenQuotes:   "dấu ngoặc kép đặt sai chỗ, không đọc tiếp được",
			responsefile.UnequalRow:     "số ô không khớp với dòng tiêu đề: %s",
			responsefile.BadCode:        "%q không phải là số nguyên từ 1 đến 5",
			responsefile.BadNumber:      "%q không phải là số hợp lệ (không âm, không để trống)",
			responsefile.EmptyUnit:      "để trống nhóm chọn mẫu (tầng) hoặc cụm",
			responsefile.NotUTF8:        "%q không phải là văn bản UTF-8",
			responsefile.UnevenFPC:      "quy mô tổng thể không thống nhất trong nhóm chọn mẫu (tầng) %q",
			responsefile.SmallFPC:       "quy mô tổng thể nhỏ hơn số đơn vị mẫu trong nhóm chọn mẫu (tầng) %q",
			responsefile.LonelyUnit:     "nhóm chọn mẫu (tầng) %q chỉ có một đơn vị mẫu, không tính được phương sai: xin gộp nhóm, hoặc chọn --lonely adjust hay --lonely certainty",
		},
	},
	"en": {
		tag:        language.English,
		responses:  "Responses",
		population: "estimated population",
		confidence: "confidence",
		columns:    []string{"Item", "Answers", "Satisfied (%)", "Low (%)", "High (%)", "Std. error", "DEFF", "Mean", "SE of mean"},
		index:      "Index",
		alpha:      "Cronbach's alpha: %s (standardized %s), %d items, %d complete responses",
		by:         "By %s",
		value:      "%s (responses: %d)",
		target:     "Target %s: %s; %s (p = %s)",
		met:        "met",
		unmet:      "not met",
		unknown:    "no figure",
		evidence: map[string]string{
			"above":        "the whole interval is above the target",
			"below":        "the whole interval is below the target",
			"inconclusive": "the evidence is inconclusive",
		},
		notDefined: "–",
		failed:     "%s: cannot be analysed; problems: %d",
		more:       "and %d more",
		row:        "row %d (line %d)",
		line:       "line %d",
		column:     "column %q",
		separator:  "; cells must be separated by commas, not by %q",
		faults: map[responsefile.ResponseFileFault]string{
			responsefile.UnknownColumn:  "is not in the file",
			responsefile.RepeatedColumn: "is in the file more than once",
			responsefile.NoRows:         "the file has no rows",
			responsefile.BrokenQuotes:   "a quotation mark is out of place, the file cannot be read further",
			responsefile.UnequalRow:     "the number of cells differs from the header's: %s",
			responsefile.BadCode:        "%q is not a whole number from 1 to 5",
			responsefile.BadNumber:      "%q is not a valid number (not negative, not empty)",
			responsefile.EmptyUnit:      "stratum or cluster is empty",
			responsefile.NotUTF8:        "%q is not UTF-8 text",
			responsefile.UnevenFPC:      "the population size is not constant in stratum %q",
			responsefile.SmallFPC:       "the population size is below the sampling units of stratum %q",
			responsefile.LonelyUnit:     "stratum %q has a single sampling unit, which leaves its variance unknown: join it to another, or choose --lonely adjust or --lonely certainty",
		},
	},
}

// problems is the list of what is wrong with a file, one on a line.
func (w *analyzeWords) problems(path string, wrong *responsefile.ResponseFileError) string {
	lines := []string{fmt.Sprintf(w.failed, path, wrong.Total)}
	for _, p := range wrong.Problems {
		var where []string
		if p.Row > 0 {
			where = append(where, fmt.Sprintf(w.row, p.Row, p.Line))
		} else if p.Line > 0 {
			where = append(where, fmt.Sprintf(w.line, p.Line))
		}
		if p.Column != "" {
			where = append(where, fmt.Sprintf(w.column, p.Column))
		}
		what := w.faults[p.Fault]
		if strings.Contains(what, "%") {
			what = fmt.Sprintf(what, p.Value)
		}
		if p.Fault == responsefile.UnknownColumn && p.Value != "" {
			what += fmt.Sprintf(w.separator, p.Value)
		}
		lines = append(lines, "  "+strings.TrimPrefix(strings.Join(where, ", ")+": "+what, ": "))
	}
	if more := wrong.Total - len(wrong.Problems); more > 0 {
		lines = append(lines, "  "+fmt.Sprintf(w.more, more))
	}
	return strings.Join(lines, "\n")
}

// writeTable prints the report for people, numbers as the language writes them.
func (r *analyzeReport) writeTable(to io.Writer, w *analyzeWords) error {
	var out strings.Builder
	p := message.NewPrinter(w.tag)
	say := func(format string, values ...any) { out.WriteString(p.Sprintf(format, values...)) }
	figure := func(n number, scale float64, digits int) string {
		if !n.defined() {
			return w.notDefined
		}
		return p.Sprintf("%.*f", digits, float64(n)*scale)
	}
	table := func(items []itemReport, x indexReport) {
		rows := [][]string{w.columns}
		for _, i := range items {
			rows = append(rows, []string{
				i.Item, p.Sprint(i.N), figure(i.Rate, 100, 1), figure(i.Low, 100, 1), figure(i.High, 100, 1),
				figure(i.SE, 100, 2), figure(i.DEff, 1, 2), figure(i.Mean, 1, 2), figure(i.MeanSE, 1, 3),
			})
		}
		rows = append(rows, []string{
			w.index, p.Sprint(x.N), figure(x.Rate, 100, 1), figure(x.Low, 100, 1), figure(x.High, 100, 1),
			figure(x.SE, 100, 2), figure(x.DEff, 1, 2), "", "",
		})
		align(&out, rows)
	}
	say("%s: %d; %s: %s; %s: %s %%\n\n", w.responses, r.N, w.population, figure(r.Population, 1, 0), w.confidence, p.Sprint(r.Confidence*100))
	table(r.Items, r.Index)
	say("\n"+w.alpha+"\n", figure(r.Alpha.Raw, 1, 3), figure(r.Alpha.Standardized, 1, 3), r.Alpha.Items, r.Alpha.N)
	if t := r.Target; t != nil {
		met := w.unknown
		if t.Met != nil {
			met = map[bool]string{true: w.met, false: w.unmet}[*t.Met]
		}
		say(w.target+"\n", p.Sprint(t.Value*100)+" %", met, w.evidence[t.Evidence], figure(t.PValue, 1, 4))
	}
	for _, column := range r.order {
		say("\n"+w.by+"\n", column)
		for _, d := range r.By[column] {
			say("\n"+w.value+"\n", d.Value, d.N)
			table(d.Items, d.Index)
		}
	}
	_, err := io.WriteString(to, out.String())
	return err
}

// align writes rows with the first column to the left and the others to the right.
func align(out *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for k, cell := range row {
			widths[k] = max(widths[k], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		line := ""
		for k, cell := range row {
			space := strings.Repeat(" ", widths[k]-utf8.RuneCountInString(cell))
			if k == 0 {
				line = cell + space
			} else {
				line += "  " + space + cell
			}
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
