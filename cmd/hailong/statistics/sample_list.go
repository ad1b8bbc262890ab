package statistics

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hailong/analysis/sample"
	"hailong/survey/spreadsheet"
	"hailong/survey/tempdir"
)

// drawColumns come before the columns of the list.
var drawColumns = []string{"draw_list", "draw_order", "draw_stratum", "draw_probability", "draw_weight", "draw_number"}

// write puts the lists into files named after --out, or sample and reserve on
// the standard output.
func (o *sampleOptions) write(f *sampleFrame, s sample.Selection, record [][]string, stdout io.Writer) error {
	lists := f.lists(s)
	sample, reserve := lists.pick(s.Sample), lists.pick(s.Reserve)
	if o.out == "" {
		return spreadsheet.WriteCSV(stdout, f.comma, slices.Concat([][]string{lists.header}, sample, reserve))
	}
	base := strings.TrimSuffix(o.out, ".csv")
	for _, file := range []struct {
		name   string
		header []string
		rows   [][]string
	}{
		{o.out, lists.header, sample},
		{base + ".reserve.csv", lists.header, reserve},
		{base + ".frame.csv", lists.header, lists.rows},
		{base + ".record.csv", []string{"item", "stratum", "value"}, record},
	} {
		if err := writeFile(file.name, f.comma, file.header, file.rows); err != nil {
			return err
		}
	}
	return nil
}

// drawnLists is every row of the frame with what the draw did to it.
type drawnLists struct {
	header []string
	rows   [][]string
}

func (l drawnLists) pick(rows []int) [][]string {
	picked := make([][]string, len(rows))
	for k, i := range rows {
		picked[k] = l.rows[i]
	}
	return picked
}

func (f *sampleFrame) lists(s sample.Selection) drawnLists {
	list, order := make([]string, len(f.rows)), make([]string, len(f.rows))
	mark := func(name string, rows []int) {
		place := make([]int, len(f.strata))
		for _, i := range rows {
			place[f.stratum[i]]++
			list[i], order[i] = name, strconv.Itoa(place[f.stratum[i]])
		}
	}
	mark("sample", s.Sample)
	mark("reserve", s.Reserve)
	l := drawnLists{header: append(append([]string{}, drawColumns...), f.header...)}
	for i, row := range f.rows {
		cells := make([]string, 0, len(l.header))
		probability, weight, number := s.Probability[i], "", ""
		if probability > 0 {
			weight = formatNumber(1 / probability)
		}
		if s.Number != nil {
			number = formatDraw(s.Number[i])
		}
		cells = append(cells, list[i], order[i], f.strata[f.stratum[i]].label, formatNumber(probability), weight, number)
		l.rows = append(l.rows, append(cells, row...))
	}
	return l
}

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// formatDraw writes a random number so that a spreadsheet keeps it as text, all
// digits of it, and sorts it in the right order.
func formatDraw(v uint64) string { return fmt.Sprintf("0x%016x", v) }

// record is what an auditor needs to repeat the draw.
func (o *sampleOptions) record(path string, content []byte, f *sampleFrame, p samplePlan, s sample.Selection) [][]string {
	sum := sha256.Sum256(content)
	rows := [][]string{
		{"list_file", "", filepath.Base(path)},
		{"list_sha256", "", hex.EncodeToString(sum[:])},
		{"list_rows", "", strconv.Itoa(len(f.rows))},
		{"seed", "", strconv.FormatUint(o.seed, 10)},
		{"generator", "", "PCG-DXSM, state (seed, 0): Go math/rand/v2 NewPCG(seed, 0)"},
		{"method", "", o.method},
		{"size_formula", "", p.sizeFormula},
	}
	if o.margin > 0 {
		rows = append(rows, []string{"margin", "", formatNumber(o.margin)}, []string{"design_effect", "", formatNumber(o.designEffect)},
			[]string{"response_rate", "", formatNumber(o.response)})
		if o.formula == "cochran" {
			rows = append(rows, []string{"confidence", "", formatNumber(o.confidence)}, []string{"proportion", "", formatNumber(o.proportion)})
		}
	}
	rows = append(rows,
		[]string{"strata_columns", "", strings.Join(o.strata, ", ")},
		[]string{"allocation", "", o.allocation},
		[]string{"minimum", "", strconv.Itoa(o.minimum)},
		[]string{"reserve_share", "", formatNumber(o.reserve)})
	if o.sizeColumn != "" {
		rows = append(rows, []string{"size_column", "", o.sizeColumn})
	}
	if o.sdColumn != "" {
		rows = append(rows, []string{"sd_column", "", o.sdColumn})
	}
	for h, stratum := range f.strata {
		rows = append(rows,
			[]string{"population", stratum.label, strconv.Itoa(stratum.rows)},
			[]string{"sample", stratum.label, strconv.Itoa(p.sample[h])},
			[]string{"reserve", stratum.label, strconv.Itoa(p.reserve[h])})
		if o.sizeColumn != "" {
			rows = append(rows, []string{"population_size", stratum.label, strconv.Itoa(stratum.measure)})
		}
		if s.Start != nil {
			rows = append(rows,
				[]string{"start_sample", stratum.label, formatDraw(s.Start[h][0])},
				[]string{"start_reserve", stratum.label, formatDraw(s.Start[h][1])})
		}
	}
	return rows
}

// writeFile writes a whole file or leaves what was there: a list half written
// must not pass for a sample.
func writeFile(name string, comma rune, header []string, rows [][]string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}()
	dir, err := tempdir.New(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	f, err := os.OpenFile(dir.Path("list"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := spreadsheet.WriteCSV(f, comma, slices.Concat([][]string{header}, rows)); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
