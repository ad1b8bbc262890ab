package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/semaphore"

	"hailong/survey"
	"hailong/web/api"
	"hailong/web/formview"
	"hailong/web/page"
	"hailong/web/staff"
)

// Bounds of the bodies of requests. Those of single routes are narrower.
const (
	smallBody = formview.BodyLimit // of whoever is not known; a form with many texts may be longer
	largeBody = 8 << 20            // of who is signed in, or has a token: the longest of a route

	// firstPiece is what a body of whoever is not known takes of the budget at
	// first; it takes more as more arrives. A form of a citizen seldom is longer.
	firstPiece = 4 << 10

	// All bodies in flight. Citizens have a share that no upload takes from. It
	// has a first piece for each connection that can be open: by holding
	// connections, and announcing much, nobody shuts out a form.
	smallBudget = maxConnections * firstPiece
	largeBudget = 8 * largeBody

	// maxPairs is how many fields a body may have, each of which costs more
	// memory than it has bytes. The plan of a province has a few thousand.
	maxPairs = 50_000

	sessionWait = 5 * time.Second // for the store to say whether somebody is known
)

// How long a body may take: a form of 4 KiB by a phone at 1 KiB a second, and
// an upload of 8 MiB over a line of 256 kbit/s.
const (
	headTime     = 20 * time.Second
	leastTime    = 15 * time.Second
	slowest      = 1 << 10 // bytes a second
	mostBodyTime = 5 * time.Minute
)

// readTime is how long a body of length bytes may take. One that does not say
// how long it is may be as long as is allowed.
func readTime(length, limit int) time.Duration {
	if length < 0 || length > limit {
		length = limit
	}
	return min(leastTime+time.Duration(length)*time.Second/slowest, mostBodyTime)
}

// headerReceived gives the beginning of a body, which is read before any
// handler runs, the time that a small one has.
func headerReceived(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	return fasthttp.RequestConfig{ReadTimeout: readTime(header.ContentLength(), smallBody)}
}

// bodyBudget is what the bodies in flight may take together, by bytes.
type bodyBudget struct{ small, large *semaphore.Weighted }

func newBodyBudget() *bodyBudget {
	return &bodyBudget{small: semaphore.NewWeighted(smallBudget), large: semaphore.NewWeighted(largeBudget)}
}

// guardBody is the one place where a body is read: nothing behind it reads from
// the network. Fiber is told to hand bodies over unread (StreamRequestBody), so
// that what a body may cost is decided from the head of the request, by its path
// and by who sends it. What is taken of the budget is given back when the handler
// has ended, however it ends and whatever became of the connection.
func (s *Server) guardBody(c *fiber.Ctx) error {
	for _, coding := range c.Request().Header.PeekAll(fiber.HeaderContentEncoding) {
		if !bytes.EqualFold(bytes.TrimSpace(coding), []byte("identity")) {
			return fiber.ErrUnsupportedMediaType // no browser sends one, and nobody knows what it unpacks to
		}
	}
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return c.Next()
	}
	length := c.Request().Header.ContentLength()
	limit, known, err := s.bodyLimit(c, length)
	if err != nil {
		return err
	}
	if length > limit {
		return &page.TooLargeError{Limit: limit}
	}
	if conn := c.Context().Conn(); conn != nil {
		if err := conn.SetReadDeadline(time.Now().Add(readTime(length, limit))); err != nil {
			return err
		}
	}
	taken := taken{budget: s.bodies.small, step: firstPiece}
	if known {
		taken = largeBodyOf(s.bodies, length, limit)
	}
	defer taken.giveBack()
	body, err := taken.read(stream, length, limit)
	if err != nil {
		return err
	}
	if bytes.Count(body, []byte("&")) >= maxPairs && isForm(c) {
		return &page.TooLargeError{Limit: limit}
	}
	c.Request().SetBodyRaw(body)
	c.Locals(bodyReadKey{}, s.Now())
	return c.Next()
}

