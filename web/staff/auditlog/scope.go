package auditlog

import (
	"context"
	"strings"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/paper"
	"hailong/web/staff"
)

// scope chooses the entries of the audit log that a person may see: all for whoever
// is responsible for everything; else what they did themselves, and what was done to
// things that lie in their scope. An entry about anything else, or about something that
// is not there any more, is not shown to them.
func (h *Handlers) scope(ctx context.Context, who *staff.SignedIn) (func(*audit.ChainedEntry) bool, error) {
	if who.User.Grant.Everywhere() {
		return func(*audit.ChainedEntry) bool { return true }, nil
	}
	catalog := h.Catalog()
	batches := map[survey.BatchID]survey.Reach{}
	all, err := (survey.Documents[paper.Batch]{Store: h.Store, Collection: survey.PaperBatches}).All(ctx)
	for i := range all {
		batches[all[i].ID] = staff.BatchReach(catalog, &all[i])
	}
	return func(e *audit.ChainedEntry) bool {
		if e.Actor.Login == who.User.Login {
			return true
		}
		collection, id, _ := strings.Cut(e.Subject, "/")
		return who.Covers(catalog, subjectReach(catalog, batches, survey.Collection(collection), id))
	}, err
}

// subjectReach is how far what an entry is about reaches: nothing where that is not
// known, so that only a scope of everything sees it.
func subjectReach(catalog *survey.Catalog, batches map[survey.BatchID]survey.Reach, c survey.Collection, id string) survey.Reach {
	switch c {
	case survey.Units:
		if unit := catalog.Unit(survey.UnitID(id)); unit != nil {
			return survey.OfUnit(unit.ID)
		}
	case survey.Points:
		if point := catalog.Point(survey.PointCode(id)); point != nil {
			return catalog.PointReach(point)
		}
	case survey.Transactions, survey.SlipIssues: // month or day, and point
		parts := strings.Split(id, "/")
		if len(parts) > 1 {
			return subjectReach(catalog, batches, survey.Points, parts[1])
		}
	case survey.Devices:
		code, _, _ := strings.Cut(id, "-")
		return subjectReach(catalog, batches, survey.Points, code)
	case survey.Campaigns, survey.Plans, survey.Samples:
		if campaign := catalog.Campaign(survey.CampaignID(id)); campaign != nil {
			return campaign.Reach()
		}
	case survey.PaperBatches:
		return batches[survey.BatchID(id)]
	default: // people, programs, rules
	}
	return survey.Reach{}
}
