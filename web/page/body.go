package page

import (
	"github.com/gofiber/fiber/v2"
)

// LimitBody refuses longer bodies than a route can have use for.
func LimitBody(limit int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if len(c.Request().Body()) > limit {
			return fiber.ErrRequestEntityTooLarge
		}
		return c.Next()
	}
}
