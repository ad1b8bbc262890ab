package ledger

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// chainState is a chain as far as it was read.
type chainState struct {
	begun  *chain
	head   ChainHead        // of what was read
	parts  int64            // that were read
	hashes map[int64][]byte // of entries, where they are known
}

// readChains reads the whole ledger and checks that each chain is whole. Chains are read
// first, then entries, then parts: what another process closes meanwhile is found twice,
// and never not at all.
func (v *verification) readChains(ctx context.Context) error {
	all, err := chains(ctx, v.store)
	if err != nil {
		return err
	}
	states := map[ChainID]*chainState{}
	for id, c := range all {
		opening, err := c.opening()
		if err != nil {
			return err
		}
		states[id] = &chainState{begun: &c, head: ChainHead{Chain: id, Hash: opening}, hashes: map[int64][]byte{0: opening}}
	}
	v.report.Chains = len(all)
	entries, err := v.readEntries(ctx)
	if err != nil {
		return err
	}
	if err := v.readParts(ctx, states); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(entries)) {
		v.follow(v.state(states, id, entries[id][0].ID), entries[id])
	}
	for _, id := range slices.Sorted(maps.Keys(states)) {
		v.checkNamed(states, states[id])
	}
	return nil
}

// state is the state of a chain, which may have lost what it began with.
func (v *verification) state(states map[ChainID]*chainState, id ChainID, document string) *chainState {
	if states[id] == nil {
		v.broken(document, "its chain is not there")
		states[id] = &chainState{head: ChainHead{Chain: id}, hashes: map[int64][]byte{}}
	}
	return states[id]
}

func (v *verification) broken(id, format string, args ...any) {
	v.report.Broken = append(v.report.Broken, BrokenChain{id, fmt.Sprintf(format, args...)})
}

// readEntries reads the entries that are not closed, by chain.
func (v *verification) readEntries(ctx context.Context) (map[ChainID][]entry, error) {
	entries := map[ChainID][]entry{}
	err := v.store.Scan(ctx, survey.Ledger, "", "", func(raw bson.Raw) error {
		e, whole, err := readEntry(raw)
		if err != nil || !whole {
			v.broken(survey.DocumentText(raw, "_id"), "its content does not fit its hash")
			return nil //nolint:nilerr // it is in the report
		}
		entries[e.chain] = append(entries[e.chain], e)
		return nil
	})
	return entries, err
}

// readParts reads what is closed, and holds each part against the one before.
func (v *verification) readParts(ctx context.Context, states map[ChainID]*chainState) error {
	err := v.store.Scan(ctx, survey.LedgerDays, "", "", func(raw bson.Raw) error {
		p, whole, err := readPart(raw)
		if err != nil || !whole {
			v.broken(survey.DocumentText(raw, "_id"), "its content does not fit its hash")
			if err != nil || p.chain == "" {
				return nil //nolint:nilerr // it is in the report
			}
		}
		v.report.Parts++
		s := v.state(states, p.chain, p.ID)
		if p.number != s.parts+1 || p.First != s.head.Seq+1 || !bytes.Equal(p.Prev, s.head.Hash) {
			v.broken(p.ID, "it does not follow the part before it")
		}
		s.parts, s.head = p.number, ChainHead{p.chain, p.Last, p.Head}
		s.hashes[p.Last] = p.Head
		v.take(&p)
		return nil
	})
	for _, id := range slices.Sorted(maps.Keys(states)) {
		if s := states[id]; s.begun != nil && s.parts < s.begun.Parts {
			v.broken(partID(id, s.begun.Parts), "the part is not there")
		}
	}
	return err
}

// take notes where the leaves of a part are, and what it counted.
func (v *verification) take(p *part) {
	leaves := leavesOf(p.Leaves)
	s := newSheet(p.Day)
	for _, c := range p.Points {
		s.counts[c.Point] += c.N
	}
	s.forgiven = idsOf(p.Unused)
	r := partRange{id: p.ID, sheet: len(v.sheets), leaves: len(leaves)}
	v.sheets = append(v.sheets, s)
	v.report.Named += len(leaves)
	for i, l := range leaves {
		if id := l.id(); i == 0 || bytes.Compare(id[:], r.first[:]) < 0 {
			r.first = id
		}
		if id := l.id(); bytes.Compare(id[:], r.last[:]) > 0 {
			r.last = id
		}
		if i%sampleEach == 0 {
			v.sample = append(v.sample, l.id())
		}
	}
	v.parts = append(v.parts, r)
}

// follow holds the entries of a chain against what is closed of it and each other.
func (v *verification) follow(s *chainState, entries []entry) {
	byDay := map[survey.Date]int{}
	closed := s.head.Seq
	for i := range entries {
		e := &entries[i]
		s.hashes[e.seq] = e.Hash
		if e.seq <= closed { // a kill left it, or it was closed meanwhile
			continue
		}
		if e.seq != s.head.Seq+1 {
			v.broken(e.ID, "%d before it are missing", e.seq-s.head.Seq-1)
		} else if !bytes.Equal(e.Prev, s.head.Hash) {
			v.broken(e.ID, "it does not follow the entry before it")
		}
		s.head = e.head()
		v.report.Entries++
		at, known := byDay[e.Day]
		if !known {
			at = len(v.sheets)
			byDay[e.Day] = at
			v.sheets = append(v.sheets, newSheet(e.Day))
		}
		for n, l := range leavesOf(e.Leaves) {
			v.report.Named++
			v.entries = append(v.entries, entryLeaf{l, at})
			v.sheets[at].counts[e.Points[n]]++
			if i == len(entries)-1 {
				v.sheets[at].forgiven[l.id()] = true
			}
		}
	}
}

// checkNamed holds a chain against what the chains that began after it named.
func (v *verification) checkNamed(states map[ChainID]*chainState, s *chainState) {
	if s.begun == nil {
		return
	}
	if s.begun.Closed > s.head.Seq {
		v.broken(string(s.head.Chain), "its end is not there")
	}
	for _, named := range s.begun.Saw {
		switch of := states[named.Chain]; {
		case of == nil:
			v.broken(string(named.Chain), "the chain is not there")
		case of.head.Seq < named.Seq:
			v.broken(entryID(named.Chain, named.Seq), "it is not there, and what followed it")
		case of.hashes[named.Seq] != nil && !bytes.Equal(of.hashes[named.Seq], named.Hash):
			v.broken(entryID(named.Chain, named.Seq), "it is another one than before")
		}
	}
}
