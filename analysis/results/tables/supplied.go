package tables

import (
	"hailong/analysis"
	"hailong/analysis/results/columns"
	"hailong/survey"
)

// Supplied is how much of what a query keeps was brought by programs and files
// (survey.Channel.Supplied). The quarantine does not judge these responses, so that
// whoever reads the figures is told how many there are.
type Supplied struct {
	Responses, Of int64
	// Figures are those with and without them; nil where the two would tell what a few
	// people answered.
	Figures *Alternatives
}

// Alternatives are two figures of the same, without some responses and with them.
type Alternatives struct{ Without, With Figure }

// loudShare is the share from which on, exclusive, readers are warned.
const loudShare = 0.1

// Share is the part of all responses that was brought so; 0 where there are none.
func (s Supplied) Share() float64 {
	if s.Of == 0 {
		return 0
	}
	return float64(s.Responses) / float64(s.Of)
}

// Loud reports whether so many were brought that readers must be warned.
func (s Supplied) Loud() bool { return s.Share() > loudShare }

// Supplied tells how much of what a query keeps was brought by programs and files. The
// query keeps places alone (OnlyPlaces) and is one that Answer answers for an office.
//
// Two figures tell the difference between them. They are told where everything that can
// be computed of them and of the table by channel is shown as well, or has nobody in it:
// each channel of those that are left out, all of these together, the others, and those
// of the others without a proof, which the figure of the verified responses leaves. Each
// of them must have enough respondents in every factor: their mean follows the factors.
func (v *CampaignTables) Supplied(q Query) (Supplied, error) {
	byChannel := q
	byChannel.By = []Dimension{ByChannel}
	t, err := v.Answer(byChannel)
	if err != nil {
		return Supplied{}, err
	}
	codes, ok := v.codes(q.Where)
	if !ok { // nobody answered there
		return Supplied{}, nil
	}
	ix := measureOf(v.Layout, t.Method).indexUnder(v.Layout, t.Method)
	parts, err := v.suppliedParts(ix, codes)
	if err != nil {
		return Supplied{}, err
	}
	s := Supplied{Responses: parts.supplied.Rows(1), Of: parts.kept.Rows(1)}
	shown := s.Responses > 0 && !t.Overall.Suppressed
	for _, g := range t.Groups {
		if survey.Channel(g.Keys[0]).Supplied() && g.Figure.Suppressed {
			shown = false
		}
	}
	confidence := t.Method.Confidence
	for _, part := range []*analysis.IndexTable{parts.supplied, parts.others, parts.open} {
		shown = shown && enough(part, len(ix.Factors), confidence, v.Threshold())
	}
	without := figureOf(parts.others.Estimate(1, confidence))
	if shown && without.Defined() && t.Overall.Defined() {
		s.Figures = &Alternatives{Without: without, With: t.Overall}
	}
	return s, nil
}

// suppliedParts are the sums of what a query keeps, each in cell 1 of its table: all of
// it, what programs and files brought, the others, and the others without a proof.
type suppliedParts struct{ kept, supplied, others, open *analysis.IndexTable }

// columnCode is a code in a domain column.
type columnCode struct{ column, code int }

// codes are the columns and codes that filters keep; ok is false where nobody has one of
// them.
func (v *CampaignTables) codes(where []Filter) (codes []columnCode, ok bool) {
	for i := range where {
		code, ok := v.code(&where[i])
		if !ok {
			return nil, false
		}
		codes = append(codes, columnCode{positions[where[i].Dimension].column, code})
	}
	return codes, true
}

func (v *CampaignTables) suppliedParts(ix analysis.Index, kept []columnCode) (p suppliedParts, err error) {
	brought := make([]bool, len(v.Keys[columns.Channel]))
	for code, key := range v.Keys[columns.Channel] {
		brought[code] = survey.Channel(key).Supplied()
	}
	verified := v.verifiedCode()
	for _, part := range []struct {
		into  **analysis.IndexTable
		holds func(supplied, verified bool) bool
	}{
		{&p.kept, func(bool, bool) bool { return true }},
		{&p.supplied, func(supplied, _ bool) bool { return supplied }},
		{&p.others, func(supplied, _ bool) bool { return !supplied }},
		{&p.open, func(supplied, verified bool) bool { return !supplied && !verified }},
	} {
		*part.into, err = v.SumApart(ix, func(row [columns.DomainColumns]uint32) bool {
			for _, k := range kept {
				if int(row[k.column]) != k.code {
					return false
				}
			}
			return part.holds(brought[row[columns.Channel]], verified > 0 && int(row[columns.Proof]) == verified)
		})
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// enough reports whether nobody is in cell 1 of a table, or as many as are shown, in
// each of its factors too.
func enough(t *analysis.IndexTable, factors int, confidence float64, threshold int64) bool {
	few := func(n int64) bool { return 0 < n && n < threshold }
	if few(t.Rows(1)) {
		return false
	}
	for f := range factors {
		if few(t.Factor(1, f, confidence).Respondents) {
			return false
		}
	}
	return true
}
