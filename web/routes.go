package web

import (
	"hailong/survey"
	"hailong/web/page"
)

// mountResults adds the public results and the interface for programs.
func (s *Server) mountResults() {
	s.app.Get("/api/v1/openapi.json", s.openAPIShow)
	api := s.app.Group("/api/v1")
	api.Get("/results", s.allow(survey.SeeResults), takesQuery(), s.apiResults)
	api.Get("/targets", s.allow(survey.SeeResults), takes("on"), s.apiTargets)
	api.Get("/campaigns", s.allow(survey.SeeResults), takes(), s.apiCampaigns)
	api.Get("/points", s.allow(survey.SeeResults), takes(), s.apiPoints)
	api.Post("/links", s.allow(survey.IssueLinks), takes(), page.LimitBody(linkBodyLimit), s.apiLinks)
	api.Post("/responses", s.allow(survey.WriteResponses), takes(), page.LimitBody(responsesBodyLimit), s.apiResponses)
}

// routes is the one table of what the server answers. Order matters only where
// a path fits two patterns.
func (s *Server) routes() {
	s.app.Get("/healthz", s.healthShow)
	s.app.Get("/readyz", s.readyShow)

	s.app.Use(s.observe, s.compress(), s.answerErrors, s.recoverPanics, s.deadline)

	s.app.Get("/static/:name", s.AssetShow)
	s.app.Get("/sw.js", s.WorkerShow)
	s.app.Get("/favicon.ico", s.FaviconShow)

	s.public.Mount(s.app)
	s.mountResults()
}
