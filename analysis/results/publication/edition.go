package publication

import (
	"encoding/json"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/transactions"
)

// Earlier is an edition that readers know.
type Earlier struct {
	figures *EditionFigures
	counts  *editionCounts // nil: they were not kept
}

// ReadEarlier reads an edition from the text of its snapshot and the counts that Make
// gave with it. Errors: Internal where one of them is damaged.
func ReadEarlier(text, counts string) (e Earlier, err error) {
	if e.figures, err = Read(text); err == nil {
		e.counts, err = readEditionCounts(counts)
	}
	return e, err
}

// Make computes the figures of an edition from the responses that it is made of, which
// are those until its last day (empty: all), and what the edition after it must know of
// them (ReadEarlier). Earlier editions come the oldest first. Edition and Published are
// left to the caller.
func Make(responses *columns.CampaignView, stated transactions.Numbers, through survey.Date, earlier []Earlier) (f EditionFigures, counts string, err error) {
	queries, err := editionQueries(tables.ForEdition(responses))
	if err != nil {
		return EditionFigures{}, "", err
	}
	f, made, err := editionFigures(responses, queries, earlier)
	if err != nil {
		return EditionFigures{}, "", err
	}
	f.Through, f.ResponseRates = through, editionRates(responses, &f, stated, through)
	text, err := json.Marshal(made)
	if err != nil {
		return EditionFigures{}, "", survey.NewError(survey.Internal, "keep the counts of an edition", err)
	}
	return f, string(text), nil
}

// editionFigures answers the queries from responses and judges the campaign's targets
// on the last day of its period. Groups are hidden until the edition and earlier ones
// together tell nothing small.
func editionFigures(responses *columns.CampaignView, queries []tables.Query, earlier []Earlier) (EditionFigures, *editionCounts, error) {
	shown := make([]map[tables.GroupName]tables.Figure, len(earlier))
	var known []*editionCounts
	for i, e := range earlier {
		shown[i] = e.figures.shownRespondents()
		if e.counts != nil {
			known = append(known, e.counts)
		}
	}
	forced, ofVerified := map[tables.GroupName]bool{}, map[tables.GroupName]bool{}
	for {
		v := tables.ForEdition(responses)
		v.HideItems(forced)
		p := newPublicationOf(v.Threshold())
		counts, err := protectEdition(v, queries, p, known, forced)
		if alone := v.VerifiedAlone(); err == nil && alone != nil {
			alone.HideItems(ofVerified)
			counts.Verified, err = protectEdition(alone, queries, p, nil, ofVerified)
		}
		if err == nil && showsItems(v.Layout.Campaign.Family) {
			err = protectItems(v, earlier, counts)
		}
		if err != nil {
			return EditionFigures{}, nil, err
		}
		f, err := figuresOf(v, queries)
		if err != nil {
			return EditionFigures{}, nil, err
		}
		changed := false
		for name, now := range f.shownRespondents() {
			for _, before := range shown {
				was, there := before[name]
				if !there {
					continue
				}
				change := now.N - was.N
				if p.small(change) {
					forced[name], changed = true, true
				}
				if now.Verified == nil || was.Verified == nil {
					continue
				}
				verified := now.Verified.N - was.Verified.N
				if p.small(verified) || verified != 0 && p.small(change-verified) {
					ofVerified[name], changed = true, true
				}
			}
		}
		if !changed {
			return f, counts, nil
		}
	}
}

// protectItems hides items of an edition, of everybody and then of the verified alone,
// and adds what is kept of them to its counts.
func protectItems(v *tables.CampaignTables, earlier []Earlier, counts *editionCounts) (err error) {
	p := newItemPublication(v)
	for _, e := range earlier {
		p.addEarlier(p.itemsOf(e))
	}
	if counts.Items, err = p.protectItems(v, counts); err == nil && counts.Verified != nil {
		counts.Verified.Items, err = p.protectItems(v.VerifiedAlone(), counts.Verified)
	}
	return err
}

