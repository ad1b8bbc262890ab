package registry

import (
	"maps"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/transactions"
	"hailong/web/page"
	"hailong/web/staff"
)

// transactionPage is the month of a point, a field a day.
type transactionPage struct {
	staff.BasePage
	Point        *survey.Point
	Place        survey.Text
	Month        string
	Before, Next string
	Form         page.Form
	Conflict     *staff.Conflict
	Days         []survey.Date // up to today
	Unusual      []unusualDay
	Unvouched    []survey.Date // whose number is of somebody who makes proofs at the point
	Makes        bool          // this person does
	Fewer        []survey.Date // whose typed number is below the responses received
}

// unusualDay is one whose stored number is far above what is usual there.
type unusualDay struct {
	Day  survey.Date
	Most int // that count where suspect responses are looked for
}

// MonthName writes the month as people do.
func (p transactionPage) MonthName() string { return monthName(p.Month) }

// Vouch is where a person says that they looked at every number.
func (p transactionPage) Vouch() page.Field {
	return p.Form.Checks("vouch", "transaction.vouch", []page.Choice{{Value: "all", Label: "transaction.vouch.all"}})
}

// AreFewer is where a person says that numbers below the responses received are right.
func (p transactionPage) AreFewer() page.Field {
	return p.Form.Checks("fewer", "transaction.vouch", []page.Choice{{Value: "all", Label: "transaction.fewer.all"}})
}

// Field is the field of a day.
func (p transactionPage) Field(day survey.Date) page.Field {
	return p.Form.Number(dayPrefix+string(day), "transaction.number")
}

const dayPrefix = "day."

func transactionPath(point survey.PointCode) string { return "/staff/transactions/" + string(point) }

func (h *Handlers) transactionEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	point, err := h.pointOf(c)
	if err != nil {
		return err
	}
	month := h.monthOf(c)
	stored, err := h.transactions.Month(c.UserContext(), point.Code, month)
	if err != nil {
		return err
	}
	typed := page.FormWith().Revised(stored.Rev)
	for _, d := range stored.Days {
		typed.Typed.Set(dayPrefix+string(d.Day), strconv.Itoa(d.Number))
	}
	return h.transactionShow(c, who, fiber.StatusOK, point, month, transactionPage{Form: typed})
}

func (h *Handlers) transactionShow(c *fiber.Ctx, who *staff.SignedIn, status int, point *survey.Point, month string, view transactionPage) error {
	view.BasePage = h.NewPage(c, who, "transaction.month", "/staff/points", "point.list", "/staff/transactions", "transaction.title")
	view.Point, view.Place, view.Month = point, h.PlaceOf(point.Code), month
	view.Before, view.Next = h.monthBeside(month, -1), h.monthBeside(month, 1)
	stated, err := h.transactions.Since(c.UserContext(), survey.DateOf(survey.Date(month+"-01").Time().AddDate(0, -2, 0)))
	if err != nil {
		return err
	}
	m, err := h.transactions.Month(c.UserContext(), point.Code, month)
	if err != nil {
		return err
	}
	if view.Unvouched, view.Makes, err = h.transactions.Unvouched(c.UserContext(), &m, who.Actor()); err != nil {
		return err
	}
	for _, day := range transactions.DaysOf(month) {
		if day > h.Today() {
			break
		}
		view.Days = append(view.Days, day)
		if most, far := transactions.FarAbove(stated[point.Code], day); far {
			view.Unusual = append(view.Unusual, unusualDay{day, most})
		}
	}
	return h.Render(c, status, "staff/transaction", view)
}

func (h *Handlers) transactionSave(c *fiber.Ctx, who *staff.SignedIn) error {
	point, err := h.pointOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	month := typed.Value("month")
	if len(transactions.DaysOf(month)) == 0 {
		return survey.NewError(survey.Invalid, "state transactions", nil)
	}
	days := map[survey.Date]int{}
	for name := range typed.Typed {
		if day, ok := strings.CutPrefix(name, dayPrefix); ok && typed.Value(name) != "" {
			days[survey.Date(day)] = survey.WholeNumber(typed.Value(name))
		}
	}
	if shown, err := h.askAboutFewer(c, who, point, month, typed, days); shown || err != nil {
		return err
	}
	err = h.transactions.SaveMonth(c.UserContext(), who.Actor(), point.Code, month, typed.Rev(), days, typed.Value("vouch") != "")
	if err == nil {
		return h.Done(c, transactionPath(point.Code)+"?month="+month, "transaction_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind == survey.Invalid && len(f.Fields) > 0 {
		typed.FieldErrors = map[string]survey.Message{}
		for day, message := range f.Fields {
			typed.FieldErrors[dayPrefix+day] = message
		}
		return h.transactionShow(c, who, f.Status, point, month, transactionPage{Form: typed})
	}
	if f.Kind != survey.Conflict {
		return err
	}
	return h.transactionConflict(c, who, point, month, typed, days)
}

// askAboutFewer shows the form again where numbers are below the responses received and
// the person has not said that they are right, and reports whether it did.
func (h *Handlers) askAboutFewer(c *fiber.Ctx, who *staff.SignedIn, point *survey.Point, month string, typed page.Form, days map[survey.Date]int) (shown bool, err error) {
	if typed.Value("fewer") != "" {
		return false, nil
	}
	valid := maps.Clone(days)
	maps.DeleteFunc(valid, func(day survey.Date, n int) bool { return n < 0 || !day.Valid() }) // refused when they are saved
	fewer, err := h.transactions.DaysFewerThanReceived(c.UserContext(), point.Code, valid)
	if err != nil || len(fewer) == 0 {
		return false, err
	}
	return true, h.transactionShow(c, who, fiber.StatusUnprocessableEntity, point, month, transactionPage{Form: typed, Fewer: fewer})
}

// transactionConflict shows what was typed beside what somebody stored meanwhile.
func (h *Handlers) transactionConflict(c *fiber.Ctx, who *staff.SignedIn, point *survey.Point, month string, typed page.Form, days map[survey.Date]int) error {
	stored, err := h.transactions.Month(c.UserContext(), point.Code, month)
	if err != nil {
		return err
	}
	conflict := &staff.Conflict{Rev: stored.Rev, Reload: transactionPath(point.Code) + "?month=" + month}
	theirs := stored.ByDay()
	text := func(days map[survey.Date]int, day survey.Date) string {
		if n, stated := days[day]; stated {
			return strconv.Itoa(n)
		}
		return ""
	}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	for _, day := range transactions.DaysOf(month) {
		conflict.Add(l.Date(day), text(days, day), text(theirs, day))
	}
	return h.transactionShow(c, who, fiber.StatusConflict, point, month, transactionPage{Form: typed.Revised(stored.Rev), Conflict: conflict})
}
