package figures

import (
	"math"

	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// Judgement is a figure against a threshold, ready to be shown.
type Judgement struct {
	Figure    tables.Figure
	Method    survey.Method
	Target    float64 // 0: there is none
	Threshold int64   // fewer respondents are not shown
	publication.Comparison
}

// Judge compares a figure with a target, 0 for none, by the rule of package
// publication.
func Judge(f tables.Figure, m survey.Method, target float64, threshold int64) Judgement {
	return Judgement{Figure: f, Method: m, Target: target, Threshold: threshold, Comparison: publication.Judge(f, m, target)}
}

// Word names the verdict: "met", "met_maybe", "missed", "missed_maybe", "few"
// or "none"; template and style sheet know these words.
func (j Judgement) Word() string {
	maybe := ""
	if !j.Firm() {
		maybe = "_maybe"
	}
	switch {
	case j.State == publication.TooFew:
		return "few"
	case j.State != publication.Judged, j.Caveat == publication.CaveatOpposed:
		return "none"
	case j.Met:
		return "met" + maybe
	}
	return "missed" + maybe
}

// Key is the translation key of the verdict.
func (j Judgement) Key() string {
	if j.byVerified() {
		return "results.caveat." + j.Word()
	}
	return "results.verdict." + j.Word()
}

// TextKey is the translation key of the sentence that explains the verdict.
func (j Judgement) TextKey() string {
	if j.byVerified() {
		return "results.caveat." + string(j.Caveat)
	}
	return j.Key() + ".text"
}

// byVerified reports whether all responses would make the verdict firm, and the
// verified alone do not.
func (j Judgement) byVerified() bool { return j.Caveat != "" && j.Caveat != publication.CaveatInterval }

// Told reports whether the sentence that explains the verdict tells the figure of the
// verified alone.
func (j Judgement) Told() bool {
	return j.Figure.Verified != nil && (j.Caveat == publication.CaveatUnclear || j.Caveat == publication.CaveatOpposed)
}

// NeededKey is the translation key of how many respondents are missing.
func (j Judgement) NeededKey() string {
	if j.byVerified() {
		return "results.needed.verified"
	}
	return "results.needed"
}

// Alone is the judgement on the verified responses alone where pages show it: where
// the two figures differ by more than their intervals. nil: they do not.
func (j Judgement) Alone() *Judgement {
	apart := j.Figure.Apart()
	if apart == nil {
		return nil
	}
	j.Figure = *apart
	return &j
}

// Missing is how many respondents are missing to what is needed.
func (j Judgement) Missing() int64 { return max(0, j.Needed-j.Figure.N) }

// LeastN is the method's least number of respondents for a verdict.
func (j Judgement) LeastN() int { return j.Method.MinN }

// OutOf is the number of people, or of answers, that a share is told of: 100,
// unless rounding would put the share on the wrong side of the target. It is
// never more than there are, so that 287 respondents do not become 1,000.
func (j Judgement) OutOf() int {
	all := j.Figure.Answers
	if j.Method.Pooling == survey.PoolOverall {
		all = j.Figure.N
	}
	for n := int64(100); n <= min(all, 10000); n *= 10 {
		told := float64(j.Satisfied(int(n))) / float64(n)
		if j.Target == 0 || (told >= j.Target) == (j.Figure.Rate >= j.Target) {
			return int(n)
		}
	}
	return int(all)
}

// ColumnKey is the translation key of what the figures of a table are: an index
// over several questions, or the share of one.
func (j Judgement) ColumnKey() string {
	if j.Method.Pooling == survey.PoolOverall && j.Share() {
		return "results.column.share"
	}
	return "results.column.rate"
}

// Satisfied is how many of n people are satisfied.
func (j Judgement) Satisfied(n int) int { return int(math.Round(j.Figure.Rate * float64(n))) }

// Share reports whether the figure is a share of people or answers and not a
// mean score.
func (j Judgement) Share() bool { return j.Method.Formula == survey.Top2 }

// Score is the figure as points of 100.
func (j Judgement) Score() float64 { return j.Figure.Rate * 100 }

// Shown reports whether there is a figure to show.
func (j Judgement) Shown() bool { return j.Figure.Defined() }

// Bounded reports whether there is an interval to show.
func (j Judgement) Bounded() bool { return j.Figure.Interval().Defined() }

// Aim is the target in per cent.
func (j Judgement) Aim() float64 { return j.Target * 100 }

// Late reports whether the target stands in the right half of a bar.
func (j Judgement) Late() bool { return j.Target > 0.5 }

// Level is the confidence of the interval in per cent.
func (j Judgement) Level() float64 { return j.Method.Confidence * 100 }

// X places a share on a bar of a width, rounded to tenths of a pixel.
func (j Judgement) X(share, width float64) float64 { return math.Round(share*width*10) / 10 }