// figuresOf answers the queries and judges the targets by what is decided.
func figuresOf(v *tables.CampaignTables, queries []tables.Query) (EditionFigures, error) {
	campaign := v.Layout.Campaign
	f := EditionFigures{
		Campaign: campaign.ID, Title: campaign.Title, Family: campaign.Family, Forms: campaign.Forms, Period: campaign.Period,
		Frame: campaign.Frame, Units: campaign.Units, Demo: campaign.Demo, Threshold: v.Threshold(), Release: v.Release.Number, Classed: true,
		Tables: []EditionTable{}, Targets: []EditionVerdict{},
	}
	for _, q := range queries {
		t, err := v.Answer(q)
		if err != nil {
			return EditionFigures{}, err
		}
		f.Method = t.Method
		f.Tables = append(f.Tables, editionTable(v.Catalog, q, &t))
	}
	return f, judgeTargets(v, &f)
}

func editionTable(catalog *survey.Catalog, q tables.Query, t *tables.Table) EditionTable {
	table := EditionTable{By: append([]tables.Dimension{}, q.By...), Where: whereOf(q), Overall: t.Overall, Groups: make([]EditionGroup, len(t.Groups))}
	for i, g := range t.Groups {
		labels := make([]survey.Text, len(g.Keys))
		for k, key := range g.Keys {
			labels[k] = tables.Name(catalog, t.Campaign, t.By[k], key)
		}
		table.Groups[i] = EditionGroup{Keys: g.Keys, Labels: labels, Figure: g.Figure}
	}
	return table
}

func judgeTargets(v *tables.CampaignTables, f *EditionFigures) error {
	campaign := v.Layout.Campaign
	for i := range v.Catalog.Targets {
		t := &v.Catalog.Targets[i]
		if !campaign.Measures(t) {
			continue
		}
		table, err := v.Answer(TargetQuery(campaign.ID, t))
		if err != nil {
			return err
		}
		inForce := t.InForce(campaign.Period.To)
		for m, milestone := range t.Milestones {
			verdict := EditionVerdict{
				Code: t.Code, Title: t.Title, Threshold: milestone.Threshold, Due: milestone.Due,
				InForce: m == inForce, Figure: table.Overall,
			}
			c := Judge(table.Overall, table.Method, milestone.Threshold)
			verdict.State, verdict.Evidence, verdict.Caveat = c.State, string(c.Evidence), c.Caveat
			if c.State == Judged {
				verdict.Met = &c.Met
			}
			f.Targets = append(f.Targets, verdict)
		}
	}
	return nil
}

// editionQueries are the tables of an edition: the campaign's divisions, and those of
// each unit.
func editionQueries(v *tables.CampaignTables) ([]tables.Query, error) {
	campaign := v.Layout.Campaign
	queries := []tables.Query{{Campaign: campaign.ID}}
	divisions := Divisions(campaign.Family)
	for _, by := range divisions {
		queries = append(queries, tables.Query{Campaign: campaign.ID, By: []tables.Dimension{by}})
	}
	units, err := v.Units()
	if err != nil {
		return nil, err
	}
	for _, unit := range units {
		for _, by := range divisions {
			if by != tables.ByUnit {
				queries = append(queries, tables.Query{Campaign: campaign.ID, By: []tables.Dimension{by}, Where: []tables.Filter{{Dimension: tables.ByUnit, Key: unit}}})
			}
		}
	}
	return queries, nil
}

// TargetQuery asks a campaign for the figure that answers a target.
func TargetQuery(id survey.CampaignID, t *survey.Target) tables.Query {
	q := tables.Query{Campaign: id}
	if t.Group != "" {
		q.Where = []tables.Filter{{Dimension: tables.ByGroup, Key: string(t.Group)}}
	}
	return q
}

// Divisions lists how the public may see a campaign of a family divided, the
// usual way first. An edition holds these tables, and for each unit all of them
// but that by unit.
func Divisions(family survey.Family) []tables.Dimension {
	switch family {
	case survey.Procedures:
		return []tables.Dimension{tables.ByUnit, tables.BySector, tables.ByMonth, tables.ByChannel}
	case survey.Education:
		return []tables.Dimension{tables.ByUnit, tables.ByLevel, tables.BySchool, tables.ByFactor, tables.ByItem, tables.ByMonth}
	case survey.Residents:
	}
	return []tables.Dimension{tables.ByUnit, tables.ByFactor, tables.ByItem, tables.ByMonth}
}
