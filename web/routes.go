package web

// routes is the one table of what the server answers. Order matters only where
// a path fits two patterns. An error is a fault in the interface for programs.
func (s *Server) routes() error {
	s.app.Use(s.headers)
	s.app.Get("/healthz", s.guardBody, s.healthShow)
	s.app.Get("/readyz", s.guardBody, s.readyShow)

	s.app.Use(s.observe, s.compress(), s.answerErrors, s.recoverPanics, s.rightHost, s.guardBody, s.untrustedProxy, s.deadline)

	s.app.Get("/static/:name", s.AssetShow)
	s.app.Get("/sw.js", s.WorkerShow)
	s.app.Get("/favicon.ico", s.FaviconShow)

	s.public.Mount(s.app)
	return s.api.Mount(s.app)
}
