package api

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
)

// AnswerProblem answers a program with an error, as RFC 9457 has it.
func (h *Handlers) AnswerProblem(c *fiber.Ctx, f page.Failure) error {
	l := h.Views.Locales[page.ViewOf(c).Lang]
	p := Problem{
		Type:      "urn:hailong:error:" + f.Word,
		Title:     l.T(f.TitleKey()),
		Status:    int64(f.Status),
		RequestID: f.Request,
		Errors:    fieldProblems(f.Fields, l),
	}
	if f.Message.Key != "" {
		p.Detail = l.T(f.Message.Key, f.Message.Args...)
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Status(f.Status).Set(fiber.HeaderContentType, "application/problem+json")
	return c.Send(body)
}

// fieldProblems lists what is wrong with fields, in the order of their names.
func fieldProblems(fields survey.Fields, l *page.Locale) []FieldProblem {
	var list []FieldProblem
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		m := fields[field]
		list = append(list, FieldProblem{Field: field, Key: m.Key, Detail: l.T(m.Key, m.Args...)})
	}
	return list
}
