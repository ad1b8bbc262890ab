package web

import (
	"net"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// hosts are the names that a server answers to. A page for any other name would be one
// that somebody else chose: of a cache that is to keep codes that lead to an address of
// theirs, or of a site whose name leads to this machine, so that a browser in the office
// sends it what belongs here (DNS rebinding).
type hosts map[string]bool

// newHosts are the host of the public URL, further names, and those of the loopback
// interface, by which the machine itself is asked. A name may have a port, which does not
// count: a proxy or a container may map it.
func newHosts(publicURL string, names []string) hosts {
	known := hosts{"localhost": true}
	if _, host, ok := strings.Cut(publicURL, "://"); ok {
		host, _, _ = strings.Cut(host, "/")
		known[hostName(host)] = true
	}
	for _, name := range names {
		known[hostName(name)] = true
	}
	return known
}

// hostName is the name in a Host header: without port, brackets and a dot at the end.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

func (h hosts) have(host string) bool {
	name := hostName(host)
	ip := net.ParseIP(name)
	return h[name] || ip != nil && ip.IsLoopback()
}

// rightHost refuses a request for a host that is not this server's.
func (s *Server) rightHost(c *fiber.Ctx) error {
	if !s.hosts.have(c.Hostname()) {
		return fiber.ErrMisdirectedRequest
	}
	return c.Next()
}
