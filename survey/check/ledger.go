package check

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/ledger"
	"hailong/survey/retention"
	"hailong/survey/takeback"
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
	if err := takenBackLawfully(ctx, store, stated.LostEntries(), &p); err != nil {
		return p, err
	}
	return p, erasedLawfully(ctx, store, report.Erased, &p)
}

// takenBackLawfully holds the marks of what was taken back against the audit log, which
// has an entry of each, with campaign and day. A mark without one was made by somebody who
// wanted a response to be gone. lost is how many entries a salvage stated as lost, which
// may have been any.
func takenBackLawfully(ctx context.Context, store survey.Store, lost int, p *CheckedPart) error {
	type place struct {
		campaign survey.CampaignID
		day      survey.Date
	}
	// An act that is under way has its marks and no entry yet.
	begun, err := openActs(ctx, store)
	if err != nil {
		return err
	}
	lost += begun.Looked
	beyond := map[place]int{} // marks, less entries
	marks, err := survey.Documents[survey.TakenBack]{Store: store, Collection: survey.TakenBackMarks}.All(ctx)
	if err != nil || len(marks) == 0 {
		return err
	}
	for _, m := range marks {
		beyond[place{m.Campaign, m.Day}]++
	}
	err = audit.New(store, time.Now).Each(ctx, audit.EntryFilter{Action: takeback.TakeBackAction}, func(e audit.ChainedEntry) error {
		id, ok := strings.CutPrefix(e.Subject, "campaigns/")
		var said struct{ Day survey.Date }
		if ok && json.Unmarshal([]byte(e.After), &said) == nil {
			beyond[place{survey.CampaignID(id), said.Day}]--
		}
		return nil
	})
	if err != nil {
		return err
	}
	byPlace := func(a, b place) int {
		return cmp.Or(cmp.Compare(a.campaign, b.campaign), cmp.Compare(a.day, b.day))
	}
	for _, at := range slices.SortedFunc(maps.Keys(beyond), byPlace) {
		excused := min(max(0, beyond[at]), lost)
		lost -= excused
		if n := beyond[at] - excused; n > 0 {
			p.wrong(survey.Damage{
				Collection: survey.TakenBackMarks, ID: "campaigns/" + string(at.campaign), Day: at.day,
				What: fmt.Sprintf("responses of that day that are marked as taken back and of which the audit log knows nothing: %d", n),
			})
		}
	}
	return nil
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

// erasedLawfully holds the responses of which a part was erased against what the audit log
// says was erased. There may be fewer: some were taken back since. There are more where
// somebody else erased, or where a run was killed before it said so, which the next start
// makes good.
func erasedLawfully(ctx context.Context, store survey.Store, erased map[survey.CampaignID]int, p *CheckedPart) error {
	if len(erased) == 0 {
		return nil
	}
	said := map[survey.CampaignID][]retention.Erasure{}
	err := audit.New(store, time.Now).Each(ctx, audit.EntryFilter{Action: retention.EraseAction}, func(e audit.ChainedEntry) error {
		id, ok := strings.CutPrefix(e.Subject, "campaigns/")
		var parts []retention.Erasure
		if !ok || json.Unmarshal([]byte(e.After), &parts) != nil {
			return nil
		}
		said[survey.CampaignID(id)] = append(said[survey.CampaignID(id)], parts...)
		return nil
	})
	if err != nil {
		return err
	}
	for _, campaign := range slices.Sorted(maps.Keys(erased)) {
		if may := retention.Total(said[campaign]); erased[campaign] > may {
			p.wrong(survey.Damage{
				Collection: survey.Responses, ID: "campaigns/" + string(campaign),
				What: fmt.Sprintf("responses that say that a part of them was erased: %d; the audit log says that it was %d; if the server was stopped while it erased, start it once", erased[campaign], may),
			})
		}
	}
	return nil
}
