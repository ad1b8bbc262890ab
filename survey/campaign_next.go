package survey

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// NextNotice is how many days before its last day a campaign that nothing
// follows is mentioned, and for how many days after.
const NextNotice = 60

// Unfollowed lists the open campaigns that end, or ended, within NextNotice days
// and that no other campaign follows, not even as a draft. From their last day on
// every code of theirs says that the survey is closed.
func (c *Catalog) Unfollowed(on Date) []*Campaign {
	if !on.Valid() {
		return nil
	}
	first, last := DateOf(on.Time().AddDate(0, 0, -NextNotice)), DateOf(on.Time().AddDate(0, 0, NextNotice))
	var ending []*Campaign
	for i := range c.Campaigns {
		k := &c.Campaigns[i]
		if k.State == Open && k.Period.To.Valid() && first <= k.Period.To && k.Period.To <= last && !c.followed(k) {
			ending = append(ending, k)
		}
	}
	return ending
}

// followed reports whether a later campaign asks some of the same people.
func (c *Catalog) followed(k *Campaign) bool {
	return slices.ContainsFunc(c.Campaigns, func(next Campaign) bool {
		return next.ID != k.ID && next.State != Withdrawn && (next.Period.To == "" || next.Period.To > k.Period.To) && c.sharePeople(k, &next)
	})
}

// Next is the campaign of the following year as a draft: the newest versions of
// the same forms, the same method, targets and languages, the units as they are
// on its first day. A campaign that ends with a year is followed by one of the
// whole next year, any other by one of the same days a year later.
func (c *Catalog) Next(k *Campaign) Campaign {
	next := Campaign{
		Title: Text{}, Family: k.Family, Method: k.Method, Demo: k.Demo,
		Period:  Span{From: nextYear(k.Period.From), To: nextYear(k.Period.To)},
		Targets: slices.Clone(k.Targets), Langs: slices.Clone(k.Langs),
	}
	year := next.Period.To.Year()
	if strings.HasSuffix(string(k.Period.To), "-12-31") {
		next.Period.From = Date(year + "-01-01")
	}
	next.Frame = next.Period.From
	for lang, title := range k.Title {
		next.Title[lang] = titleOfNextYear(title, k.Period.To.Year())
	}
	for _, ref := range k.Forms {
		if newest := c.Latest(ref.Code); newest != nil {
			ref = newest.Ref()
		}
		next.Forms = append(next.Forms, ref)
	}
	if len(next.Langs) == 0 { // all, which a draft has to name
		next.Langs = c.commonLangs(next.Forms)
	}
	for _, id := range k.Units {
		for _, heir := range c.heirs(id, next.Frame, maxDepth) {
			if !slices.Contains(next.Units, heir) {
				next.Units = append(next.Units, heir)
			}
		}
	}
	return next
}

// commonLangs are the languages in which each of some forms is complete.
func (c *Catalog) commonLangs(forms []FormRef) []Lang {
	var langs []Lang
	for _, ref := range forms {
		q := c.Questionnaire(ref)
		if q == nil {
			continue
		}
		if langs == nil {
			langs = q.Languages()
		}
		langs = slices.DeleteFunc(langs, func(l Lang) bool { return !q.Complete(l) })
	}
	return langs
}

// heirs are the units in whose place a unit has come by a day: itself while it
// lasts. One that ended without known successors stays, for a person to decide:
// a list without it might be empty, and that means every unit.
func (c *Catalog) heirs(id UnitID, on Date, depth int) []UnitID {
	u := c.Unit(id)
	if u == nil || depth == 0 || u.Valid.To == "" || u.Valid.To >= on || len(u.Successors) == 0 {
		return []UnitID{id}
	}
	var heirs []UnitID
	for _, successor := range u.Successors {
		heirs = append(heirs, c.heirs(successor, on, depth-1)...)
	}
	return heirs
}

// nextYear is the same day a year later; "" of a day that is none.
func nextYear(d Date) Date {
	if !d.Valid() {
		return ""
	}
	return DateOf(d.Time().AddDate(1, 0, 0))
}

// titleOfNextYear counts the year of a title on, and adds it where there is
// none.
func titleOfNextYear(title, year string) string {
	n, err := strconv.Atoi(year)
	if err != nil {
		return title
	}
	later := strconv.Itoa(n + 1)
	if !strings.Contains(title, year) {
		return title + " " + later
	}
	// "2025–2026" becomes "2026–2027": the later year goes first.
	return strings.ReplaceAll(strings.ReplaceAll(title, year, later), strconv.Itoa(n-1), year)
}

// PrepareNext stores the draft of the campaign that follows one; nothing is
// opened. Conflict if one follows already.
func (f *Fieldwork) PrepareNext(ctx context.Context, actor Actor, id CampaignID) (Campaign, error) {
	// What another process stored a moment ago must not be prepared twice.
	catalog, err := LoadCatalog(ctx, f.store)
	if err != nil {
		return Campaign{}, err
	}
	k := catalog.Campaign(id)
	switch {
	case k == nil:
		return Campaign{}, NewError(NotFound, "prepare campaign", nil)
	case k.State == Draft || !k.Period.To.Valid() || catalog.followed(k):
		return Campaign{}, wrongState("follow campaign", k)
	}
	return f.Draft(ctx, actor, catalog.Next(k))
}
