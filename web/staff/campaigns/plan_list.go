package campaigns

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/spreadsheet"
	"hailong/web/page"
)

// planFile reads the list of a form's file, if there is one.
func (h *Handlers) planFile(c *fiber.Ctx, campaign *survey.Campaign) (cells []campaigns.PlanCell, problems []survey.Message, given bool) {
	header := page.FormFile(c, "list")
	if header == nil || header.Size == 0 {
		return nil, nil, false
	}
	file, err := page.ListIn(c, "list")
	if wrong, ok := survey.FieldsOf(err)["list"]; ok {
		return nil, []survey.Message{wrong}, true
	}
	if err != nil {
		return nil, []survey.Message{{Key: "plan.unreadable"}}, true
	}
	rows, err := spreadsheet.ReadTable(c.UserContext(), file.Readable(), file.Content, spreadsheet.MaxUploadRows)
	switch {
	case err != nil:
		return nil, []survey.Message{spreadsheet.Unreadable(err)}, true
	case len(rows) < 2:
		return nil, []survey.Message{{Key: "plan.unreadable"}}, true
	}
	cells, problems = campaigns.ReadPlanCells(h.Catalog(), campaign, rows)
	return cells, problems, true
}
