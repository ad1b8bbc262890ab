package web

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
)

// published keeps the figures of published campaigns. What was frozen never
// changes, so it is read once.
type published struct{ byHash sync.Map } // of *results.Frozen

// editionView is a publication beside the figures that it froze.
type editionView struct {
	survey.Edition
	Campaign survey.CampaignID
	Late     int64 // respondents who came after it and are not in it
}

// Text is the text of the frozen figures.
func (e editionView) Text() string { return snapshotPath(e.Campaign, e.Hash) }

func snapshotPath(campaign survey.CampaignID, hash string) string {
	return "/results/" + string(campaign) + "/snapshot/" + hash + ".json"
}

// frozen returns the figures of a campaign's edition in force, nil where the
// campaign is not published.
func (s *Server) frozen(ctx context.Context, campaign *survey.Campaign) (*results.Frozen, error) {
	edition := campaign.Current()
	if edition == nil {
		return nil, nil //nolint:nilnil // most campaigns are not published; that is no error
	}
	if f, ok := s.published.byHash.Load(edition.Hash); ok {
		return f.(*results.Frozen), nil
	}
	snapshot, err := s.fieldwork.Snapshot(ctx, campaign.ID, edition.Hash)
	if err != nil {
		return nil, err
	}
	f, err := results.ReadFrozen(snapshot.Body)
	if err != nil {
		return nil, err
	}
	s.published.byHash.Store(edition.Hash, f)
	return f, nil
}

// table answers a query by the published figures where there are any, and
// otherwise by the responses of now. The edition is nil for figures of now.
func (s *Server) table(ctx context.Context, q results.Query) (results.Table, *editionView, error) {
	live, err := s.results.Table(ctx, q)
	if err != nil {
		return live, nil, err
	}
	campaign := s.config.Catalog().Campaign(q.Campaign)
	if campaign == nil {
		return live, nil, nil
	}
	f, err := s.frozen(ctx, campaign)
	if err != nil || f == nil {
		return live, nil, err
	}
	table, ok := f.Table(campaign, q)
	if !ok {
		return live, nil, nil
	}
	view := &editionView{Edition: *campaign.Current(), Campaign: campaign.ID}
	if len(q.Where) == 0 && !live.Overall.Suppressed {
		view.Late = max(0, live.Overall.N-table.Overall.N)
	}
	return table, view, nil
}

// verdicts judges every target, with the published figures where there are any.
func (s *Server) verdicts(ctx context.Context, on survey.Date) ([]results.Verdict, error) {
	verdicts, err := s.results.Targets(ctx, on)
	if err != nil {
		return nil, err
	}
	for i := range verdicts {
		v := &verdicts[i]
		if v.Campaign == nil {
			continue
		}
		f, err := s.frozen(ctx, v.Campaign)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		if figure, ok := f.Target(v.Target.Code); ok {
			v.Figure, v.Method, v.Threshold, v.Published = figure, f.Method, f.Threshold, true
			v.State, v.Met, v.Evidence, v.Needed = results.Judge(v.Figure, v.Method, v.Milestone.Threshold)
		}
	}
	return verdicts, nil
}

// freeze is every figure that the public page of a campaign offers.
func (s *Server) freeze(ctx context.Context, campaign *survey.Campaign, edition survey.Edition) (results.Frozen, error) {
	tabs := tabsOf(campaign.Family)
	var queries []results.Query
	for _, by := range tabs {
		queries = append(queries, results.Query{Campaign: campaign.ID, By: []results.Dimension{by}})
	}
	units, err := s.results.Table(ctx, results.Query{Campaign: campaign.ID, By: []results.Dimension{results.ByUnit}})
	if err != nil {
		return results.Frozen{}, err
	}
	for _, g := range units.Groups {
		where := []results.Filter{{Dimension: results.ByUnit, Key: g.Keys[0]}}
		for _, by := range tabs {
			if by != results.ByUnit {
				queries = append(queries, results.Query{Campaign: campaign.ID, By: []results.Dimension{by}, Where: where})
			}
		}
	}
	f, err := s.results.Freeze(ctx, campaign.ID, queries)
	f.Edition, f.Published = edition.Number, edition.Published.In(survey.Zone).Format(time.RFC3339)
	return f, err
}

// snapshotShow sends the text that was hashed, byte for byte, so that anybody
// can compute the hash. A withdrawn edition can be had too.
func (s *Server) snapshotShow(c *fiber.Ctx) error {
	id, err := url.PathUnescape(c.Params("campaign"))
	if err != nil {
		return fiber.ErrNotFound
	}
	campaign := s.config.Catalog().Campaign(survey.CampaignID(id))
	hash := c.Params("hash")
	if campaign == nil || !slices.ContainsFunc(campaign.Editions, func(e survey.Edition) bool { return e.Hash == hash }) {
		return fiber.ErrNotFound
	}
	snapshot, err := s.fieldwork.Snapshot(c.UserContext(), campaign.ID, hash)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+string(campaign.ID)+"-"+hash[:12]+`.json"`)
	return c.SendString(snapshot.Body)
}

// withdrawnPage says why figures are no longer there.
type withdrawnPage struct {
	Page
	Campaign *survey.Campaign
	Edition  survey.Edition
}

func (s *Server) withdrawnShow(c *fiber.Ctx, campaign *survey.Campaign) error {
	return s.render(c, fiber.StatusGone, "results_withdrawn", withdrawnPage{
		Page: s.page(c), Campaign: campaign, Edition: campaign.Editions[len(campaign.Editions)-1],
	})
}
