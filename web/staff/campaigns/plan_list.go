package campaigns

import (
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/exchange"
	"hailong/web/page"
)

// planFile reads the list of a form's file, if there is one.
func (h *Handlers) planFile(c *fiber.Ctx, campaign *survey.Campaign) (cells []campaigns.PlanCell, problems []survey.Message, given bool) {
	header := page.FormFile(c, "list")
	if header == nil || header.Size == 0 {
		return nil, nil, false
	}
	file, err := header.Open()
	if err != nil {
		return nil, []survey.Message{{Key: "plan.unreadable"}}, true
	}
	content, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, []survey.Message{{Key: "plan.unreadable"}}, true
	}
	rows, err := exchange.ReadTable(header.Filename, content)
	if err != nil || len(rows) < 2 {
		return nil, []survey.Message{{Key: "plan.unreadable"}}, true
	}
	cells, problems = campaigns.ReadPlanCells(h.Catalog(), campaign, rows)
	return cells, problems, true
}
