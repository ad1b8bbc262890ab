package web

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"

	"hailong/web/page"
)

// headers sets the headers that every answer has.
func (s *Server) headers(c *fiber.Ctx) error {
	h := &c.Response().Header
	h.Set("Content-Security-Policy", page.ContentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-cache")
	if s.Secure(c) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return c.Next()
}

// observe names the request and logs one line. The line holds the route's
// pattern, never the path: a path names a response. No network address is logged.
func (s *Server) observe(c *fiber.Ctx) error {
	start := s.Now()
	id := page.NewRequestID()
	c.Locals(page.RequestIDKey{}, id)
	c.Set("X-Request-Id", id)

	err := c.Next()
	if read, ok := c.Locals(bodyReadKey{}).(time.Time); ok {
		start = read
	}
	took := s.Now().Sub(start)
	s.Log.LogAttrs(c.UserContext(), slog.LevelInfo, "request answered",
		slog.String("request", id),
		slog.String("method", c.Method()),
		slog.String("route", c.Route().Path),
		slog.Int("status", c.Response().StatusCode()),
		slog.Int("bytes", len(c.Response().Body())),
		slog.Duration("took", took),
	)
	if s.config.Observe != nil {
		s.config.Observe(strings.Clone(c.Method()), c.Route().Path, c.Response().StatusCode(), took)
	}
	return err
}

// compress shortens what a handler has not already compressed.
func (s *Server) compress() fiber.Handler {
	return compress.New(compress.Config{Level: compress.LevelBestSpeed})
}

// recoverPanics turns a panic into an Internal error, so that one request
// cannot end the server.
func (s *Server) recoverPanics(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Next()
}

// deadline bounds the work for a request. Nothing cancels it when the client
// leaves: fasthttp does not tell.
func (s *Server) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), requestTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// healthShow says that the process answers.
func (s *Server) healthShow(c *fiber.Ctx) error {
	return c.SendString("ok\n")
}

// readyShow says whether this server can do its work now, and if not, why: a line for
// each reason.
func (s *Server) readyShow(c *fiber.Ctx) error {
	faults := s.services.Health.Faults(c.UserContext())
	if len(faults) == 0 {
		return c.SendString("ok\n")
	}
	var lines strings.Builder
	for _, fault := range faults {
		lines.WriteString(fault.String() + "\n")
	}
	return c.Status(fiber.StatusServiceUnavailable).SendString(lines.String())
}
