package page

import (
	"github.com/gofiber/fiber/v2"
)

// Parameter returns a parameter of the query as a string that outlives the request.
func Parameter(c *fiber.Ctx, name string) string { return string(c.Context().QueryArgs().Peek(name)) }
