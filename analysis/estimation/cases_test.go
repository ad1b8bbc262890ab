package estimation_test

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hailong/analysis"
	"hailong/analysis/estimation"
	"hailong/analysis/responsefile"
)

// figure is an expected number; nil is one that is not defined.
type figure = *float64

type expectedItem struct {
	Item                            string
	N                               int64
	Counts                          map[string]int64
	Rate, SE, Low, High, DEff, Mean figure
	MeanSE                          figure `json:"mean_se"`
}

type expectedDomain struct {
	Value string
	N     int64
	Items []expectedItem
	Index struct {
		N                         int64
		Rate, SE, Low, High, DEff figure
	}
}

// wholeCase is a file, the flags of "hailong analyze", and what R says.
type wholeCase struct {
	ID          string
	Args, Flags []string
	CSV, Data   string
	Unspecified []string
	DesignDF    figure `json:"design_df"`
	Expected    struct {
		expectedDomain
		Population float64
		Alpha      *struct {
			Raw, Standardized figure
			Items             int
			N                 int64
		}
		By     map[string][]expectedDomain
		Target *struct {
			Value    float64
			Met      bool
			Evidence analysis.Evidence
			PValue   figure `json:"p_value"`
		}
	}
}

// wholeCases are the real surveys of testdata/cases and the random designs of
// testdata/designs.json.
func wholeCases(t *testing.T) []wholeCase {
	t.Helper()
	read := func(path string, into any) {
		data, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(data, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var cases []wholeCase
	read(filepath.Join("testdata", "designs.json"), &cases)
	for i := range cases {
		cases[i].Args = slices.Concat(cases[i].Flags, []string{"-"})
	}
	paths, err := filepath.Glob(filepath.Join("testdata", "cases", "*.json"))
	if err != nil || len(paths) != 8 {
		t.Fatalf("%d cases of real surveys, want 8; %v", len(paths), err)
	}
	for _, path := range paths {
		var c wholeCase
		read(path, &c)
		data, err := os.ReadFile(filepath.Join("testdata", "cases", c.CSV))
		if err != nil {
			t.Fatal(err)
		}
		c.Data, c.Args = string(data), c.Args[1:]
		cases = append(cases, c)
	}
	return cases
}

// options reads the flags of a case.
func (c wholeCase) options(t *testing.T) (o responsefile.ResponseFileOptions, satisfied []int, confidence float64) {
	t.Helper()
	flags := flag.NewFlagSet(c.ID, flag.ContinueOnError)
	items := flags.String("items", "", "")
	codes := flags.String("satisfied", "4,5", "")
	flags.Func("by", "", func(name string) error {
		o.By = append(o.By, name)
		return nil
	})
	flags.StringVar(&o.Strata, "strata", "", "")
	flags.StringVar(&o.Cluster, "cluster", "", "")
	flags.StringVar(&o.Weight, "weight", "", "")
	flags.StringVar(&o.FPC, "fpc", "", "")
	lonely := flags.String("lonely", "refuse", "")
	flags.Float64Var(&confidence, "confidence", 0.95, "")
	flags.Float64("target", 0, "")
	flags.Bool("json", false, "")
	if err := flags.Parse(c.Args); err != nil {
		t.Fatal(err)
	}
	o.Items = strings.Split(*items, ",")
	o.Lonely = map[string]estimation.Lonely{"refuse": estimation.LonelyRefuse, "adjust": estimation.LonelyAdjust, "certainty": estimation.LonelyCertainty}[*lonely]
	for _, code := range strings.Split(*codes, ",") {
		n, err := strconv.Atoi(code)
		if err != nil {
			t.Fatal(err)
		}
		satisfied = append(satisfied, n)
	}
	return o, satisfied, confidence
}

// comparison fails on figures that differ from R's by more than their tolerance.
type comparison struct {
	t           *testing.T
	unspecified map[string]bool
}

func (c comparison) number(path string, got float64, want figure, tolerance float64) {
	c.t.Helper()
	switch {
	case c.unspecified[path]:
	case want == nil && !math.IsNaN(got):
		c.t.Errorf("%s = %v, want it undefined", path, got)
	case want != nil && !(math.Abs(got-*want) <= tolerance):
		c.t.Errorf("%s = %.15g, want %.15g", path, got, *want)
	}
}

func (c comparison) count(path string, got, want int64) {
	c.t.Helper()
	if got != want {
		c.t.Errorf("%s = %d, want %d", path, got, want)
	}
}

func relative(want figure, tolerance float64) float64 {
	if want == nil {
		return tolerance
	}
	return tolerance * math.Max(1, math.Abs(*want))
}

func (c comparison) domain(path string, got estimation.DomainFigures, want expectedDomain) {
	c.t.Helper()
	c.count(path+"/n", got.N, want.N)
	for k, w := range want.Items {
		g, p := got.Items[k], path+"/items/"+strconv.Itoa(k)
		c.count(p+"/n", g.N, w.N)
		for code, n := range g.Counts {
			c.count(p+"/counts/"+strconv.Itoa(code+1), n, w.Counts[strconv.Itoa(code+1)])
		}
		c.number(p+"/rate", g.Rate, w.Rate, 1e-10)
		c.number(p+"/se", g.SE, w.SE, 1e-9)
		c.number(p+"/low", g.Interval.Low, w.Low, 1e-7)
		c.number(p+"/high", g.Interval.High, w.High, 1e-7)
		c.number(p+"/deff", g.DEff, w.DEff, relative(w.DEff, 1e-7))
		c.number(p+"/mean", g.Mean, w.Mean, 1e-10)
		c.number(p+"/mean_se", g.MeanSE, w.MeanSE, 1e-9)
	}
	c.count(path+"/index/n", got.Index.N, want.Index.N)
	c.number(path+"/index/rate", got.Index.Rate, want.Index.Rate, 1e-10)
	c.number(path+"/index/se", got.Index.SE, want.Index.SE, 1e-9)
	c.number(path+"/index/low", got.Index.Interval.Low, want.Index.Low, 1e-7)
	c.number(path+"/index/high", got.Index.Interval.High, want.Index.High, 1e-7)
	c.number(path+"/index/deff", got.Index.DEff, want.Index.DEff, relative(want.Index.DEff, 1e-7))
}

func TestWholeCases(t *testing.T) {
	t.Parallel()
	for _, c := range wholeCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			options, satisfied, confidence := c.options(t)
			responses, err := responsefile.Read(strings.NewReader(c.Data), options)
			if err != nil {
				t.Fatal(err)
			}
			plan := responses.Estimation()
			plan.Satisfied, plan.Confidence = satisfied, confidence
			got, err := estimation.Estimate(responses.FixedRows, plan)
			if err != nil {
				t.Fatal(err)
			}
			compare := comparison{t, map[string]bool{}}
			for _, path := range c.Unspecified {
				compare.unspecified[path] = true
			}
			want := c.Expected
			compare.domain("", got.Whole, want.expectedDomain)
			compare.number("/population", got.Population, &want.Population, relative(&want.Population, 1e-6))
			if a := want.Alpha; a != nil {
				compare.count("/alpha/n", got.Alpha.N, a.N)
				compare.count("/alpha/items", int64(got.Alpha.Items), int64(a.Items))
				compare.number("/alpha/raw", got.Alpha.Raw, a.Raw, 1e-9)
				compare.number("/alpha/standardized", got.Alpha.Standardized, a.Standardized, 1e-9)
			}
			if c.DesignDF != nil {
				compare.number("/design_df", got.Whole.Index.DF, c.DesignDF, 0)
			}
			if target := want.Target; target != nil {
				x := got.Whole.Index
				compare.number("/target/p_value", analysis.PValue(x.Rate, x.SE, x.DF, target.Value), target.PValue, 1e-7)
				if analysis.Met(x.Rate, target.Value) != target.Met {
					t.Errorf("met %v, want %v", !target.Met, target.Met)
				}
				if evidence := analysis.Judge(x.Interval, target.Value); evidence != target.Evidence && !compare.unspecified["/target/evidence"] {
					t.Errorf("evidence %s, want %s", evidence, target.Evidence)
				}
			}
			for k, column := range options.By {
				labels := responses.Labels(column)
				found := map[string]estimation.DomainFigures{}
				for _, d := range got.By[k] {
					found[labels[d.Code]] = d
				}
				compare.count("/by/"+column, int64(len(found)), int64(len(want.By[column])))
				for _, d := range want.By[column] {
					if len(found[d.Value].Items) == 0 {
						t.Fatalf("there is no domain %q", d.Value)
					}
					compare.domain("/by/"+column+"/"+d.Value, found[d.Value], d)
				}
			}
		})
	}
}
