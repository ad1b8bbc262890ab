package ledger

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"

	"hailong/survey"
)

// Discrepancies is what Verify found.
type Discrepancies struct {
	Chains    int
	Entries   int // of days that are not closed
	Parts     int // that are closed
	Named     int // responses, each time an entry names one
	Responses int // that are stored as the ledger says
	TakenBack int // that have a mark in their place

	// Erased is of how many responses a part was erased, by campaign: the ledger says what
	// they were before, and the audit log how many there may be.
	Erased map[survey.CampaignID]int

	// Unfinished is how many responses the end of a chain names that are not stored: the
	// process ended before it acknowledged them.
	Unfinished int

	Broken  []BrokenChain       // chains that are not whole
	Missing []Missing           // what the ledger names and is not stored, by day
	Altered []survey.ResponseID // not as the ledger says, or with a mark of being taken back that nothing else knows of
	Unknown []survey.ResponseID // stored behind the ledger's back
}

// BrokenChain says what of a chain is not whole.
type BrokenChain struct {
	ID   string // of the document: a chain, an entry or a closed part
	What string
}

// Missing is responses of a day that are not stored.
type Missing struct {
	Day survey.Date // on which the ledger took them in
	IDs []survey.ResponseID

	// Points are where fewer responses of that day are stored than the ledger counted, and
	// how many fewer. What was taken back on that day is among them.
	Points map[survey.PointCode]int
}

// Whole reports whether nothing was found.
func (r *Discrepancies) Whole() bool {
	return len(r.Broken)+len(r.Missing)+len(r.Altered)+len(r.Unknown) == 0
}

// confirmed is what both reports found: what another process writes while one is made is
// in that one alone.
func (r *Discrepancies) confirmed(before *Discrepancies) {
	r.Broken = both(r.Broken, before.Broken)
	r.Altered, r.Unknown = both(r.Altered, before.Altered), both(r.Unknown, before.Unknown)
	earlier := map[survey.Date]Missing{}
	for _, m := range before.Missing {
		earlier[m.Day] = m
	}
	var missing []Missing
	for _, m := range r.Missing {
		was := earlier[m.Day]
		if m.IDs = both(m.IDs, was.IDs); len(m.IDs) == 0 {
			continue
		}
		for point, n := range m.Points {
			m.Points[point] = min(n, was.Points[point])
		}
		maps.DeleteFunc(m.Points, func(_ survey.PointCode, n int) bool { return n == 0 })
		missing = append(missing, m)
	}
	r.Missing = missing
}

func both[T comparable](now, before []T) []T {
	was := make(map[T]bool, len(before))
	for _, v := range before {
		was[v] = true
	}
	return slices.DeleteFunc(now, func(v T) bool { return !was[v] })
}

// sheet is the counts of one part, or of the entries of a chain and a day.
type sheet struct {
	day      survey.Date
	counts   map[string]int
	found    map[string]int
	forgiven map[uuid.UUID]bool // that may be missing: the end of a chain
	missing  []survey.ResponseID
}

func newSheet(day survey.Date) *sheet {
	return &sheet{day: day, counts: map[string]int{}, found: map[string]int{}, forgiven: map[uuid.UUID]bool{}}
}

// missingOf sums sheets by day.
func missingOf(sheets []*sheet) []Missing {
	days := map[survey.Date]*Missing{}
	for _, s := range sheets {
		if len(s.missing) == 0 {
			continue
		}
		m := days[s.day]
		if m == nil {
			m = &Missing{Day: s.day, Points: map[survey.PointCode]int{}}
			days[s.day] = m
		}
		m.IDs = append(m.IDs, s.missing...)
		for point, n := range s.counts {
			if fewer := n - s.found[point]; fewer > 0 {
				m.Points[survey.PointCode(point)] += fewer
			}
		}
	}
	var all []Missing
	for _, m := range days {
		slices.Sort(m.IDs)
		m.IDs = slices.Compact(m.IDs)
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b Missing) int { return cmp.Compare(a.Day, b.Day) })
	return all
}
