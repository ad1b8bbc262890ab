package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// pointChange is something done to a point with one button, after a
// confirmation.
type pointChange struct {
	fits func(*survey.Point) bool
	do   func(*survey.Editor, *fiber.Ctx, survey.Actor, *survey.Point, int64) (survey.Point, error)
}

// pointChanges are by their name in the path, and in the keys "point.do.NAME",
// "point.do.NAME.text" and "done.point_NAME".
func pointChanges() map[string]pointChange {
	return map[string]pointChange{
		"off": {
			fits: func(p *survey.Point) bool { return !p.Off },
			do: func(e *survey.Editor, c *fiber.Ctx, actor survey.Actor, p *survey.Point, rev int64) (survey.Point, error) {
				return e.SwitchPoint(c.UserContext(), actor, p.Code, rev, true)
			},
		},
		"on": {
			fits: func(p *survey.Point) bool { return p.Off && p.Successor == "" },
			do: func(e *survey.Editor, c *fiber.Ctx, actor survey.Actor, p *survey.Point, rev int64) (survey.Point, error) {
				return e.SwitchPoint(c.UserContext(), actor, p.Code, rev, false)
			},
		},
		"replace": {
			fits: func(p *survey.Point) bool { return p.Successor == "" },
			do: func(e *survey.Editor, c *fiber.Ctx, actor survey.Actor, p *survey.Point, rev int64) (survey.Point, error) {
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

func (s *Server) pointAndChange(c *fiber.Ctx) (*survey.Point, pointChange, error) {
	point, err := s.pointOf(c)
	change, known := pointChanges()[c.Params("point_change")]
	if err != nil || !known || !change.fits(point) {
		return nil, change, fiber.ErrNotFound
	}
	return point, change, nil
}

func (s *Server) pointConfirm(c *fiber.Ctx, who *signedIn) error {
	point, _, err := s.pointAndChange(c)
	if err != nil {
		return err
	}
	row := s.pointRow(s.config.Catalog(), point, nil)
	path, key := "/staff/points/"+string(point.Code), "point.do."+c.Params("point_change")
	return s.confirm(c, confirmation{
		StaffPage: s.staffPage(c, who, key, "/staff/points", "point.list", path, string(point.Code)),
		Text:      survey.Message{Key: key + ".text", Args: []any{string(point.Code), row.Place, row.Asks}},
		Action:    path + "/" + c.Params("point_change"), Button: key, Danger: c.Params("point_change") != "on", Cancel: path,
		Fields: map[string]string{"rev": strconv.FormatInt(point.Rev, 10)},
	})
}

func (s *Server) pointChange(c *fiber.Ctx, who *signedIn) error {
	point, change, err := s.pointAndChange(c)
	if err != nil {
		return err
	}
	next, err := change.do(s.editor(), c, who.Actor(), point, formOf(c).rev())
	if err != nil {
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, "/staff/points/"+string(next.Code), "point_"+c.Params("point_change"))
}
