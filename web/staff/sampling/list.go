package sampling

import (
	"bytes"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/sampling"
	"hailong/survey/spreadsheet"
	"hailong/web/page"
	"hailong/web/staff"
)

// sampleListPage is the rows drawn. Contacts are shown to who works the list,
// and only when asked for; that they were is recorded.
type sampleListPage struct {
	staff.BasePage
	Form     page.Form
	Campaign *survey.Campaign
	Rows     []drawnRow
	Found    int
	Number   int // of this page, from 1
	Pages    int
	Contacts bool

	Units, Surveyors []page.Choice
}

// drawnRow is a row with names.
type drawnRow struct {
	sampling.Drawn
	Where    string // unit, village, sector
	Surveyor string
	Contact  string
	Address  string // of the page that marks it
}

// Last is the last attempt, nil before the first.
func (r drawnRow) Last() *sampling.Attempt {
	if len(r.Attempts) == 0 {
		return nil
	}
	return &r.Attempts[len(r.Attempts)-1]
}

const samplePageSize = 100

// OutcomeChoices are the choices of the filter.
func (sampleListPage) OutcomeChoices() []page.Choice {
	options := []page.Choice{staff.Blank("sample.any_outcome"), {Value: "open", Label: "sample.outcome.open"}}
	return append(options, staff.WordOptions("sample.outcome.", sampling.Outcomes...)...)
}

// Lists are the choices of main sample and reserve.
func (sampleListPage) Lists() []page.Choice {
	return []page.Choice{staff.Blank("sample.any_list"), {Value: "main", Label: "sample.main"}, {Value: "called", Label: "sample.called"}, {Value: "reserve", Label: "sample.reserve"}}
}

// Page is the address of another page of the list.
func (p sampleListPage) Page(n int) string {
	q := url.Values{"page": {strconv.Itoa(n)}}
	for _, name := range []string{"unit", "surveyor", "outcome", "list", "contacts"} {
		if v := p.Form.Value(name); v != "" {
			q.Set(name, v)
		}
	}
	return p.Link(samplePath(p.Campaign.ID) + "/list?" + q.Encode())
}

func (h *Handlers) sampleListShow(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	page := sampleListPage{BasePage: h.samplePage(c, who, &campaign, "sample.list"), Campaign: &campaign, Form: page.FormWith()}
	for _, name := range []string{"unit", "surveyor", "outcome", "list", "contacts"} {
		page.Form.Typed.Set(name, page.Query.Get(name))
	}
	page.Contacts = page.Query.Get("contacts") == "1" && who.May(survey.RunSample)
	rows, err := h.drawnRows(c, who, &campaign, page.Contacts, "sample.contacts")
	if err != nil {
		return err
	}
	units, surveyors := map[string]string{}, map[string]string{}
	var found []drawnRow
	for _, r := range rows {
		unit := h.CellName(campaigns.PlanCell{Unit: r.Unit}, page.Lang)
		units[string(r.Unit)] = unit
		if r.Surveyor != "" {
			surveyors[r.Surveyor] = r.Surveyor
		}
		if page.chooses(&r) {
			found = append(found, r)
		}
	}
	page.Units, page.Surveyors = choices("sample.any_unit", units), choices("sample.any_surveyor", surveyors)
	page.Found = len(found)
	page.Pages = max(1, (page.Found+samplePageSize-1)/samplePageSize)
	page.Number, _ = strconv.Atoi(page.Query.Get("page"))
	page.Number = min(max(1, page.Number), page.Pages)
	page.Rows = found[(page.Number-1)*samplePageSize : min(page.Number*samplePageSize, page.Found)]
	return h.Render(c, fiber.StatusOK, "staff/sample_list", page)
}

// chooses reports whether the filter of the page chooses a row.
func (p sampleListPage) chooses(r *drawnRow) bool {
	outcome := string(r.Outcome())
	if outcome == "" {
		outcome = "open"
	}
	list := "main"
	if r.Reserve {
		list = "reserve"
		if r.For != 0 {
			list = "called"
		}
	}
	is := func(name, value string) bool { want := p.Form.Value(name); return want == "" || want == value }
	return is("unit", string(r.Unit)) && is("surveyor", r.Surveyor) && is("outcome", outcome) && is("list", list)
}

