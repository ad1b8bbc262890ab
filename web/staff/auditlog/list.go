package auditlog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/spreadsheet"
	"hailong/web/page"
	"hailong/web/staff"
)

// listPage is the audit log, the newest entries first.
type listPage struct {
	staff.BasePage
	Form    page.Form
	Entries []audit.ChainedEntry
	Actions []page.Choice
	Found   int
	Number  int // of this page, from 1
	Pages   int
	Broken  *survey.Message
	Part    bool // what lies in the person's scope
}

const (
	pageSize  = 50
	mostPages = 400 // how far back one can leaf; the filter and the export go further
)

// filterOf reads the filter from the query. A day that is none is passed
// over, and the form says so.
func filterOf(p staff.BasePage) (audit.EntryFilter, page.Form) {
	wrong := map[string]survey.Message{}
	day := func(name string) survey.Date {
		typed := strings.TrimSpace(p.Query.Get(name))
		d, err := survey.ParseDate(typed)
		if err != nil {
			if typed != "" {
				wrong[name] = survey.Message{Key: "unit.bad_date"}
			}
			return ""
		}
		return d
	}
	f := audit.EntryFilter{
		Actor: strings.TrimSpace(p.Query.Get("actor")), Action: survey.Action(p.Query.Get("action")),
		Subject: strings.TrimSpace(p.Query.Get("subject")), From: day("from"), To: day("to"),
	}
	typed := page.FormWith("actor", f.Actor, "action", string(f.Action), "subject", f.Subject, "from", string(f.From), "to", string(f.To))
	typed.FieldErrors = wrong
	return f, typed
}

func (h *Handlers) list(c *fiber.Ctx, who *staff.SignedIn) error {
	page := listPage{BasePage: h.NewPage(c, who, "audit.title")}
	page.Actions = h.actions(page.Lang)
	var filter audit.EntryFilter
	filter, page.Form = filterOf(page.BasePage)
	page.Number, _ = strconv.Atoi(page.Query.Get("page"))
	page.Number = min(max(1, page.Number), mostPages)

	// The entries are read oldest first, so that those of the page are known
	// only at the end: a ring of the newest is kept.
	ring := make([]audit.ChainedEntry, pageSize*page.Number)
	shown, err := h.scope(c.UserContext(), who)
	if err != nil {
		return err
	}
	page.Part = !who.User.Grant.Everywhere()
	err = h.Audit.Each(c.UserContext(), filter, func(e audit.ChainedEntry) error {
		if !shown(&e) {
			return nil
		}
		ring[page.Found%len(ring)] = e
		page.Found++
		return nil
	})
	if err != nil {
		return err
	}
	page.Pages = min((page.Found+pageSize-1)/pageSize, mostPages)
	newest := page.Found - 1 - pageSize*(page.Number-1)
	for i := newest; i >= 0 && i > newest-pageSize; i-- {
		page.Entries = append(page.Entries, ring[i%len(ring)])
	}
	return h.Render(c, fiber.StatusOK, "staff/audit", page)
}

// actions are the choices of the filter: everything that has a sentence.
func (h *Handlers) actions(lang survey.Lang) []page.Choice {
	const prefix = "audit.action."
	options := []page.Choice{{Label: "audit.any_action"}}
	for key := range h.Views.Locales[lang].Messages {
		if action, ok := strings.CutPrefix(key, prefix); ok {
			options = append(options, page.Choice{Value: action, Label: key})
		}
	}
	slices.SortFunc(options, func(x, y page.Choice) int { return strings.Compare(x.Value, y.Value) })
	return options
}

// Page is the address of another page of the list.
func (p listPage) Page(n int) string {
	q := p.Query
	q.Set("page", strconv.Itoa(n))
	return p.Link("/staff/audit?" + q.Encode())
}

// Export is the address of what the filter chooses as a file.
func (p listPage) Export() string {
	q := p.Query
	q.Del("page")
	return p.Link("/staff/audit.csv?" + q.Encode())
}

// export sends what the filter chooses as CSV. That it was exported is
// recorded before.
func (h *Handlers) export(c *fiber.Ctx, who *staff.SignedIn) error {
	filter, _ := filterOf(h.NewPage(c, who, ""))
	shown, err := h.scope(c.UserContext(), who)
	if err != nil {
		return err
	}
	if err := h.Audit.Record(c.UserContext(), who.Actor(), "audit.export", "audit", nil, filter); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="audit-`+string(h.Today())+`.csv"`)
	w := spreadsheet.NewCSVWriter(c.Response().BodyWriter())
	if err := w.Write([]string{"number", "at", "actor", "session", "action", "subject", "before", "after", "hash"}); err != nil {
		return err
	}
	err = h.Audit.Each(c.UserContext(), filter, func(e audit.ChainedEntry) error {
		if !shown(&e) {
			return nil
		}
		return w.Write([]string{
			strconv.FormatInt(e.Number(), 10), e.At.In(survey.Zone).Format(time.RFC3339), e.Actor.String(), e.Actor.Session,
			string(e.Action), e.Subject, e.Before, e.After, e.Hash,
		})
	})
	if err != nil {
		return err
	}
	return w.Flush()
}
