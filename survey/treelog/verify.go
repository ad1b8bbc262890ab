package treelog

import (
	"context"
	"errors"
	"fmt"

	"hailong/survey"
	"hailong/survey/ledger"
)

// Verify holds the log of a store against its ledger and its editions: each record fits
// its part, each closed part has a record, and each head that an edition names is signed
// and is of this log. It returns how many records it looked at, and calls wrong for what
// does not fit.
func Verify(ctx context.Context, store survey.Store, wrong func(survey.Damage)) (looked int, err error) {
	v := verification{store: store, wrong: wrong, numbers: map[partKey]int64{}}
	if err := readRecords(ctx, store, 0, v.read); err != nil {
		if !survey.Is(err, survey.Internal) {
			return 0, err
		}
		wrong(survey.Damage{Collection: survey.LogRecords, What: err.Error()})
	}
	for n := range v.records.Size() {
		if err := v.record(ctx, n); err != nil {
			return 0, err
		}
	}
	if err := v.unrecorded(ctx); err != nil {
		return 0, err
	}
	return int(v.records.Size()), v.editions(ctx)
}

type verification struct {
	store   survey.Store
	wrong   func(survey.Damage)
	records Records
	numbers map[partKey]int64
	newest  survey.Date // of the parts that have records
}

func (v *verification) read(text string) error { return v.records.Append(text) }

// record holds a record against its part.
func (v *verification) record(ctx context.Context, n int64) error {
	damage := survey.Damage{Collection: survey.LogRecords, ID: recordID(n)}
	r, err := ParseRecord(v.records.Text(n))
	if err != nil {
		damage.What = "it is not a record of the log"
		v.wrong(damage)
		return nil
	}
	if r.Part == nil {
		return nil
	}
	key := partKey{r.Part.Chain, r.Part.Number}
	damage.Day = r.Part.Day
	if before, twice := v.numbers[key]; twice {
		damage.What = fmt.Sprintf("its part of the ledger is that of record %d", before)
		v.wrong(damage)
	}
	v.numbers[key], v.newest = n, max(v.newest, r.Part.Day)
	stored, err := ledger.ReadClosedPart(ctx, v.store, key.chain, key.number)
	switch {
	case survey.Is(err, survey.NotFound):
		damage.What = "its part of the ledger is not there"
	case errors.Is(err, ledger.ErrBroken):
		damage.What = "its part of the ledger is not whole"
	case err != nil:
		return err
	case stored != *r.Part:
		damage.What = "its part of the ledger is not as it was recorded"
	default:
		return nil
	}
	v.wrong(damage)
	return nil
}

// unrecorded names closed parts without a record. A kill between closing and appending
// leaves some, which are of the newest days: the next run of a server appends them. A
// log without records is of an older version, whose first start appends all.
func (v *verification) unrecorded(ctx context.Context) error {
	if v.records.Size() == 0 {
		return nil
	}
	parts, err := ledger.ClosedParts(ctx, v.store, func(chain ledger.ChainID, number int64) bool {
		_, known := v.numbers[partKey{chain, number}]
		return known
	})
	if err != nil && !errors.Is(err, ledger.ErrBroken) { // what is broken is named by the ledger's own check
		return err
	}
	for _, p := range parts {
		_, later := v.numbers[partKey{p.Chain, p.Number + 1}]
		if later || p.Day < v.newest {
			v.wrong(survey.Damage{
				Collection: survey.LedgerDays, ID: fmt.Sprintf("%s/%06d", p.Chain, p.Number), Day: p.Day,
				What: "it has no record in the log; a running server appends it within ten minutes",
			})
		}
	}
	return nil
}

// editions holds the heads that editions name against the log.
func (v *verification) editions(ctx context.Context) error {
	campaigns, err := survey.Documents[survey.Campaign]{Store: v.store, Collection: survey.Campaigns}.All(ctx)
	if err != nil {
		return err
	}
	for i := range campaigns {
		for _, e := range campaigns[i].Editions {
			if e.Log == nil {
				continue
			}
			if what := v.ofHead(*e.Log); what != "" {
				v.wrong(survey.Damage{Collection: survey.Campaigns, ID: string(campaigns[i].ID), What: fmt.Sprintf("edition %d: %s", e.Number, what)})
			}
		}
	}
	return nil
}

// ofHead says what is wrong with a head that an edition names.
func (v *verification) ofHead(head survey.LogHead) string {
	opened, tree, err := OpenHead(head.Signed, head.Key)
	switch {
	case err != nil:
		return "the head of the log that it names has no valid signature"
	case opened != head:
		return "the head of the log that it names is not the one that was signed"
	case !v.records.Holds(tree):
		return fmt.Sprintf("the log does not hold the %d records whose head it names", tree.Size)
	}
	return ""
}
