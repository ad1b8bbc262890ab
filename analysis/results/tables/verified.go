package tables

import (
	"slices"
	"strings"

	"hailong/analysis/results/disclosure"
)

// The figures of the verified responses stand beside those of all, so that who reads
// the two reads the rest as well: everybody who answered without a proof. They are
// therefore decided on as tables of their own (CampaignTables.VerifiedAlone), in which a group is
// small when its verified respondents are few, or those without a proof are; and what
// is hidden of all is hidden of the verified. What can be computed of the rest is
// computed of all and of the verified, so that nothing small of it is.

// differing reports whether two figures differ by more than their intervals: the rate
// of each lies outside the interval of the other.
func differing(a, b Figure) bool {
	outside := func(rate float64, f Figure) bool { return rate < f.Low || rate > f.High }
	return a.Interval().Defined() && b.Interval().Defined() && outside(a.Rate, b) && outside(b.Rate, a)
}

// Apart is the figure of the verified where it differs from that of all by more than
// their intervals; nil where it does not, or is not shown.
func (f Figure) Apart() *Figure {
	if f.Verified == nil || !differing(f, *f.Verified) {
		return nil
	}
	return f.Verified
}

// standBeside puts the figures of the verified beside those of all.
func (t *Table) standBeside(verified *Table) {
	name := func(g Group) string { return strings.Join(g.Keys, "\n") }
	of := make(map[string]*Figure, len(verified.Groups))
	for _, g := range verified.Groups {
		of[name(g)] = g.Figure.told()
	}
	t.Overall.Verified = verified.Overall.told()
	for i := range t.Groups {
		t.Groups[i].Figure.Verified = of[name(t.Groups[i])]
	}
}

// told is a figure that can stand beside another one; nil where it is not shown or
// there is none.
func (f Figure) told() *Figure {
	if f.Suppressed || !f.Defined() {
		return nil
	}
	f.Few = false // as the figure of all
	return &f
}

// fewBeside reports whether the verified of a group, or its others, are few.
func fewBeside(all, verified disclosure.Counts, threshold int64) bool {
	few := func(n int64) bool { return 0 < n && n < threshold }
	others := slices.Clone(all)
	for i, n := range verified {
		others[i] -= n
	}
	return few(verified.Respondents()) || verified.Respondents() > 0 && few(others.Respondents())
}

// hiddenBeside is what must be hidden of the verified for what all of them show: the
// groups hidden of all, and those in which the others are few.
func hiddenBeside(all *disclosure.Protected, t *disclosure.TwoWay) *disclosure.Cells {
	alone := disclosure.HideSmall(disclosure.TwoWay{Rows: t.Rows, Columns: t.Columns, Threshold: t.Threshold, Counts: t.Counts})
	hidden := disclosure.NewCells(t.Rows, t.Columns)
	hidden.AddAll(all.HiddenCells())
	for row := range groups(t.Rows) {
		for col := range groups(t.Columns) {
			if fewBeside(all.Counts(row, col), alone.Counts(row, col), t.Threshold) {
				hidden.Add(row, col)
			}
		}
	}
	return hidden
}

// alsoHide adds what must be hidden of the verified to a table that has its counts.
// What all of them show is all.
func alsoHide(t *disclosure.TwoWay, all *disclosure.Protected) {
	hidden := hiddenBeside(all, t)
	if t.Hidden != nil {
		hidden.AddAll(t.Hidden)
	}
	t.Hidden = hidden
}
