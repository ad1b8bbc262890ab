package slips

import (
	"context"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// agedAfter is how many days after its last day a slip, or a link, is forgotten. Until
// then whoever holds it still gets the form of its point, and a response that was sent
// with it in time may still come in from a device without a network: its retry is
// known for a day after it came.
const agedAfter = 31

// dossierMonths is for how long an application gets no second slip.
const dossierMonths = 24

// aged reports whether a slip that was good until a day is to be forgotten.
func (s *Slips) aged(until survey.Date) bool {
	return until.Valid() && until < survey.DateOf(s.now().AddDate(0, 0, -agedAfter))
}

// ForgetSlips removes the slips that expired long ago, and that they were spent, and
// returns how many slips it was. That they were issued, and how many, stays.
//
// What a slip's hash was goes last: a slip without a hash proves nothing, whether or
// not it was spent. The codes follow from the batch, so that a run that was killed is
// repeated; a batch is marked when nothing is left of it.
func (s *Slips) ForgetSlips(ctx context.Context) (int, error) {
	h, err := s.hasher(ctx)
	if err != nil {
		return 0, err
	}
	var old []Issue
	err = s.eachIssue(ctx, "", survey.DateOf(s.now()), func(i *Issue) {
		over := !slices.ContainsFunc(i.Batches, func(b SlipBatch) bool { return !s.aged(b.Until) })
		if over && !i.Forgotten {
			old = append(old, *i)
		}
	})
	forgotten := 0
	for i := range old {
		for k := range old[i].Batches {
			if err != nil {
				return forgotten, err
			}
			var n int
			n, err = s.forgetBatch(ctx, h, &old[i], &old[i].Batches[k])
			forgotten += n
		}
		if err == nil {
			err = survey.Mark(ctx, s.changes, survey.SlipIssues, old[i].ID, func(i *Issue) bool {
				fresh := !i.Forgotten
				i.Forgotten = true
				return fresh
			})
		}
	}
	return forgotten, err
}

// forgetBatch removes the slips of a batch.
func (s *Slips) forgetBatch(ctx context.Context, h hasher, i *Issue, batch *SlipBatch) (forgotten int, err error) {
	for n := range batch.Count {
		code, slip, found, err := s.stored(ctx, h, i, batch, n)
		if err != nil {
			return forgotten, err
		}
		if err := s.remove(ctx, survey.SpentSlips, h.id("spent", string(code))); err != nil {
			return forgotten, err
		}
		if !found {
			continue
		}
		if err := s.remove(ctx, survey.SlipCodes, slip.ID); err != nil {
			return forgotten, err
		}
		forgotten++
	}
	return forgotten, nil
}

// stored finds the nth slip of a batch: the first of its codes, or the second where
// another batch has the first.
func (s *Slips) stored(ctx context.Context, h hasher, i *Issue, batch *SlipBatch, n int) (code SlipCode, slip Slip, found bool, err error) {
	for attempt := range 2 {
		code, slip = h.slip(i, batch, n, attempt)
		stored, err := s.slips().Get(ctx, slip.ID)
		switch {
		case survey.Is(err, survey.NotFound):
		case err != nil:
			return code, slip, false, err
		case stored.Mark == slip.Mark:
			return code, slip, true, nil
		default:
			continue
		}
		break
	}
	return code, slip, false, nil
}

// remove removes a document that may be gone.
func (s *Slips) remove(ctx context.Context, c survey.Collection, id string) error {
	doc, err := s.store.Get(ctx, c, id)
	if err == nil {
		err = s.store.Delete(ctx, c, id, survey.DocumentRev(doc))
	}
	if err != nil && !byAnother(err) {
		return err
	}
	return nil
}

// mostLinks bounds the links that one act removes.
const mostLinks = 500

// ForgetLinks removes the links of older versions that expired long ago, and returns
// how many. Of those that are left it blurs what older versions noted: the day on
// which a link was used, beside a response by link of that day, could tell whose the
// response is. A used link stays a used one.
func (s *Slips) ForgetLinks(ctx context.Context, actor survey.Actor) (int, error) {
	var old []Link
	revs, dated := map[string]int64{}, []string{}
	err := s.store.Scan(ctx, survey.OneTimeLinks, "", "", func(raw bson.Raw) error {
		var link Link
		if err := s.links().Decode(raw, &link); err != nil {
			return err
		}
		_, opened := raw.Lookup("opened").StringValueOK()
		switch {
		case s.aged(link.Expires) && len(old) < mostLinks:
			old, revs[link.ID] = append(old, link), survey.DocumentRev(raw)
		case opened || link.Used != "" && link.Used != usedOnce:
			dated = append(dated, strings.Clone(link.ID))
		}
		return nil
	})
	for _, id := range dated {
		if err != nil {
			return 0, err
		}
		if err = survey.Mark(ctx, s.changes, survey.OneTimeLinks, id, blurLink); survey.Is(err, survey.NotFound) {
			err = nil
		}
	}
	if err != nil || len(old) == 0 {
		return 0, err
	}
	act := s.changes.Begin(actor).Entry("link.forget", string(survey.OneTimeLinks), nil, struct {
		Links int `json:"links"`
	}{len(old)})
	for _, link := range old {
		act.Remove(survey.OneTimeLinks, link.ID, revs[link.ID])
	}
	if err := act.Do(ctx); err != nil {
		if survey.Is(err, survey.Conflict) { // another server does the same
			return 0, nil
		}
		return 0, err
	}
	return len(old), nil
}

// usedOnce stands in a link for the day on which it was used.
const usedOnce survey.Date = "0001-01-01"

// blurLink takes the days on which a link was opened and used out of its document,
// which has fields that this version does not know.
func blurLink(link *bson.D) (changed bool) {
	*link = slices.DeleteFunc(*link, func(e bson.E) bool {
		changed = changed || e.Key == "opened"
		return e.Key == "opened"
	})
	for i, e := range *link {
		if day, ok := e.Value.(string); ok && e.Key == "used" && day != "" && day != string(usedOnce) {
			(*link)[i].Value, changed = string(usedOnce), true
		}
	}
	return changed
}

// ForgetDossiers removes the applications that got a slip two years ago, and returns
// how many.
func (s *Slips) ForgetDossiers(ctx context.Context) (int, error) {
	all, err := s.dossiers().All(ctx)
	if err != nil {
		return 0, err
	}
	last := s.now().In(survey.Zone).AddDate(0, -dossierMonths, 0).Format(monthLayout)
	forgotten := 0
	for _, d := range all {
		if d.Month == "" || d.Month >= last || d.Claim != "" {
			continue
		}
		if err := s.remove(ctx, survey.SlipDossiers, d.ID); err != nil {
			return forgotten, err
		}
		forgotten++
	}
	return forgotten, nil
}
