package web

import (
	"bytes"
	"hash/maphash"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// Limits of how often. They stop a flood and nothing else: an office, a school
// or a whole mobile network may share one address, and a wall code is scanned
// by a crowd after a meeting.
const (
	rateWindow      = 10 * time.Minute
	ratePoint       = 20_000 // forms at one point, whoever sends them
	rateClient      = 6_000  // forms from one address
	rateClientPoint = 1_200  // forms from one address at one point
	rateSession     = 6_000  // requests of one signed-in browser
	rateToken       = 6_000  // requests of one program
)

// rate counts by key over a sliding window. It keeps hashes under a key of its
// own, in memory, and so no address.
type rate struct {
	most int
	now  func() time.Time
	seed maphash.Seed

	mu            sync.Mutex
	start         time.Time
	current, last map[uint64]int
}

func newRate(most int, now func() time.Time) *rate {
	return &rate{most: most, now: now, seed: maphash.MakeSeed(), current: map[uint64]int{}}
}

// take counts one more of a key. It returns 0, or how long to wait if there
// were too many.
func (r *rate) take(parts ...string) time.Duration {
	key := maphash.String(r.seed, strings.Join(parts, "\x00"))
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	passed := now.Sub(r.start)
	if passed >= rateWindow {
		r.last = r.current
		if passed >= 2*rateWindow {
			r.last = nil
		}
		r.start, r.current, passed = now.Truncate(rateWindow), map[uint64]int{}, now.Sub(now.Truncate(rateWindow))
	}
	// What the last window held counts by the share of it that the sliding
	// window still reaches.
	left := rateWindow - passed
	before := float64(r.last[key]) * float64(left) / float64(rateWindow)
	if before+float64(r.current[key]) >= float64(r.most) {
		return max(time.Second, min(left, rateWindow/10))
	}
	r.current[key]++
	return 0
}

// rates are the limits of a server.
type rates struct {
	point, client, clientPoint, session, token *rate
}

func newRates(now func() time.Time) rates {
	return rates{
		point: newRate(ratePoint, now), client: newRate(rateClient, now), clientPoint: newRate(rateClientPoint, now),
		session: newRate(rateSession, now), token: newRate(rateToken, now),
	}
}

// tooMany returns RateLimited with the seconds to wait, and tells the client.
func tooMany(c *fiber.Ctx, wait time.Duration) error {
	seconds := survey.Wait(wait).Seconds()
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	return &survey.Error{Kind: survey.RateLimited, Op: "limit the rate", Key: "rate.wait", Args: []any{seconds}, Err: survey.Wait(wait)}
}

// limitForms bounds the forms taken at what a parameter of the path names, and
// from an address; refused answers those that are too many. A loopback address
// is a proxy that is not among Config.Proxies, or somebody at the server
// itself: it may stand for everybody, and is not limited.
func (s *Server) limitForms(parameter string, refused func(*fiber.Ctx, error) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		address := s.client(c)
		if address.IsLoopback() || address.IsUnspecified() {
			return c.Next()
		}
		client, point := network(address), c.Params(parameter)
		if wait := max(s.rates.clientPoint.take(client, point), s.rates.client.take(client), s.rates.point.take(point)); wait > 0 {
			return refused(c, tooMany(c, wait))
		}
		return c.Next()
	}
}

// refuse leaves the answer to the error: a kiosk keeps what was given and sends
// it again.
func refuse(_ *fiber.Ctx, err error) error { return err }

// formLimited shows the form again with everything typed.
func (s *Server) formLimited(c *fiber.Ctx, err error) error {
	catalog := s.config.Catalog()
	point, failed := s.point(c, catalog)
	if failed != nil {
		return s.pointFailed(c, failed)
	}
	submission := s.submission(c)
	submission.Point = point.Code
	wait := string(append([]byte(nil), c.Response().Header.Peek(fiber.HeaderRetryAfter)...))
	failed = s.formAgain(c, catalog, point, submission, err)
	c.Set(fiber.HeaderRetryAfter, wait)
	return failed
}

// linkLimited shows the form of a link again with everything typed.
func (s *Server) linkLimited(c *fiber.Ctx, err error) error {
	wait := string(c.Response().Header.Peek(fiber.HeaderRetryAfter))
	submission := s.submission(c)
	visit, failed := s.follow(c)
	if failed == nil {
		failed = s.linkForm(c, failureOf(err, "").Status, visit, submission, err)
	} else {
		failed = s.linkEnded(c, visit, failed)
	}
	c.Set(fiber.HeaderRetryAfter, wait)
	return failed
}

// client is the address a request comes from. Behind proxies that are trusted
// it is the last address of X-Forwarded-For that is not one of them: whatever
// stands before it, the client may have made up.
func (s *Server) client(c *fiber.Ctx) netip.Addr {
	address, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	address = address.Unmap()
	if !s.proxies.contains(address) {
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
		if address = hop.Unmap(); !s.proxies.contains(address) {
			break
		}
	}
	return address
}

// network is the part of an address that one subscriber has: all of IPv4, the
// first half of IPv6.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// proxies are the addresses whose X-Forwarded headers are believed.
type proxies []netip.Prefix

// parseProxies reads addresses and networks: "10.0.0.5", "172.16.0.0/12".
func parseProxies(list []string) (proxies, error) {
	var all proxies
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

func (p proxies) contains(a netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}
