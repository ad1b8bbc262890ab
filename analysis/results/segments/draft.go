package segments

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"hailong/survey"
)

// HeldItem is a question whose answers are held, a byte a response.
type HeldItem struct {
	Code  string `json:"code"`
	Codes uint8  `json:"codes"` // the highest
}

// ResponseRow is a response.
type ResponseRow struct {
	ID uuid.UUID
	RowGroup
	Judged  bool    // the quarantine judges it: its moment of receipt keeps the hour for longer
	Answers []uint8 // to the items of its campaign
}

// Draft is a segment that is being made.
type Draft struct {
	From      string // id
	blocks    map[survey.CampaignID]*draftBlock
	witnesses map[witnessed]Witness
	gone      []uuid.UUID
	late      []uuid.UUID
	rows      int

	// It ends behind the last row: of what was visited since, so many are in it.
	end            string
	gonesIn, lates int
}

// witnessed is what one response bears witness of.
type witnessed struct {
	day    survey.Date
	judged bool
	ofDay  bool // the moment is an end of the day, else of an hour
}

// draftBlock is the rows of a campaign.
type draftBlock struct {
	items    []HeldItem
	groupOf  map[RowGroup]int
	groups   []GroupCount
	ids      []uuid.UUID
	group    []int     // by row
	answers  [][]uint8 // by item and row
	position []int     // of each row, once they are sorted
}

// NewDraft begins a segment of ids from one on.
func NewDraft(from string) *Draft {
	return &Draft{From: from, blocks: map[survey.CampaignID]*draftBlock{}, witnesses: map[witnessed]Witness{}}
}

// Rows is how many rows there are.
func (d *Draft) Rows() int { return d.rows }

// behind is how many responses were visited since the last row that cannot be in it.
func (d *Draft) behind() int { return len(d.late) - d.lates }

// Settled reports whether a moment of receipt was blurred: one that is exact changes soon.
func Settled(r *survey.Response) bool {
	first, last := survey.HourEnds(r.Received)
	return r.Received.Equal(first) || r.Received.Equal(last)
}

// Add adds a row. Ids rise from call to call.
func (d *Draft) Add(campaign survey.CampaignID, items []HeldItem, r ResponseRow) {
	b := d.blocks[campaign]
	if b == nil {
		b = &draftBlock{items: items, groupOf: map[RowGroup]int{}, answers: make([][]uint8, len(items))}
		d.blocks[campaign] = b
	}
	g, known := b.groupOf[r.RowGroup]
	if !known {
		g = len(b.groups)
		b.groupOf[r.RowGroup] = g
		b.groups = append(b.groups, GroupCount{RowGroup: r.RowGroup})
	}
	b.groups[g].N++
	b.ids, b.group = append(b.ids, r.ID), append(b.group, g)
	for i, code := range r.Answers {
		b.answers[i] = append(b.answers[i], code)
	}
	d.rows++
	d.end, d.gonesIn, d.lates = Behind(r.ID.String()), len(d.gone), len(d.late)

	first, last := survey.DayEnds(r.Received)
	of := witnessed{survey.DateOf(r.Received), r.Judged, r.Received.Equal(first) || r.Received.Equal(last)}
	if _, known := d.witnesses[of]; !known {
		d.witnesses[of] = Witness{ID: r.ID, Received: r.Received.UnixMilli()}
	}
}

// AddGone notes a response in the range that was taken back.
func (d *Draft) AddGone(id uuid.UUID) { d.gone = append(d.gone, id) }

// AddLate notes a response in the range that is to be read from the store.
func (d *Draft) AddLate(id uuid.UUID) { d.late = append(d.late, id) }

// holds reports whether a response is among the rows.
func (d *Draft) holds(id uuid.UUID) bool {
	for _, b := range d.blocks {
		if _, found := slices.BinarySearchFunc(b.ids, id, compareIDs); found {
			return true
		}
	}
	return false
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// encode writes the segment.
func (d *Draft) encode(c codec) (header, []byte) {
	h := header{From: d.From, To: d.end, Rows: d.rows, Gone: d.gone[:d.gonesIn]}
	for _, w := range d.witnesses {
		h.Witnesses = append(h.Witnesses, w)
	}
	slices.SortFunc(h.Witnesses, func(a, b Witness) int { return compareIDs(a.ID, b.ID) })
	var body []byte
	var places []placedID
	start := 0
	for _, campaign := range slices.Sorted(maps.Keys(d.blocks)) {
		b := d.blocks[campaign]
		b.sort()
		stored := storedBlock{Campaign: campaign, Items: b.items, Rows: len(b.ids), Groups: len(b.groups)}
		var f frame
		body, f = c.add(body, appendGroups(nil, b.groups))
		stored.GroupFrame = f
		column := make([]uint8, len(b.ids))
		for _, answers := range b.answers {
			for row, code := range answers {
				column[b.position[row]] = code
			}
			body, f = c.add(body, column)
			stored.ItemFrames = append(stored.ItemFrames, f)
		}
		for row, id := range b.ids {
			places = append(places, placedID{id, uint32(start + b.position[row])}) //nolint:gosec // rows of a segment
		}
		start += len(b.ids)
		h.Blocks = append(h.Blocks, stored)
	}
	h.Size = int64(len(body))
	slices.SortFunc(places, func(a, b placedID) int { return compareIDs(a.id, b.id) })
	body, h.IDs = appendIDs(c, body, places)
	return h, body
}

// sort puts groups in order, and finds where each row comes.
func (b *draftBlock) sort() {
	order := make([]int, len(b.groups))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return b.groups[i].compare(&b.groups[j].RowGroup) })
	next, groups, start := make([]int, len(order)), make([]GroupCount, len(order)), 0
	for at, g := range order {
		groups[at] = b.groups[g]
		next[g] = start
		start += b.groups[g].N
	}
	b.groups = groups
	b.position = make([]int, len(b.ids))
	for row, g := range b.group {
		b.position[row] = next[g]
		next[g]++
	}
}

// Behind is the first id after one.
func Behind(id string) string { return id + "\x00" }

// compareRanges orders segments by where they begin.
func compareRanges(a, b *Segment) int {
	return cmp.Or(strings.Compare(a.header.From, b.header.From), strings.Compare(a.header.To, b.header.To))
}
