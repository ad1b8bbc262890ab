package web

import (
	"net/netip"

	"github.com/gofiber/fiber/v2"
)

// forwardedHeaders say for whom a proxy asks.
var forwardedHeaders = []string{fiber.HeaderXForwardedFor, fiber.HeaderXForwardedProto, fiber.HeaderXForwardedHost}

// untrustedProxy notices that X-Forwarded headers come from somebody whose headers are
// not believed: mostly a proxy that the settings do not name. Then everybody is one
// sender to the limits, and cookies are not marked as for HTTPS. It is said once in the
// log and, from then on, on the first page of who operates the server. A client can send
// the headers too; so nothing is done but saying it, and no address is logged.
func (s *Server) untrustedProxy(c *fiber.Ctx) error {
	if s.Site.UntrustedProxy.Load() {
		return c.Next()
	}
	peer, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	if s.Proxies.Contains(peer.Unmap()) {
		return c.Next()
	}
	for _, name := range forwardedHeaders {
		if c.Get(name) != "" && s.Site.UntrustedProxy.CompareAndSwap(false, true) {
			s.Log.Warn("an X-Forwarded header came from an address that --trusted-proxies does not name and is passed over; "+
				"if a proxy stands before this server, name its address, or everybody is one sender",
				"header", name, "from", peerKind(peer.Unmap()))
		}
	}
	return c.Next()
}

// peerKind says where an address is, without saying which it is.
func peerKind(a netip.Addr) string {
	switch {
	case a.IsLoopback():
		return "this machine"
	case a.IsPrivate():
		return "a private network"
	}
	return "the internet"
}
