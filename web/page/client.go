package page

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Client is the address a request comes from. Behind proxies that are trusted
// it is the last address of X-Forwarded-For that is not one of them: whatever
// stands before it, the client may have made up.
func (s *Site) Client(c *fiber.Ctx) netip.Addr {
	address, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	address = address.Unmap()
	if !s.Proxies.Contains(address) {
		return address
	}
	// A proxy may add to the header or put one of its own behind it.
	chain := string(bytes.Join(c.Request().Header.PeekAll(fiber.HeaderXForwardedFor), []byte(",")))
	forwarded := strings.Split(chain, ",")
	for i := len(forwarded) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		if address = hop.Unmap(); !s.Proxies.Contains(address) {
			break
		}
	}
	return address
}

// Network is the part of an address that one subscriber has: all of IPv4, the
// first half of IPv6.
func Network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Proxies are the addresses whose X-Forwarded headers are believed.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks: "10.0.0.5", "172.16.0.0/12".
func ParseProxies(list []string) (Proxies, error) {
	var all Proxies
	for _, text := range list {
		text = strings.TrimSpace(text)
		if address, err := netip.ParseAddr(text); err == nil {
			all = append(all, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		all = append(all, prefix)
	}
	return all, nil
}

// Contains reports whether an address is one of them.
func (p Proxies) Contains(a netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}
