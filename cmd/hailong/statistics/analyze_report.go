package statistics

import (
	"encoding/json"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"hailong/analysis"
	"hailong/analysis/estimation"
	"hailong/analysis/responsefile"
)

// number is a figure that may be undefined: null in JSON, a dash in a table.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if !n.defined() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

func (n number) defined() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// The report of analyze, in the shape that scripts rely on: extend, never rename.
type (
	analyzeReport struct {
		N          int64                     `json:"n"`
		Population number                    `json:"population"`
		Confidence float64                   `json:"confidence"`
		Items      []itemReport              `json:"items"`
		Index      indexReport               `json:"index"`
		Alpha      alphaReport               `json:"alpha"`
		By         map[string][]domainReport `json:"by"`
		Target     *targetReport             `json:"target,omitempty"`
		order      []string                  // of By
	}
	itemReport struct {
		Item   string           `json:"item"`
		N      int64            `json:"n"`
		Counts map[string]int64 `json:"counts"`
		Rate   number           `json:"rate"`
		SE     number           `json:"se"`
		Low    number           `json:"low"`
		High   number           `json:"high"`
		DEff   number           `json:"deff"`
		Mean   number           `json:"mean"`
		MeanSE number           `json:"mean_se"`
	}
	indexReport struct {
		N    int64  `json:"n"`
		Rate number `json:"rate"`
		SE   number `json:"se"`
		Low  number `json:"low"`
		High number `json:"high"`
		DEff number `json:"deff"`
	}
	alphaReport struct {
		Raw          number `json:"raw"`
		Standardized number `json:"standardized"`
		Items        int    `json:"items"`
		N            int64  `json:"n"`
	}
	domainReport struct {
		Value string       `json:"value"`
		N     int64        `json:"n"`
		Items []itemReport `json:"items"`
		Index indexReport  `json:"index"`
	}
	targetReport struct {
		Value    float64 `json:"value"`
		Met      *bool   `json:"met"`
		Evidence string  `json:"evidence"`
		PValue   number  `json:"p_value"`
	}
)

func newAnalyzeReport(responses *responsefile.ResponseFile, options responsefile.ResponseFileOptions, e *estimation.Estimates, confidence float64, target *float64) *analyzeReport {
	items, index := reportFigures(options.Items, e.Whole)
	r := &analyzeReport{
		N: e.N, Population: number(e.Population), Confidence: confidence, Items: items, Index: index,
		Alpha: alphaReport{number(e.Alpha.Raw), number(e.Alpha.Standardized), e.Alpha.Items, e.Alpha.N},
		By:    map[string][]domainReport{}, order: options.By,
	}
	for k, column := range options.By {
		labels := responses.Labels(column)
		domains := []domainReport{}
		for _, d := range e.By[k] {
			items, index := reportFigures(options.Items, d)
			domains = append(domains, domainReport{labels[d.Code], d.N, items, index})
		}
		slices.SortFunc(domains, func(a, b domainReport) int { return compareValues(a.Value, b.Value) })
		r.By[column] = domains
	}
	if target != nil {
		r.Target = judge(e.Whole.Index, *target)
	}
	return r
}

// judge compares the index with a target. Without an interval nothing is
// certain, so that the evidence is inconclusive.
func judge(index estimation.IndexFigure, target float64) *targetReport {
	t := &targetReport{Value: target, Evidence: string(analysis.Inconclusive), PValue: number(analysis.PValue(index.Rate, index.SE, index.DF, target))}
	if number(index.Rate).defined() {
		met := analysis.Met(index.Rate, target)
		t.Met = &met
	}
	if evidence := analysis.Judge(index.Interval, target); evidence != analysis.None {
		t.Evidence = string(evidence)
	}
	return t
}

func reportFigures(names []string, d estimation.DomainFigures) ([]itemReport, indexReport) {
	items := make([]itemReport, len(d.Items))
	for k, f := range d.Items {
		counts := make(map[string]int64, len(f.Counts))
		for i, count := range f.Counts {
			counts[strconv.Itoa(i+1)] = count
		}
		items[k] = itemReport{
			names[k], f.N, counts, number(f.Rate), number(f.SE), number(f.Interval.Low), number(f.Interval.High),
			number(f.DEff), number(f.Mean), number(f.MeanSE),
		}
	}
	x := d.Index
	return items, indexReport{x.N, number(x.Rate), number(x.SE), number(x.Interval.Low), number(x.Interval.High), number(x.DEff)}
}

// compareValues orders whole numbers by size and before words.
func compareValues(a, b string) int {
	na, errA := strconv.Atoi(a)
	nb, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil && na != nb:
		return na - nb
	case errA == nil && errB != nil:
		return -1
	case errA != nil && errB == nil:
		return 1
	default:
		return strings.Compare(a, b)
	}
}

func (r *analyzeReport) writeJSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", " ")
	return out.Encode(r)
}
