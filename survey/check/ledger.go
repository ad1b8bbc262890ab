package check

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/ledger"
	"hailong/survey/retention"
)

// ledgerOf holds the responses against the ledger.
func ledgerOf(ctx context.Context, store survey.Store) (CheckedPart, error) {
	p := CheckedPart{Name: Ledger}
	report, err := ledger.Verify(ctx, store, nil)
	if err != nil {
		return p, err
	}
	stated, err := survey.ReadLosses(ctx, store)
	if err != nil {
		return p, err
	}
	p.Looked = report.Responses + report.TakenBack
	for _, b := range report.Broken {
		if stated.Link(survey.LostLink{ID: b.ID, What: b.What}) {
			p.Stated++
			continue
		}
		p.wrong(survey.Damage{Collection: survey.Ledger, ID: b.ID, What: b.What})
	}
	for i := range report.Missing {
		p.missing(&report.Missing[i], &stated)
	}
	for _, id := range report.Altered {
		p.wrong(responseOf(ctx, store, id, "it is not as the ledger says"))
	}
	for _, id := range report.Unknown {
		p.wrong(responseOf(ctx, store, id, "the ledger does not know it"))
	}
	return p, erasedLawfully(ctx, store, report.Erased, &p)
}

// missing notes the responses of a day that are not there, but for those that a salvage
// stated as lost.
func (p *CheckedPart) missing(m *ledger.Missing, stated *survey.StatedLosses) {
	found := false
	for _, id := range m.IDs {
		if stated.Response(id) {
			p.Stated++
			continue
		}
		found = true
		p.wrong(survey.Damage{Collection: survey.Responses, ID: string(id), Day: m.Day, What: "the ledger names it, and it is not there"})
	}
	if !found {
		return
	}
	for _, point := range slices.Sorted(maps.Keys(m.Points)) {
		p.wrong(survey.Damage{Collection: survey.Responses, Day: m.Day, Point: point, What: fmt.Sprintf("responses that are not there, or were taken back: %d", m.Points[point])})
	}
}

func responseOf(ctx context.Context, store survey.Store, id survey.ResponseID, what string) survey.Damage {
	doc, err := store.Get(ctx, survey.Responses, string(id))
	if err != nil {
		return survey.Damage{Collection: survey.Responses, ID: string(id), What: what}
	}
	return survey.DamagedIn(survey.Responses, string(id), what, doc)
}

// erasedLawfully holds the responses of which a part was erased against the record of
// what was erased, which is in the audit log. Of a run that was killed the record counts
// too few, so that it says of which campaigns something may be gone, and not how many.
func erasedLawfully(ctx context.Context, store survey.Store, erased map[survey.CampaignID]int, p *CheckedPart) error {
	for _, campaign := range slices.Sorted(maps.Keys(erased)) {
		var record retention.Record
		raw, err := store.Get(ctx, survey.Settings, retention.RecordID(campaign))
		if err == nil {
			err = bson.Unmarshal(raw, &record)
		}
		if err != nil && !survey.Is(err, survey.NotFound) {
			return err
		}
		if len(record.Erased) == 0 {
			p.wrong(survey.Damage{
				Collection: survey.Responses, ID: "campaigns/" + string(campaign),
				What: fmt.Sprintf("responses that say that a part of them was erased: %d; the audit log says nothing of it", erased[campaign]),
			})
		}
	}
	return nil
}
