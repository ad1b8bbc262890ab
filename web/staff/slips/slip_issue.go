package slips

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
	"hailong/web/staff"
)

// slipIssue issues a batch and leads to where it is printed. The form carries the
// request's id, so that pressing the button twice issues one batch.
func (h *Handlers) slipIssue(c *fiber.Ctx, who *staff.SignedIn) error {
	if err := h.HandsOut(); err != nil {
		return err
	}
	typed := page.FormOf(c)
	point := survey.PointCode(typed.Value("point"))
	if p := h.Catalog().Point(point); p == nil || !slips.MayIssue(h.Catalog(), who.User.Grant, p) {
		point = "" // outside the scope is as good as not there
	}
	count, _ := strconv.Atoi(typed.Value("count")) // 0 is refused
	issued, err := h.slips.Issue(c.UserContext(), who.Actor(), slips.IssueRequest{ID: typed.Value("request"), Point: point, Count: count})
	if err == nil {
		return h.Done(c, batchPath(issued.Point, issued.Day, issued.ID), "slips_issued")
	}
	if f := page.FailureOf(err, page.RequestID(c)); f.Kind == survey.Closed {
		typed.FieldErrors = map[string]survey.Message{"point": f.Message}
		return h.listShow(c, who, fiber.StatusUnprocessableEntity, typed)
	}
	wrong, ok := typed.Wrong(err)
	if !ok {
		return err
	}
	if _, bad := wrong.FieldErrors["request"]; bad { // a page that was tampered with, or changed after it was sent
		wrong.Typed.Set("request", page.NewIdempotencyKey())
		wrong.FieldErrors["count"] = survey.Message{Key: "slip.again"}
	}
	return h.listShow(c, who, fiber.StatusUnprocessableEntity, wrong)
}
