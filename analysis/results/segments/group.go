package segments

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// RowGroup is what responses have in common that figures group them by, or that says
// whether a release holds them.
type RowGroup struct {
	Form, Unit, Sector, Channel, Day, Point string
	Verified                                bool // its class
	Received                                time.Time
}

// compare orders groups so that those that figures add up lie side by side.
func (g *RowGroup) compare(o *RowGroup) int {
	verified := func(g *RowGroup) int {
		if g.Verified {
			return 1
		}
		return 0
	}
	return cmp.Or(
		strings.Compare(g.Unit, o.Unit), strings.Compare(g.Form, o.Form), strings.Compare(g.Sector, o.Sector),
		strings.Compare(g.Channel, o.Channel), cmp.Compare(verified(g), verified(o)), strings.Compare(g.Day, o.Day),
		g.Received.Compare(o.Received), strings.Compare(g.Point, o.Point),
	)
}

// GroupCount is a group and how many rows it has. Rows of a block stand in the order of
// its groups.
type GroupCount struct {
	RowGroup
	N int
}

// texts are the text fields of a group.
func (g *RowGroup) texts() [6]*string {
	return [...]*string{&g.Form, &g.Unit, &g.Sector, &g.Channel, &g.Day, &g.Point}
}

// appendGroups writes groups: a list of the texts in them, then field by field.
func appendGroups(dst []byte, groups []GroupCount) []byte {
	number, words := map[string]uint64{}, []string{}
	for i := range groups {
		for _, text := range groups[i].texts() {
			if _, known := number[*text]; !known {
				number[*text] = uint64(len(words))
				words = append(words, *text)
			}
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(words)))
	for _, word := range words {
		dst = append(binary.AppendUvarint(dst, uint64(len(word))), word...)
	}
	for field := range (&RowGroup{}).texts() {
		for i := range groups {
			dst = binary.AppendUvarint(dst, number[*groups[i].texts()[field]])
		}
	}
	last := int64(0)
	for i := range groups {
		at := groups[i].Received.UnixMilli()
		dst = binary.AppendVarint(dst, at-last)
		last = at
	}
	for i := range groups {
		n := uint64(groups[i].N) << 1 //nolint:gosec // a count
		if groups[i].Verified {
			n |= 1
		}
		dst = binary.AppendUvarint(dst, n)
	}
	return dst
}

// numbers reads what appendGroups wrote; after something it cannot read, bad is true.
type numbers struct {
	rest []byte
	bad  bool
}

func (r *numbers) unsigned() uint64 { return next(r, binary.Uvarint) }

func (r *numbers) signed() int64 { return next(r, binary.Varint) }

func next[T int64 | uint64](r *numbers, decode func([]byte) (T, int)) T {
	v, n := decode(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *numbers) text() string {
	n := r.unsigned()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return ""
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	return text
}

// readGroups reads n groups of so many rows.
func readGroups(raw []byte, n, rows int) ([]GroupCount, error) {
	r := numbers{rest: raw}
	known := r.unsigned()
	if known > uint64(len(raw)) || n < 0 || n > len(raw) {
		return nil, errDamaged
	}
	words := make([]string, known)
	for i := range words {
		words[i] = r.text()
	}
	groups := make([]GroupCount, n)
	for field := range (&RowGroup{}).texts() {
		for i := range groups {
			word := r.unsigned()
			if word >= known {
				return nil, errDamaged
			}
			*groups[i].texts()[field] = words[word]
		}
	}
	at := int64(0)
	for i := range groups {
		at += r.signed()
		groups[i].Received = time.UnixMilli(at).UTC()
	}
	total := 0
	for i := range groups {
		count := r.unsigned()
		if count>>1 > uint64(rows) { //nolint:gosec // a count
			return nil, errDamaged
		}
		groups[i].N, groups[i].Verified = int(count>>1), count&1 == 1
		total += groups[i].N
	}
	if r.bad || len(r.rest) > 0 || total != rows {
		return nil, errDamaged
	}
	return slices.Clip(groups), nil
}
