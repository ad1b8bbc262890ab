package statistics

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hailong/analysis/sample"
	"hailong/survey"
	"hailong/survey/spreadsheet"
)

// sampleFrame is a list read from CSV.
type sampleFrame struct {
	comma   rune
	header  []string
	rows    [][]string
	number  []int // of each row, as a spreadsheet counts
	stratum []int // of each row
	size    []int // of each row, nil unless drawn by size
	strata  []frameStratum
}

// frameStratum is a stratum in the order of its first row.
type frameStratum struct {
	label    string
	rows     int
	drawable int // rows of positive size
	measure  int // sum of sizes
	sd       float64
}

// units is the frame as the engine takes it.
func (f *sampleFrame) units() sample.Frame {
	return sample.Frame{Rows: len(f.rows), Stratum: f.stratum, Size: f.size}
}

// frameProblems collects what is wrong with a list, row by row.
type frameProblems struct {
	o     *sampleOptions
	lines []string
}

const maxFrameProblems = 20

func (p *frameProblems) add(vi, en string, args ...any) {
	p.lines = append(p.lines, p.o.Sayf(vi, en, args...))
}

func (p *frameProblems) err() error {
	if len(p.lines) == 0 {
		return nil
	}
	lines := p.lines[:min(len(p.lines), maxFrameProblems)]
	if more := len(p.lines) - len(lines); more > 0 {
		lines = append(slices.Clone(lines), p.o.Sayf("… và %d lỗi khác", "… and %d more problems", more))
	}
	return errors.New(strings.Join(lines, "\n"))
}

// readFrame reads a list with a header row from CSV or XLSX. Every problem is
// named by row, as a spreadsheet counts, and column.
func (o *sampleOptions) readFrame(ctx context.Context, path string, content []byte) (*sampleFrame, error) {
	table, err := spreadsheet.ReadTable(ctx, path, content, spreadsheet.MaxFileRows)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Say("không đọc được danh sách", "reading the list"), err)
	}
	f := &sampleFrame{comma: ','}
	isWorkbook := strings.EqualFold(filepath.Ext(path), ".xlsx")
	if !isWorkbook {
		f.comma = spreadsheet.Separator(content)
	}
	problems := &frameProblems{o: o}
	for k, row := range table {
		if k == 0 {
			f.header = row.Cells
			continue
		}
		cells := row.Cells
		if isWorkbook && len(cells) < len(f.header) { // empty cells at the end are not stored
			cells = append(cells, make([]string, len(f.header)-len(cells))...)
		}
		if len(cells) != len(f.header) {
			problems.add("dòng %d có %d ô, dòng tiêu đề có %d", "row %d has another number of cells (%d) than the header (%d)", row.Number, len(cells), len(f.header))
		}
		f.rows, f.number = append(f.rows, cells), append(f.number, row.Number)
	}
	if len(f.rows) == 0 {
		problems.add("danh sách không có dòng dữ liệu nào", "the list has no rows")
	}
	for _, name := range f.header {
		if strings.HasPrefix(name, "draw_") {
			problems.add("cột %q đã có trong danh sách: xin đổi tên cột", "column %q is in the list already: rename it", name)
		}
	}
	if err := problems.err(); err != nil {
		return nil, err
	}
	o.readStrata(f, problems)
	if o.sizeColumn != "" {
		o.readSizes(f, problems)
	}
	if o.sdColumn != "" {
		o.readSpread(f, problems)
	}
	return f, problems.err()
}

// column finds a column that must exist once.
func (f *sampleFrame) column(name string, problems *frameProblems) (int, bool) {
	found := -1
	for j, h := range f.header {
		if h != name {
			continue
		}
		if found >= 0 {
			problems.add("cột %q có hai lần trong dòng tiêu đề", "column %q is twice in the header", name)
			return 0, false
		}
		found = j
	}
	if found < 0 {
		problems.add("không có cột %q; danh sách có các cột: %s", "there is no column %q; the list has: %s", name, strings.Join(f.header, ", "))
		return 0, false
	}
	return found, true
}

// readStrata numbers the strata by their first row. Several columns are
// crossed.
func (o *sampleOptions) readStrata(f *sampleFrame, problems *frameProblems) {
	var columns []int
	for _, name := range o.strata {
		if j, ok := f.column(name, problems); ok {
			columns = append(columns, j)
		}
	}
	index := make(map[string]int)
	f.stratum = make([]int, len(f.rows))
	for i, row := range f.rows {
		cells := make([]string, len(columns))
		for k, j := range columns {
			if cells[k] = strings.TrimSpace(row[j]); cells[k] == "" {
				problems.add("dòng %d, cột %q: ô phân tầng để trống", "row %d, column %q: the stratum is empty", f.number[i], f.header[j])
			}
		}
		// No cell holds a zero byte, so different cells never join to one key.
		key := strings.Join(cells, "\x00")
		h, known := index[key]
		if !known {
			h = len(f.strata)
			index[key] = h
			f.strata = append(f.strata, frameStratum{label: strings.Join(cells, " / ")})
		}
		f.stratum[i] = h
		f.strata[h].rows++
		f.strata[h].drawable++
	}
}

