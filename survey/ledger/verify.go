package ledger

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// mostAtOnce is how many leaves one pass over the responses holds in memory, of about 60
// bytes each.
const mostAtOnce = 2_000_000

// Verify holds every stored response against the ledger of a store, and the chains
// against each other. It writes nothing, and others may work meanwhile: what they do is
// told from damage by a second look. progress is told how many responses were looked at;
// nil: nobody is. Errors are those of the store; what is wrong is in the report.
func Verify(ctx context.Context, store survey.Store, progress func(responses int)) (Discrepancies, error) {
	return verify(ctx, store, mostAtOnce, progress)
}

func verify(ctx context.Context, store survey.Store, most int, progress func(int)) (Discrepancies, error) {
	if progress == nil {
		progress = func(int) {}
	}
	first, err := lookOnce(ctx, store, most, progress)
	if err != nil || first.Whole() {
		return first, err
	}
	second, err := lookOnce(ctx, store, most, progress)
	second.confirmed(&first)
	return second, err
}

func lookOnce(ctx context.Context, store survey.Store, most int, progress func(int)) (Discrepancies, error) {
	v := &verification{store: store, most: most, progress: progress, report: Discrepancies{Erased: map[survey.CampaignID]int{}}}
	if err := v.readChains(ctx); err != nil {
		return v.report, err
	}
	for _, r := range v.ranges() {
		if err := v.responses(ctx, r); err != nil {
			return v.report, err
		}
	}
	v.report.Missing = missingOf(v.sheets)
	return v.report, nil
}

// verification is the ledger as far as it was read, and what is held against it.
type verification struct {
	store    survey.Store
	most     int
	progress func(int)
	report   Discrepancies

	parts   []partRange
	entries []entryLeaf
	sheets  []*sheet
	sample  []uuid.UUID // every so many of all ids in parts
	seen    int         // responses
}

// partRange is where the leaves of a part lie.
type partRange struct {
	id          string
	sheet       int
	first, last uuid.UUID
	leaves      int
}

// entryLeaf is a leaf with what accounts for it.
type entryLeaf struct {
	leaf
	sheet int
}

// sampleEach is how many leaves of a part stand for one of the sample.
const sampleEach = 256

// idRange is ids with from <= id < to; an empty to means no upper end.
type idRange struct{ from, to string }

func (r idRange) has(id uuid.UUID) bool {
	s := id.String()
	return s >= r.from && (r.to == "" || s < r.to)
}

// ranges divides all ids so that no range has many more leaves than fit at once.
func (v *verification) ranges() []idRange {
	for i := range v.entries {
		if i%sampleEach == 0 {
			v.sample = append(v.sample, v.entries[i].id())
		}
	}
	slices.SortFunc(v.sample, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	each := max(v.most/sampleEach, 1)
	ranges := []idRange{{}}
	for i := each; i < len(v.sample); i += each {
		last := &ranges[len(ranges)-1]
		if at := v.sample[i].String(); at > last.from {
			last.to = at
			ranges = append(ranges, idRange{from: at})
		}
	}
	return ranges
}

// leavesIn reads the leaves of a range, by id.
func (v *verification) leavesIn(ctx context.Context, r idRange) ([]entryLeaf, error) {
	var all []entryLeaf
	for _, e := range v.entries {
		if r.has(e.id()) {
			all = append(all, e)
		}
	}
	for _, p := range v.parts {
		if p.leaves == 0 || r.to != "" && p.first.String() >= r.to || p.last.String() < r.from {
			continue
		}
		raw, err := v.store.Get(ctx, survey.LedgerDays, p.id)
		if err != nil {
			return nil, err
		}
		read, _, err := readPart(raw)
		if err != nil {
			return nil, err
		}
		for _, l := range leavesOf(read.Leaves) {
			if r.has(l.id()) {
				all = append(all, entryLeaf{l, p.sheet})
			}
		}
	}
	slices.SortFunc(all, func(a, b entryLeaf) int { return compareLeaves(a.leaf, b.leaf) })
	return all, nil
}

// responses holds the responses of a range against the leaves. Both come by rising id.
func (v *verification) responses(ctx context.Context, r idRange) error {
	leaves, err := v.leavesIn(ctx, r)
	if err != nil {
		return err
	}
	// named takes the leaves up to an id off, and returns those of the id.
	named := func(id uuid.UUID) []entryLeaf {
		n := 0
		for n < len(leaves) && bytes.Compare(leaves[n].leaf[:idSize], id[:]) < 0 {
			n++
		}
		v.absent(leaves[:n])
		leaves = leaves[n:]
		for n = 0; n < len(leaves) && leaves[n].id() == id; n++ {
		}
		of := leaves[:n]
		leaves = leaves[n:]
		return of
	}
	err = v.store.Scan(ctx, survey.Responses, r.from, r.to, func(doc bson.Raw) error {
		if v.seen++; v.seen%10_000 == 0 {
			v.progress(v.seen)
		}
		id := survey.DocumentText(doc, "_id")
		parsed, err := uuid.Parse(id)
		if err != nil || parsed.String() != id {
			v.report.Unknown = append(v.report.Unknown, survey.ResponseID(id))
			return nil
		}
		return v.judge(ctx, survey.ResponseID(id), doc, named(parsed))
	})
	v.absent(leaves)
	return err
}

// judge holds a response against the leaves of its id.
func (v *verification) judge(ctx context.Context, id survey.ResponseID, doc bson.Raw, leaves []entryLeaf) error {
	if survey.IsTakenBack(doc) {
		switch _, err := v.store.Get(ctx, survey.TakenBackMarks, string(id)); {
		case survey.Is(err, survey.NotFound):
			v.report.Altered = append(v.report.Altered, id)
		case err != nil:
			return err
		}
		v.report.TakenBack++
		return nil
	}
	c, erased, err := survey.CommitmentOf(doc)
	fits := err == nil && slices.ContainsFunc(leaves, func(l entryLeaf) bool { return l.commitment() == c })
	switch {
	case len(leaves) == 0:
		v.report.Unknown = append(v.report.Unknown, id)
	case !fits:
		v.report.Altered = append(v.report.Altered, id)
	case erased:
		v.report.Erased[survey.CampaignID(survey.DocumentText(doc, "campaign"))]++
		v.report.Responses++
	default:
		v.report.Responses++
	}
	for _, l := range leaves {
		v.sheets[l.sheet].found[survey.DocumentText(doc, "point")]++
	}
	return nil
}

// absent notes leaves whose ids are not stored. Where one of an id is at the end of a
// chain and another is not, somebody acknowledged it.
func (v *verification) absent(leaves []entryLeaf) {
	for len(leaves) > 0 {
		id, n, forgiven := leaves[0].id(), 0, true
		for ; n < len(leaves) && leaves[n].id() == id; n++ {
			forgiven = forgiven && v.sheets[leaves[n].sheet].forgiven[id]
		}
		if forgiven {
			v.report.Unfinished++
		} else {
			for _, l := range leaves[:n] {
				s := v.sheets[l.sheet]
				if !s.forgiven[id] {
					s.missing = append(s.missing, survey.ResponseID(id.String()))
				}
			}
		}
		leaves = leaves[n:]
	}
}
