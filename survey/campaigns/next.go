package campaigns

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hailong/survey"
)

// NextNotice is how many days before its last day a campaign that nothing
// follows is mentioned, and for how many days after.
const NextNotice = 60

// Unfollowed lists the open campaigns that end, or ended, within NextNotice days
// and that no other campaign follows, not even as a draft. From their last day on
// every code of theirs says that the survey is closed.
func Unfollowed(c *survey.Catalog, on survey.Date) []*survey.Campaign {
	if !on.Valid() {
		return nil
	}
	first, last := survey.DateOf(on.Time().AddDate(0, 0, -NextNotice)), survey.DateOf(on.Time().AddDate(0, 0, NextNotice))
	var ending []*survey.Campaign
	for i := range c.Campaigns {
		k := &c.Campaigns[i]
		if k.State == survey.Open && k.Period.To.Valid() && first <= k.Period.To && k.Period.To <= last && !followed(c, k) {
			ending = append(ending, k)
		}
	}
	return ending
}

// followed reports whether a later campaign asks some of the same people.
func followed(c *survey.Catalog, k *survey.Campaign) bool {
	return slices.ContainsFunc(c.Campaigns, func(next survey.Campaign) bool {
		return next.ID != k.ID && next.State != survey.Withdrawn && (next.Period.To == "" || next.Period.To > k.Period.To) && sharePeople(c, k, &next)
	})
}

// Next is the campaign of the following year as a draft: the newest versions of
// the same forms, the same method, targets and languages, the units as they are
// on its first day. A campaign that ends with a year is followed by one of the
// whole next year, any other by one of the same days a year later.
func Next(c *survey.Catalog, k *survey.Campaign) survey.Campaign {
	next := survey.Campaign{
		Title: survey.Text{}, Family: k.Family, Method: k.Method, Demo: k.Demo, Rhythm: k.Rhythm,
		Period:  survey.Span{From: nextYear(k.Period.From), To: nextYear(k.Period.To)},
		Targets: slices.Clone(k.Targets), Langs: slices.Clone(k.Langs),
	}
	year := next.Period.To.Year()
	if strings.HasSuffix(string(k.Period.To), "-12-31") {
		next.Period.From = survey.Date(year + "-01-01")
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
		next.Langs = commonLangs(c, next.Forms)
	}
	for _, id := range k.Units {
		for _, successor := range c.SuccessorsOn(id, next.Frame, survey.MaxDepth) {
			if !slices.Contains(next.Units, successor) {
				next.Units = append(next.Units, successor)
			}
		}
	}
	return next
}

// commonLangs are the languages in which each of some forms is complete.
func commonLangs(c *survey.Catalog, forms []survey.FormRef) []survey.Lang {
	var langs []survey.Lang
	for _, ref := range forms {
		q := c.Questionnaire(ref)
		if q == nil {
			continue
		}
		if langs == nil {
			langs = q.Languages()
		}
		langs = slices.DeleteFunc(langs, func(l survey.Lang) bool { return !q.Complete(l) })
	}
	return langs
}

// nextYear is the same day a year later; "" if the day is invalid.
func nextYear(d survey.Date) survey.Date {
	if !d.Valid() {
		return ""
	}
	return survey.DateOf(d.Time().AddDate(1, 0, 0))
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
func (cs *Campaigns) PrepareNext(ctx context.Context, actor survey.Actor, id survey.CampaignID) (survey.Campaign, error) {
	// What another process stored a moment ago must not be prepared twice.
	catalog, err := survey.LoadCatalog(ctx, cs.store)
	if err != nil {
		return survey.Campaign{}, err
	}
	k := catalog.Campaign(id)
	switch {
	case k == nil:
		return survey.Campaign{}, survey.NewError(survey.NotFound, "prepare campaign", nil)
	case k.State == survey.Draft || !k.Period.To.Valid() || followed(catalog, k):
		return survey.Campaign{}, wrongState("follow campaign", k)
	}
	return cs.Draft(ctx, actor, Next(catalog, k))
}
