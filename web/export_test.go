package web

import (
	"net/netip"

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

// BodiesGivenBack reports whether no body holds anything of the budgets.
func (s *Server) BodiesGivenBack() bool {
	small, large := s.bodies.small.TryAcquire(smallBudget), s.bodies.large.TryAcquire(largeBudget)
	if small {
		s.bodies.small.Release(smallBudget)
	}
	if large {
		s.bodies.large.Release(largeBudget)
	}
	return small && large
}

// TakeBodies takes all of a budget until release is called.
func (s *Server) TakeBodies(large bool) (release func()) {
	budget, size := s.bodies.small, int64(smallBudget)
	if large {
		budget, size = s.bodies.large, int64(largeBudget)
	}
	if !budget.TryAcquire(size) {
		return func() {}
	}
	return func() { budget.Release(size) }
}

// MostOfNetwork is how many connections one network may have open.
const MostOfNetwork = mostOfNetwork

// BoundAll bounds the connections of this machine too.
func (s *Server) BoundAll() {
	s.networks.unbounded = func(netip.Addr) bool { return false }
}
