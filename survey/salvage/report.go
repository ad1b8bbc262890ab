package salvage

import (
	"cmp"
	"maps"
	"slices"

	"hailong/survey"
	"hailong/survey/ledger"
)

// Report says what a salvage did, and what is missing.
type Report struct {
	Collections []CollectionReport   `json:"collections"`
	Responses   []MissingResponses   `json:"missing_responses,omitempty"`
	Unfinished  int                  `json:"unfinished,omitempty"` // responses that the end of a chain names: lost, or never acknowledged
	Entered     int                  `json:"entered_anew,omitempty"`
	Audit       []survey.NumberRange `json:"missing_audit_entries,omitempty"`
	Documents   []string             `json:"missing_documents,omitempty"` // that the audit log knows
	Damage      []survey.Damage      `json:"damage,omitempty"`            // the first of them
	More        int                  `json:"more_damage,omitempty"`
}

// CollectionReport says how much of a collection was got out.
type CollectionReport struct {
	Collection survey.Collection `json:"collection"`
	Stored     *int              `json:"stored"` // null where nobody knows
	Salvaged   int               `json:"salvaged"`
	Vouched    int               `json:"of_these_vouched,omitempty"` // found apart, with somebody to vouch for them
	Marked     int               `json:"marks_put_back,omitempty"`   // in the place of responses that were taken back
	Missing    *int              `json:"missing"`
	SetApart   int               `json:"set_apart,omitempty"`
	LeftOut    int               `json:"left_out,omitempty"` // old copies that must not come back
}

// MissingResponses is responses of a day that the ledger names and that are not there.
type MissingResponses struct {
	Day       survey.Date              `json:"day"`
	Responses []survey.ResponseID      `json:"responses"`
	Points    map[survey.PointCode]int `json:"points"` // how many fewer are there than the ledger counted
}

// Missing is how many documents are missing, and whether that is known of every
// collection.
func (r *Report) Missing() (n int, known bool) {
	known = true
	for _, c := range r.Collections {
		if c.Missing == nil {
			known = false
			continue
		}
		n += *c.Missing
	}
	return n, known
}

// lost reports whether something of a collection is missing, or may be.
func (r *Report) lost(c survey.Collection) bool {
	i := slices.IndexFunc(r.Collections, func(of CollectionReport) bool { return of.Collection == c })
	return i < 0 || r.Collections[i].Missing == nil || *r.Collections[i].Missing > 0
}

// listed is how much of the damage a report lists.
const listed = 1000

// note puts the damage of a source into the report.
func (r *Report) note(all []survey.Damage) {
	n := min(len(all), listed)
	r.Damage, r.More = all[:n], len(all)-n
}

// missingOf is what the ledger says is missing, as a report says it.
func missingOf(found []ledger.Missing) []MissingResponses {
	var all []MissingResponses
	for _, m := range found {
		all = append(all, MissingResponses{Day: m.Day, Responses: m.IDs, Points: maps.Clone(m.Points)})
	}
	slices.SortFunc(all, func(a, b MissingResponses) int { return cmp.Compare(a.Day, b.Day) })
	return all
}
