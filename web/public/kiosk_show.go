package public

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/formview"
	"hailong/web/page"
)

// KioskTimes is how a kiosk paces itself.
type KioskTimes struct {
	Idle   time.Duration // without a touch: what was given is sent and the first question comes back
	Thanks time.Duration // how long it thanks
	Pause  time.Duration // presses so soon after the first question came back are not counted
}

var UsualKioskTimes = KioskTimes{Idle: 30 * time.Second, Thanks: 4 * time.Second, Pause: time.Second}

// IdleMs is for the page's script.
func (t KioskTimes) IdleMs() int64 { return t.Idle.Milliseconds() }

// ThanksMs is for the page's script.
func (t KioskTimes) ThanksMs() int64 { return t.Thanks.Milliseconds() }

// PauseMs is for the page's script.
func (t KioskTimes) PauseMs() int64 { return t.Pause.Milliseconds() }

// IdleSeconds is for people.
func (t KioskTimes) IdleSeconds() int { return int(t.Idle.Seconds()) }

// kioskPage asks one big question on a tablet at a counter. Nothing on it leads
// anywhere else.
type kioskPage struct {
	page.Page
	Code    survey.PointCode
	Place   survey.Text
	Service survey.Text
	Ref     string
	ID      string // drawn for this page, for a browser without script
	Ticket  string // of this page, for the same
	Ask     formview.FormItem
	Follow  []formview.FormItem // what is asked after the big question, and may be left out
	Times   KioskTimes
	Notice  *survey.Message // in the place of the question
	Thanks  bool            // a browser without script has just sent
	Foreign bool            // this is no kiosk that staff enrolled
}

// Path is the kiosk's own address.
func (p kioskPage) Path() string { return p.Link("/k/" + string(p.Code)) }

// Refresh is after how many seconds the page loads itself again; 0: never. It
// is for what ends by itself: thanks, and a survey that is not open yet.
func (p kioskPage) Refresh() int {
	switch {
	case p.Thanks:
		return max(1, int(p.Times.Thanks.Seconds()))
	case p.Notice != nil:
		return 600
	}
	return 0
}

// kioskShow shows the kiosk of a point.
func (h *Handlers) kioskShow(c *fiber.Ctx) error {
	catalog := h.Catalog()
	point, err := h.point(c, catalog)
	if err != nil {
		return h.pointFailed(c, err)
	}
	if string(point.Code) != c.Params("code") { // as people type it
		return c.Redirect(h.Page(c).Link("/k/"+string(point.Code)), fiber.StatusSeeOther)
	}
	page, err := h.kioskPage(c, catalog, point)
	if err != nil {
		return err
	}
	_, enrolled, err := h.deviceOf(c, point.Code, proof.Kiosk)
	if err != nil {
		return err
	}
	page.Foreign = !enrolled
	status := fiber.StatusOK
	if page.Notice != nil {
		status = fiber.StatusGone
	}
	return h.Render(c, status, "kiosk", page)
}

func (h *Handlers) kioskPage(c *fiber.Ctx, catalog *survey.Catalog, point *survey.Point) (kioskPage, error) {
	view := kioskPage{Page: h.Page(c), Code: point.Code, Service: point.Label, Times: h.kiosk}
	view.URLPath = "/k/" + string(point.Code)
	if unit := catalog.UnitOn(point.Unit, h.Today()); unit != nil {
		view.Place = unit.Name
	}
	if sector := catalog.Sector(point.Sector); sector != nil && len(view.Service) == 0 {
		view.Service = sector.Name
	}
	campaign, ref, err := catalog.CampaignFor(point, h.Today())
	if err != nil {
		f := page.FailureOf(err, "")
		if f.Kind != survey.Closed {
			return view, err
		}
		view.Notice = &f.Message
		return view, nil
	}
	view.View, view.Langs = page.ViewFor(c, campaign), page.Offered(campaign)
	form := catalog.Questionnaire(ref)
	if form == nil || form.Overall() == nil {
		view.Notice = &survey.Message{Key: "kiosk.no_question"}
		return view, nil
	}
	id, err := h.receipts.Draw()
	if err != nil {
		return view, err
	}
	view.ID, view.Ticket, view.Ref = string(id), h.ticketFor(c, point.Code, id), ref.ID()
	view.Ask, view.Follow = kioskItems(catalog, form, point.Sector)
	return view, nil
}

// kioskItems picks the big question, which is the overall one, and what may
// follow: what depends on it alone, and the sector where the form needs it.
func kioskItems(catalog *survey.Catalog, form *survey.Questionnaire, fixed survey.SectorID) (ask formview.FormItem, follow []formview.FormItem) {
	overall := form.Overall().Code
	builder := formview.FormBuilder{Catalog: catalog, Form: form, Fixed: fixed}
	for _, section := range builder.Sections() {
		for _, it := range section.Items {
			switch {
			case it.Code == overall:
				ask = it
			case it.Type != survey.SingleItem && it.Type != survey.MultipleItem && it.Type != survey.SectorItem:
			case len(it.ShowIf) == 1 && it.ShowIf[0].Item == overall, it.Required && len(it.ShowIf) == 0:
				follow = append(follow, it)
			}
		}
	}
	return ask, follow
}
