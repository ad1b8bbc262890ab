package surveytest

import (
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/ledger"
)

// Given is what somebody filled in: pairs of item and code, or of "t." with an item,
// and text.
func Given(pairs ...string) survey.Given {
	g := survey.Given{Codes: map[string][]string{}, Texts: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		if item, isText := strings.CutPrefix(pairs[i], "t."); isText {
			g.Texts[item] = pairs[i+1]
		} else {
			g.Codes[pairs[i]] = append(g.Codes[pairs[i]], pairs[i+1])
		}
	}
	return g
}

// ResponseID is the id of a Submission.
const ResponseID = "0199b2a4-7c1e-7d3a-9f00-1234567890ab"

// IntakeFixture is an intake over a store after its first start.
type IntakeFixture struct {
	intake.Intake
	Current *survey.Catalog
	Kept    []survey.ResponseID
}

// NewIntake returns an intake on 3 March 2026 over a store after its first start.
func NewIntake(t *testing.T) *IntakeFixture {
	t.Helper()
	store, c := FirstStart(t, "2026-03-02")
	now := func() time.Time { return time.Date(2026, 3, 2, 20, 0, 0, 1_234_567, time.UTC) } // already 3 March in Viet Nam
	d := &IntakeFixture{Current: c}
	d.Intake = intake.Intake{
		Store: store, Ledger: ledger.New(store, now), Catalog: func() *survey.Catalog { return d.Current }, Now: now,
		Stored: func(r survey.Response) { d.Kept = append(d.Kept, r.ID) },
	}
	return d
}

// At returns the code of a point for a form, with or without a fixed sector.
func (d *IntakeFixture) At(form survey.FormCode, sector survey.SectorID) survey.PointCode {
	for _, p := range d.Current.Points {
		if p.Form == form && p.Sector == sector {
			return p.Code
		}
	}
	return ""
}

// Submission is a response sent at the first counter.
func (d *IntakeFixture) Submission(given survey.Given) intake.Submission {
	return intake.Submission{ID: ResponseID, Point: d.At("tthc-quick", ""), Lang: "vi", Given: given}
}
