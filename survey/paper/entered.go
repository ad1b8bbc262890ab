package paper

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// EnteredForm is a paper form that was entered.
type EnteredForm struct {
	Serial   int
	Attempt  int // 1, and one more each time it was voided and entered again
	Response survey.Response
	Void     *verification.Void // nil: in force
}

// EnteredForms are the forms of a batch by serial number and attempt.
type EnteredForms []EnteredForm

// InForce is how many forms are entered and not voided.
func (k EnteredForms) InForce() int {
	n := 0
	for i := range k {
		if k[i].Void == nil {
			n++
		}
	}
	return n
}

// Highest is the highest serial number that was entered, 0 for none.
func (k EnteredForms) Highest() int {
	if len(k) == 0 {
		return 0
	}
	return k[len(k)-1].Serial
}

// Missing lists the serial numbers from 1 to forms that nothing in force has.
func (k EnteredForms) Missing(forms int) []int {
	have := map[int]bool{}
	for i := range k {
		have[k[i].Serial] = have[k[i].Serial] || k[i].Void == nil
	}
	var missing []int
	for serial := 1; serial <= forms; serial++ {
		if !have[serial] {
			missing = append(missing, serial)
		}
	}
	return missing
}

// Next is the serial number to enter next: the one after the highest, or else
// the first that is missing; 0 when all are entered.
func (k EnteredForms) Next(forms int) int {
	if next := k.Highest() + 1; next <= forms {
		return next
	}
	if missing := k.Missing(forms); len(missing) > 0 {
		return missing[0]
	}
	return 0
}

// Latest returns the n forms entered last, the newest first.
func (k EnteredForms) Latest(n int) []EnteredForm {
	latest := slices.Clone(k)
	slices.SortStableFunc(latest, func(a, b EnteredForm) int {
		return cmp.Or(b.Response.Received.Compare(a.Response.Received), b.Serial-a.Serial)
	})
	return latest[:min(n, len(latest))]
}

// Find returns the last attempt of a serial number, or nil.
func (k EnteredForms) Find(serial int) *EnteredForm {
	for i := range slices.Backward(k) {
		if k[i].Serial == serial {
			return &k[i]
		}
	}
	return nil
}

// Entries returns the forms of a batch that were entered.
func (b *Batches) Entries(ctx context.Context, batch *Batch) (EnteredForms, error) {
	ids, err := b.formIDs(ctx, batch)
	if err != nil {
		return nil, err
	}
	from, to := ids.bounds()
	var keyed EnteredForms
	err = b.store.Scan(ctx, survey.Responses, string(from), string(to), func(doc bson.Raw) error {
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil || r.Batch != batch.ID {
			return err
		}
		serial, attempt := serialOf(ids.key, r.ID)
		keyed = append(keyed, EnteredForm{Serial: serial, Attempt: attempt, Response: r})
		return nil
	})
	if err != nil || len(keyed) == 0 {
		return nil, err
	}
	slices.SortFunc(keyed, func(a, b EnteredForm) int { return cmp.Or(a.Serial-b.Serial, a.Attempt-b.Attempt) })
	voids := survey.Documents[verification.Void]{Store: b.store, Collection: survey.Voids}
	err = b.store.Scan(ctx, survey.Voids, string(from), string(to), func(doc bson.Raw) error {
		var v verification.Void
		if err := voids.Decode(doc, &v); err != nil {
			return err
		}
		for i := range keyed {
			if keyed[i].Response.ID == v.ID {
				keyed[i].Void = &v
			}
		}
		return nil
	})
	return keyed, err
}

// eachPaper visits the keyed-in forms of every batch, by batch. They are as they
// were stored: who counts them needs no answers, and reading those is most of
// the time.
func eachPaper(ctx context.Context, store survey.Store, visit func(doc bson.Raw) error) error {
	return store.Scan(ctx, survey.Responses, firstPaperID, "", func(doc bson.Raw) error {
		if survey.DocumentText(doc, "batch") == "" {
			return nil
		}
		return visit(doc)
	})
}

// BatchCount is how far the entry of a batch is.
type BatchCount struct {
	Entered int       // in force
	Last    time.Time // when the last form arrived, of a former day an end of it; zero: none
}

// LastDay is the day on which the last form arrived.
func (c BatchCount) LastDay() survey.Date { return survey.DateOf(c.Last) }

// Counts counts the keyed-in forms of every batch.
func (b *Batches) Counts(ctx context.Context) (map[survey.BatchID]BatchCount, error) {
	voided, err := verification.VoidedResponses(ctx, b.store)
	if err != nil {
		return nil, err
	}
	counts := map[survey.BatchID]BatchCount{}
	return counts, eachPaper(ctx, b.store, func(doc bson.Raw) error {
		batch := survey.BatchID(survey.DocumentText(doc, "batch"))
		c := counts[batch]
		if _, void := voided[survey.ResponseID(survey.DocumentText(doc, "_id"))]; !void {
			c.Entered++
		}
		if at, ok := doc.Lookup("received").TimeOK(); ok && at.After(c.Last) {
			c.Last = at.UTC()
		}
		counts[batch] = c
		return nil
	})
}
