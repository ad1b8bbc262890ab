package web

import (
	"github.com/gofiber/fiber/v2"

	"hailong/web/staff"
)

// What the tests of the whole site see of a server besides what its users see.

// NewWithRoutes makes a server whose routes of staff are changed before they
// are mounted.
var NewWithRoutes = newServer

// App takes routes that only a test has.
func (s *Server) App() *fiber.App { return s.app }

// StaffRoutes is the table behind the login.
func (s *Server) StaffRoutes() []staff.Route { return s.staffRoutes() }
