package registry

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

// pointChange is something done to a point with one button, after a
// confirmation.
type pointChange struct {
	fits func(*survey.Point) bool
	do   func(*registry.Editor, *fiber.Ctx, survey.Actor, *survey.Point, int64) (survey.Point, error)
}

// pointChanges are by their name in the path, and in the keys "point.do.NAME",
// "point.do.NAME.text" and "done.point_NAME".
func pointChanges() map[string]pointChange {
	return map[string]pointChange{
		"off": {
			fits: func(p *survey.Point) bool { return !p.Off },
			do: func(e *registry.Editor, c *fiber.Ctx, actor survey.Actor, p *survey.Point, rev int64) (survey.Point, error) {
				return e.SwitchPoint(c.UserContext(), actor, p.Code, rev, true)
			},
		},
		"on": {
			fits: func(p *survey.Point) bool { return p.Off && p.Successor == "" },
			do: func(e *registry.Editor, c *fiber.Ctx, actor survey.Actor, p *survey.Point, rev int64) (survey.Point, error) {
				return e.SwitchPoint(c.UserContext(), actor, p.Code, rev, false)
			},
		},
		"replace": {
			fits: func(p *survey.Point) bool { return p.Successor == "" },
			do: func(e *registry.Editor, c *fiber.Ctx, actor survey.Actor, p *survey.Point, rev int64) (survey.Point, error) {
				return e.ReplacePoint(c.UserContext(), actor, p.Code, rev)
			},
		},
	}
}

// Changes are those that fit the point now.
func (p pointPage) Changes() []string {
	var names []string
	for _, name := range []string{"on", "replace", "off"} {
		if pointChanges()[name].fits(p.Row.Point) {
			names = append(names, name)
		}
	}
	return names
}

// pointAndChange is what the path names. fits is false where the point is not,
// or no longer, in a state to be changed so.
func (h *Handlers) pointAndChange(c *fiber.Ctx) (point *survey.Point, change pointChange, fits bool, err error) {
	point, err = h.pointOf(c)
	change, known := pointChanges()[c.Params("point_change")]
	if err != nil || !known {
		return nil, change, false, fiber.ErrNotFound
	}
	return point, change, change.fits(point), nil
}

// pointChangedMeanwhile shows a point that somebody else has put into a state in which
// what was asked for means nothing any more.
func (h *Handlers) pointChangedMeanwhile(c *fiber.Ctx, point *survey.Point) error {
	return h.Done(c, "/staff/points/"+string(point.Code), "point_moved_on")
}

func (h *Handlers) pointConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	point, _, fits, err := h.pointAndChange(c)
	if err != nil {
		return err
	}
	if !fits {
		return h.pointChangedMeanwhile(c, point)
	}
	return h.Confirm(c, h.changeConfirmation(c, who, point))
}

// changeConfirmation asks before a point is changed.
func (h *Handlers) changeConfirmation(c *fiber.Ctx, who *staff.SignedIn, point *survey.Point) staff.Confirmation {
	row := h.pointRow(h.Catalog(), point, pointActivity{})
	path, key := "/staff/points/"+string(point.Code), "point.do."+c.Params("point_change")
	return staff.Confirmation{
		BasePage: h.NewPage(c, who, key, "/staff/points", "point.list", path, string(point.Code)),
		Text:     survey.Message{Key: key + ".text", Args: []any{string(point.Code), row.Place, row.Asks}},
		Action:   path + "/" + c.Params("point_change"), Button: key, Danger: c.Params("point_change") != "on", Cancel: path,
		Fields: map[string]string{"rev": strconv.FormatInt(point.Rev, 10)},
	}
}

func (h *Handlers) pointChange(c *fiber.Ctx, who *staff.SignedIn) error {
	point, change, fits, err := h.pointAndChange(c)
	if err != nil {
		return err
	}
	if !fits {
		return h.pointChangedMeanwhile(c, point)
	}
	seen := page.FormOf(c).Rev()
	next, err := change.do(h.editor, c, who.Actor(), point, seen)
	if survey.Is(err, survey.Conflict) {
		if err := h.Reload(c.UserContext()); err != nil {
			return err
		}
		if point, _, fits, err = h.pointAndChange(c); err != nil {
			return err
		}
		if !fits {
			return h.pointChangedMeanwhile(c, point)
		}
		return h.ConfirmAgain(c, h.changeConfirmation(c, who, point), "points/"+string(point.Code), seen, point.Rev)
	}
	if err != nil {
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.Done(c, "/staff/points/"+string(next.Code), "point_"+c.Params("point_change"))
}
