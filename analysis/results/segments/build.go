package segments

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/ledger"
)

const (
	// MostRows is how many responses a segment has at the most. What is read anew when one
	// of them is taken back, or when their moments are blurred, is as much.
	MostRows = 1 << 18

	// FewestRows is how many it must have: fewer are read from the store as fast.
	FewestRows = 1 << 12

	// othersShare bounds how many responses of its range may be read beside a segment: a
	// sixteenth.
	othersShare = 16
)

// Scan reads the stored responses with from <= id, calls visit with a row, a mark of what was
// taken back or another response to be left out, until visit reports false.
type Scan func(ctx context.Context, from string, visit func(Visited) (bool, error)) error

// Visited is a stored document of a response.
type Visited struct {
	ID       uuid.UUID
	Name     string // the id as it is stored
	Campaign survey.CampaignID
	Items    []HeldItem
	Row      *ResponseRow // nil: it is not to be in a segment
	Gone     bool         // it was taken back
}

// Build makes segments of what is in none, and returns of how many responses. It may be
// killed anywhere, and is called every so often. Errors are those of the store, of scan
// and of the disk.
func (d *Directory) Build(ctx context.Context, store survey.Store, most, fewest int, scan Scan) (rows int, err error) {
	d.building.Lock()
	defer d.building.Unlock()
	proven, position, err := d.prove(ctx, store)
	if err != nil {
		return 0, err
	}
	if err := d.move(proven, position); err != nil {
		return 0, err
	}
	for _, gap := range Ranges(proven) {
		n, err := d.fill(ctx, gap, most, fewest, scan)
		rows += n
		if err != nil {
			return rows, err
		}
	}
	if pair, found := smallPair(proven, most); found && rows == 0 {
		return d.fill(ctx, pair, most, fewest, scan)
	}
	return rows, nil
}

// move notes that the segments are proven from a later position on, with what came into
// their ranges until then; those that are to be made are proven from there on too.
func (d *Directory) move(proven []Proven, position ledger.ClosedPosition) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range proven {
		if _, known := d.late[p.Segment]; known {
			d.late[p.Segment] = p.Late
		}
	}
	d.position = position
	return d.writeList()
}

// smallPair is the range of two neighbours that are to become one: the second at least half
// as large as the first, so that each response is read again few times.
func smallPair(proven []Proven, most int) (pair [2]string, found bool) {
	for i := 1; i < len(proven); i++ {
		a, b := proven[i-1], proven[i]
		if a.Rows()+b.Rows() <= most && 2*b.Rows() >= a.Rows() {
			return [2]string{a.header.From, b.header.To}, true
		}
	}
	return pair, false
}

// fill makes segments of a range of ids; without a second one, of all from the first on.
func (d *Directory) fill(ctx context.Context, within [2]string, most, fewest int, scan Scan) (rows int, err error) {
	from, end := within[0], within[1]
	draft := NewDraft(from)
	flush := func(next string) error {
		last := draft
		draft = NewDraft(next)
		if last.rows < fewest || last.rows < othersShare*last.lates {
			return nil
		}
		rows += last.rows
		return d.put(last)
	}
	err = scan(ctx, from, func(v Visited) (bool, error) {
		if end != "" && v.Name >= end {
			return false, nil
		}
		d.add(draft, v)
		if draft.rows == most || draft.behind() > max(fewest, draft.rows/othersShare) {
			return true, flush(Behind(v.Name))
		}
		return true, nil
	})
	if err == nil {
		err = flush("")
	}
	return rows, err
}

// add puts a visited response into a draft.
func (d *Directory) add(draft *Draft, v Visited) {
	switch {
	case v.Gone:
		draft.AddGone(v.ID)
	case v.Row == nil || d.isForgotten(v.ID):
		draft.AddLate(v.ID)
	default:
		draft.Add(v.Campaign, v.Items, *v.Row)
	}
}

func (d *Directory) isForgotten(id uuid.UUID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.forgotten[id]
}

// Ranges are the parts of all ids that no proven segment covers.
func Ranges(proven []Proven) (gaps [][2]string) {
	at := ""
	for _, p := range slices.SortedFunc(slices.Values(proven), func(a, b Proven) int { return compareRanges(a.Segment, b.Segment) }) {
		from, to := p.Range()
		if from > at {
			gaps = append(gaps, [2]string{at, from})
		}
		at = to
	}
	return append(gaps, [2]string{at, ""})
}
