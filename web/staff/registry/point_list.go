package registry

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

const (
	pointPageSize = 50
)

// pointListPage is the points of a person's scope.
type pointListPage struct {
	staff.BasePage
	Form   page.Form
	Points []pointRow // of this page
	Found  int
	Total  int // before the filter
	Quiet  int // of those found
	Number int // of this page, from 1
	Pages  int

	forms, campaigns []page.Choice
}

// pointRow is a point with what is known of it.
type pointRow struct {
	*survey.Point
	Place    survey.Text
	Asks     survey.Text
	Sector   survey.Text
	Activity registry.Activity
	Running  bool // a campaign takes its responses today
	Quiet    bool // it should have responses and has none
}

// pointFilter chooses points; an empty field chooses all.
type pointFilter struct {
	words    string
	form     survey.FormCode
	channel  survey.Channel
	campaign survey.CampaignID
	state    string // on, off, quiet
	codes    []string
}

func pointFilterOf(q url.Values) pointFilter {
	return pointFilter{
		words: survey.Fold(q.Get("q")), form: survey.FormCode(q.Get("form")), channel: survey.Channel(q.Get("channel")),
		campaign: survey.CampaignID(q.Get("campaign")), state: q.Get("state"), codes: q["point"],
	}
}

// pointRow joins a point with what belongs to it.
func (h *Handlers) pointRow(catalog *survey.Catalog, p *survey.Point, activity pointActivity) pointRow {
	row := pointRow{Point: p, Activity: activity.of[p.Code]}
	if unit := catalog.UnitOn(p.Unit, h.Today()); unit != nil {
		row.Place = unit.Name
	}
	if form := catalog.Latest(p.Form); form != nil {
		row.Asks = form.Title
	}
	if sector := catalog.Sector(p.Sector); sector != nil {
		row.Sector = sector.Name
	}
	campaign, _, err := catalog.CampaignFor(p, h.Today())
	row.Running = err == nil && !p.Off
	since := survey.DateOf(h.Now().AddDate(0, 0, -staff.QuietDays))
	made := max(p.Made, survey.DateOf(activity.made))
	known := row.Activity.LastDay != "" || made < since // a new point cannot have been quiet for long
	// Nobody looks for paper forms on a wall.
	row.Quiet = row.Running && known && p.Channel != survey.ChannelPaper && row.Activity.LastDay < since && campaign.Period.From < since
	return row
}

// pointsFor returns the points that a filter chooses among those a person may see.
func (h *Handlers) pointsFor(who *staff.SignedIn, f pointFilter, activity pointActivity) (rows []pointRow, total int) {
	catalog := h.Catalog()
	for i := range catalog.Points {
		p := &catalog.Points[i]
		if !who.Covers(catalog, catalog.PointReach(p)) {
			continue
		}
		total++
		row := h.pointRow(catalog, p, activity)
		if f.chooses(catalog, &row, h.Today()) {
			rows = append(rows, row)
		}
	}
	return rows, total
}

func (f *pointFilter) chooses(catalog *survey.Catalog, row *pointRow, today survey.Date) bool {
	switch {
	case f.form != "" && row.Form != f.form,
		f.channel != "" && row.Channel != f.channel,
		f.state == "on" && row.Off, f.state == "off" && !row.Off, f.state == "quiet" && !row.Quiet,
		len(f.codes) > 0 && !slices.Contains(f.codes, string(row.Code)):
		return false
	}
	if f.campaign != "" {
		campaign, _, err := catalog.CampaignFor(row.Point, today)
		if err != nil || campaign.ID != f.campaign || row.Off {
			return false
		}
	}
	for _, word := range strings.Fields(f.words) {
		all := string(row.Code) + " " + row.Place[survey.Vietnamese] + " " + row.Place[survey.English] + " " +
			row.Label[survey.Vietnamese] + " " + row.Label[survey.English] + " " + row.Sector[survey.Vietnamese]
		if !strings.Contains(survey.Fold(all), word) {
			return false
		}
	}
	return true
}

// pointActivity is how much points are used, and since when they could be.
type pointActivity struct {
	of   map[survey.PointCode]registry.Activity
	made time.Time // when the first account of the store was: no point was used before
}