// readSizes reads the sizes that pps draws by.
func (o *sampleOptions) readSizes(f *sampleFrame, problems *frameProblems) {
	j, ok := f.column(o.sizeColumn, problems)
	if !ok {
		return
	}
	f.size = make([]int, len(f.rows))
	for i, row := range f.rows {
		size, err := strconv.Atoi(strings.TrimSpace(row[j]))
		if err != nil || size < 0 || size > math.MaxInt32 {
			problems.add("dòng %d, cột %q: %q không phải số nguyên không âm", "row %d, column %q: %q is not a whole number of 0 or more", f.number[i], o.sizeColumn, row[j])
			continue
		}
		f.size[i] = size
		s := &f.strata[f.stratum[i]]
		s.measure += size
		if size == 0 {
			s.drawable--
		}
	}
}

// readSpread reads the standard deviation of each stratum, the same in all its
// rows.
func (o *sampleOptions) readSpread(f *sampleFrame, problems *frameProblems) {
	j, ok := f.column(o.sdColumn, problems)
	if !ok {
		return
	}
	first := make([]int, len(f.strata))
	for i, row := range f.rows {
		sd, err := survey.ParseDecimal(row[j])
		if err != nil || !(sd >= 0) || math.IsInf(sd, 0) {
			problems.add("dòng %d, cột %q: %q không phải số không âm", "row %d, column %q: %q is not a number of 0 or more", f.number[i], o.sdColumn, row[j])
			continue
		}
		h := f.stratum[i]
		switch {
		case first[h] == 0:
			first[h] = f.number[i]
			f.strata[h].sd = sd
		case f.strata[h].sd != sd:
			problems.add("dòng %d, cột %q: %q khác giá trị ở dòng %d của cùng nhóm chọn mẫu (tầng)", "row %d, column %q: %q differs from row %d of the same stratum", f.number[i], o.sdColumn, row[j], first[h])
		}
	}
}

// samplePlan is the number to draw of each stratum.
type samplePlan struct {
	sample, reserve []int
	short           []int // strata too small for their reserve
	sizeNote        string
	sizeFormula     string
}

// plan settles the size and spreads it over the strata.
func (o *sampleOptions) plan(f *sampleFrame) (samplePlan, error) {
	p := samplePlan{sizeFormula: "given"}
	n := o.size
	if o.margin > 0 {
		n = o.sizeForMargin(len(f.rows), &p)
	}
	strata := make([]sample.Stratum, len(f.strata))
	drawable, needed := 0, 0
	for h, s := range f.strata {
		strata[h] = sample.Stratum{Size: s.drawable, SD: s.sd, Measure: float64(s.measure)}
		drawable += s.drawable
		needed += min(o.minimum, s.drawable)
	}
	if n > drawable {
		return p, errors.New(o.Sayf("cần rút %d nhưng danh sách chỉ có %d dòng rút được", "%d rows are wanted but the list has only %d to draw from", n, drawable))
	}
	if n < needed {
		return p, errors.New(o.Sayf("cỡ mẫu %d không đủ cho tối thiểu %d mỗi nhóm chọn mẫu (tầng), cần ít nhất %d: xin tăng --size hoặc giảm --min",
			"a sample of %d cannot hold %d of each stratum, which takes %d: raise --size or lower --min", n, o.minimum, needed))
	}
	var err error
	if p.sample, err = sample.Allocate(n, strata, allocations[o.allocation], o.minimum); err != nil {
		return p, err
	}
	p.reserve = make([]int, len(p.sample))
	for h, size := range p.sample {
		want := int(math.Ceil(o.reserve*float64(size) - 1e-9))
		p.reserve[h] = min(want, strata[h].Size-size)
		if p.reserve[h] < want {
			p.short = append(p.short, h)
		}
	}
	return p, nil
}

// sizeForMargin is the number to draw from a population for the margin asked.
func (o *sampleOptions) sizeForMargin(population int, p *samplePlan) int {
	request := sample.SizeRequest{
		Population: population, Margin: o.margin, Proportion: o.proportion,
		Confidence: o.confidence, DesignEffect: o.designEffect, ResponseRate: o.response,
	}
	formula := sample.SlovinSize
	p.sizeFormula = "slovin: n = N/(1+N*e^2)"
	if o.formula == "cochran" {
		formula = sample.CochranSize
		p.sizeFormula = "cochran: n0 = z^2*p*(1-p)/e^2, n = n0/(1+(n0-1)/N)"
	}
	size, err := formula(request)
	if err != nil {
		return 0 // the flags were checked: not reached
	}
	p.sizeNote = o.Sayf("Cỡ mẫu: cần %d phiếu, rút %d trong tổng thể %d (%s).",
		"Size: %d answers needed, %d drawn of a population of %d (%s).", size.Answers, size.Drawn, population, o.formula)
	return size.Drawn
}