// choices are a blank one and those of a map, by label.
func choices(all string, labels map[string]string) []page.Choice {
	var options []page.Choice
	for value, label := range labels {
		options = append(options, page.Choice{Value: value, Label: label})
	}
	staff.SortChoices(options)
	return append([]page.Choice{staff.Blank(all)}, options...)
}

// drawnRows are the rows within the person's scope, with names, and with
// contacts if asked; reading those is recorded before.
func (h *Handlers) drawnRows(c *fiber.Ctx, who *staff.SignedIn, campaign *survey.Campaign, contacts bool, action survey.Action) ([]drawnRow, error) {
	ctx := c.UserContext()
	sample, err := h.samples.Sample(ctx, campaign.ID)
	if err != nil {
		return nil, err
	}
	rows, err := h.rowsOf(c, who, campaign)
	if err != nil {
		return nil, err
	}
	names, err := h.NamesOf(ctx)
	if err != nil {
		return nil, err
	}
	var texts map[string]string
	if contacts || action == "sample.export" {
		if err := h.Audit.Record(ctx, who.Actor(), action, "samples/"+string(campaign.ID), nil, map[string]any{"rows": len(rows), "contacts": contacts}); err != nil {
			return nil, err
		}
	}
	if contacts {
		if texts, err = h.samples.ContactsOf(ctx, &sample); err != nil {
			return nil, err
		}
	}
	lang := page.ViewOf(c).Lang
	list := make([]drawnRow, len(rows))
	for i, d := range rows {
		list[i] = drawnRow{Drawn: d, Where: h.whereOf(&d, lang), Surveyor: names(sample.SurveyorOf(d.Place)), Contact: texts[d.ID]}
	}
	return list, nil
}

// whereOf is where a row is: unit, village, sector.
func (h *Handlers) whereOf(d *sampling.Drawn, lang survey.Lang) string {
	where := h.CellName(campaigns.PlanCell{Unit: d.Unit, Sector: d.Sector}, lang)
	if d.Village != "" {
		where += " · " + d.Village
	}
	return where
}

// sampleExport sends the rows as a file. Contacts are in it only if asked for.
func (h *Handlers) sampleExport(kind string) staff.Handler {
	return func(c *fiber.Ctx, who *staff.SignedIn) error {
		campaign, err := h.CampaignOf(c)
		if err != nil {
			return err
		}
		contacts := page.Parameter(c, "contacts") == "1"
		rows, err := h.drawnRows(c, who, &campaign, contacts, "sample.export")
		if err != nil {
			return err
		}
		table := h.sampleTable(rows, contacts)
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+string(campaign.ID)+"-sample-"+string(h.Today())+"."+kind+`"`)
		var out bytes.Buffer
		if kind == "xlsx" {
			c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
			err = spreadsheet.WriteXLSX(&out, table)
		} else {
			c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
			err = spreadsheet.WriteCSV(&out, ',', table)
		}
		if err != nil {
			return err
		}
		return c.Send(out.Bytes())
	}
}

// sampleTable is the rows as cells, under headers that the import reads again.
func (h *Handlers) sampleTable(rows []drawnRow, contacts bool) [][]string {
	header := []string{"number", "draw_list", "draw_order", "draw_stratum", "draw_probability", "unit", "sector", "village", "surveyor", "outcome", "day", "visits", "stands_in_for", "substitute"}
	if contacts {
		header = append(header, "note")
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	table := [][]string{header}
	for _, r := range rows {
		list, day, probability := sampling.MainList, "", ""
		if r.Reserve {
			list = sampling.ReserveList
		}
		if a := r.Last(); a != nil {
			day = string(a.Day)
		}
		if r.Probability > 0 {
			probability = strconv.FormatFloat(r.Probability, 'g', -1, 64)
		}
		cells := []string{
			number(r.Number), string(list), number(r.Order), r.Stratum, probability, string(r.Unit), string(r.Sector), r.Village,
			r.Surveyor, string(r.Outcome()), day, number(r.Visits()), number(r.For), number(r.Substitute),
		}
		if contacts {
			cells = append(cells, r.Contact)
		}
		table = append(table, cells)
	}
	return table
}