// bodyReadKey is where the moment is kept at which the body was there: from
// then on the server is at work, and not the line.
type bodyReadKey struct{}

func isForm(c *fiber.Ctx) bool {
	return !bytes.HasPrefix(c.Request().Header.ContentType(), []byte(fiber.MIMEMultipartForm)) && !strings.HasPrefix(c.Path(), api.Prefix)
}

// largeBodyOf takes all that a large body may need at once, so that nobody is
// refused in the middle of an upload. Only who is known has large ones.
func largeBodyOf(b *bodyBudget, length, limit int) taken {
	if length < 0 {
		length = limit
	}
	return taken{budget: b.large, step: length}
}

// taken is what one body has taken of a budget.
type taken struct {
	budget *semaphore.Weighted
	step   int // taken first; then as much again as there is
	bytes  int
}

// grow takes more. Nobody waits for it: one that waited would hold what others
// wait for.
func (t *taken) grow(n int) error {
	if !t.budget.TryAcquire(int64(n)) {
		return &survey.Error{Kind: survey.Unavailable, Op: "read body", Key: "error.busy"}
	}
	t.bytes += n
	return nil
}

func (t *taken) giveBack() {
	t.budget.Release(int64(t.bytes))
	t.bytes = 0
}

// read reads a body of length bytes, or of at most limit where it is negative.
// Memory is taken as the bytes arrive, whatever the head announced.
func (t *taken) read(stream io.Reader, length, limit int) ([]byte, error) {
	most := length
	if length < 0 {
		most = limit + 1 // one byte too much says that it is too long
	}
	var body []byte
	for len(body) < most {
		if len(body) == cap(body) {
			more := min(max(t.step, len(body)), most-len(body))
			if err := t.grow(more); err != nil {
				return nil, err
			}
			body = append(make([]byte, 0, len(body)+more), body...)
		}
		n, err := stream.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF) && (length < 0 || len(body) == length):
			return body, nil
		case err != nil:
			return nil, unread(err)
		}
	}
	if length < 0 {
		return nil, &page.TooLargeError{Limit: limit}
	}
	return body, nil
}

// unread is what to say of a body that did not arrive.
func unread(err error) error {
	var timed interface{ Timeout() bool }
	if errors.As(err, &timed) && timed.Timeout() {
		return fiber.ErrRequestTimeout
	}
	return fiber.ErrBadRequest
}

// bodyLimit is how long a body may be, by its path and by who sends it; known
// reports whether its sender may have large ones. The store is asked only for a large one: by a made-up cookie nobody gets more than
// one reading of a document, and never a byte of the budget for large bodies.
func (s *Server) bodyLimit(c *fiber.Ctx, length int) (limit int, known bool, err error) {
	if length >= 0 && length <= smallBody {
		return smallBody, false, nil
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), sessionWait)
	defer cancel()
	path := c.Path()
	switch {
	case strings.HasPrefix(path, api.Prefix+"/"):
		return largeBody, true, s.api.KnowsToken(ctx, c)
	case strings.HasPrefix(path, staff.StaffPrefix):
		if known, err = s.area.KnowsSession(ctx, c); known {
			return largeBody, true, err
		}
		return smallBody, false, err
	}
	return s.public.BodyLimit(path), false, nil
}

// drainBody reads on, and throws away, a body that was refused by its head. A
// browser that is cut off while it sends never shows the answer. It costs one
// buffer and time, which is bounded.
func drainBody(c *fiber.Ctx) {
	stream, conn := c.Context().RequestBodyStream(), c.Context().Conn()
	if stream == nil || conn == nil || conn.SetReadDeadline(time.Now().Add(drainTime)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, stream, drainBytes) // whoever has gone needs no answer
}

// Bounds of what is read of a body only to be thrown away.
const (
	drainBytes = 64 << 20
	drainTime  = 20 * time.Second
)