// activity counts the responses of points in the last days.
func (h *Handlers) activity(ctx context.Context) (p pointActivity, err error) {
	people, err := h.Accounts.People(ctx)
	if err != nil {
		return p, err
	}
	for i := range people {
		if made := people[i].Created; i == 0 || made.Before(p.made) {
			p.made = made
		}
	}
	now := h.Now()
	p.of, err = registry.Activities(ctx, h.Store, survey.DateOf(now.AddDate(0, 0, -staff.ActivityDays)), now)
	return p, err
}

func (h *Handlers) pointList(c *fiber.Ctx, who *staff.SignedIn) error {
	activity, err := h.activity(c.UserContext())
	if err != nil {
		return err
	}
	view := pointListPage{BasePage: h.NewPage(c, who, "point.list")}
	view.Form = page.Form{Typed: view.Query}
	rows, total := h.pointsFor(who, pointFilterOf(view.Query), activity)
	view.Found, view.Total = len(rows), total
	for i := range rows {
		if rows[i].Quiet {
			view.Quiet++
		}
	}
	view.Pages = (len(rows) + pointPageSize - 1) / pointPageSize
	view.Number, _ = strconv.Atoi(view.Query.Get("page"))
	view.Number = min(max(1, view.Number), max(1, view.Pages))
	view.Points = rows[(view.Number-1)*pointPageSize : min(view.Number*pointPageSize, len(rows))]

	catalog := h.Catalog()
	view.forms = who.FormChoices(catalog, view.Lang)
	for i := range catalog.Campaigns {
		campaign := &catalog.Campaigns[i]
		if campaign.State == survey.Open && who.Covers(catalog, campaign.Reach().Part()) {
			view.campaigns = append(view.campaigns, page.Choice{Value: string(campaign.ID), Label: campaign.Title.In(view.Lang)})
		}
	}
	return h.Render(c, fiber.StatusOK, "staff/points", view)
}

// Forms are the choices of the filter.
func (p pointListPage) Forms() []page.Choice {
	return append([]page.Choice{staff.Blank("point.any_form")}, p.forms...)
}

// Campaigns are the choices of the filter.
func (p pointListPage) Campaigns() []page.Choice {
	return append([]page.Choice{staff.Blank("point.any_campaign")}, p.campaigns...)
}

// Channels are the choices of the filter.
func (pointListPage) Channels() []page.Choice {
	return append([]page.Choice{staff.Blank("point.any_channel")}, staff.ChannelChoices()...)
}

// States are the choices of the filter.
func (pointListPage) States() []page.Choice {
	return []page.Choice{staff.Blank("point.any_state"), {Value: "on", Label: "point.on"}, {Value: "quiet", Label: "point.quiet"}, {Value: "off", Label: "point.off"}}
}

// Formats are what codes can be printed as.
func (pointListPage) Formats() []page.Choice {
	var options []page.Choice
	for _, f := range []qr.Format{qr.Poster, qr.Card, qr.Sheet, qr.Stickers} {
		options = append(options, page.Choice{Value: string(f), Label: "point.format." + string(f)})
	}
	return options
}

// ActivityDays is how far back responses are counted.
func (pointListPage) ActivityDays() int { return staff.ActivityDays }

// QuietDays is how long a point must be without a response to be noticed.
func (pointListPage) QuietDays() int { return staff.QuietDays }

// Page is the address of another page of the list.
func (p pointListPage) Page(n int) string { return p.filtered("page", strconv.Itoa(n)) }

// OnlyQuiet is the address of the list of those without responses.
func (p pointListPage) OnlyQuiet() string { return p.filtered("state", "quiet") }

func (p pointListPage) filtered(name, value string) string {
	q := url.Values{}
	for k, v := range p.Query {
		q[k] = v
	}
	q.Del("page")
	q.Set(name, value)
	return p.Link("/staff/points?" + q.Encode())
}

// Filter is the filter as pairs, for the form that prints what it chooses.
func (p pointListPage) Filter() map[string]string {
	pairs := map[string]string{}
	for _, name := range []string{"q", "form", "channel", "campaign", "state"} {
		if value := p.Query.Get(name); value != "" {
			pairs[name] = value
		}
	}
	return pairs
}
