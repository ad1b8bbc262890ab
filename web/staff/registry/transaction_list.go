package registry

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/transactions"
	"hailong/web/page"
	"hailong/web/staff"
)

// transactionListPage is how many people the points of a person's scope served in
// a month.
type transactionListPage struct {
	staff.BasePage
	Month        string // "2026-03"
	Before, Next string // other months; Next is empty where it is of the future
	Rows         []transactionRow
}

// transactionRow is a point in a month.
type transactionRow struct {
	*survey.Point
	Place  survey.Text
	Days   int // stated
	Number int
}

// MonthName writes the month as people do: 03/2026.
func (p transactionListPage) MonthName() string { return monthName(p.Month) }

func monthName(month string) string { return month[5:] + "/" + month[:4] }

// monthOf is the month that a request asks for; without one that of today.
func (h *Handlers) monthOf(c *fiber.Ctx) string {
	month := page.Parameter(c, "month")
	if len(transactions.DaysOf(month)) == 0 || month > h.Today().Month() {
		return h.Today().Month()
	}
	return month
}

// monthBeside is the month before, or after, one; empty where it is of the future.
func (h *Handlers) monthBeside(month string, by int) string {
	other := survey.DateOf(survey.Date(month+"-01").Time().AddDate(0, by, 0)).Month()
	if other > h.Today().Month() {
		return ""
	}
	return other
}

func (h *Handlers) transactionList(c *fiber.Ctx, who *staff.SignedIn) error {
	view := transactionListPage{BasePage: h.NewPage(c, who, "transaction.title", "/staff/points", "point.list"), Month: h.monthOf(c)}
	view.Before, view.Next = h.monthBeside(view.Month, -1), h.monthBeside(view.Month, 1)
	stated, err := h.transactions.Since(c.UserContext(), survey.Date(view.Month+"-01"))
	if err != nil {
		return err
	}
	catalog := h.Catalog()
	for i := range catalog.Points {
		p := &catalog.Points[i]
		if p.Off || !h.mayState(who, p) {
			continue
		}
		row := transactionRow{Point: p, Place: h.PlaceOf(p.Code)}
		for day, n := range stated[p.Code] {
			if day.Month() == view.Month {
				row.Days++
				row.Number += n
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return h.Render(c, fiber.StatusOK, "staff/transactions", view)
}

// mayState reports whether a person may state the transactions of a point.
func (h *Handlers) mayState(who *staff.SignedIn, p *survey.Point) bool {
	catalog := h.Catalog()
	return who.Covers(catalog, catalog.PointReach(p))
}

func (h *Handlers) transactionImport() listImport {
	return listImport{
		kind: "transaction", path: "/staff/transactions", list: "transaction.title", columns: []string{"point", "day", "number"},
		plan: h.planTransactions,
	}
}

// planTransactions compares a file with what is stated. A row about a point
// outside the person's scope is a problem like any other, and the same as one
// about a point that does not exist.
func (h *Handlers) planTransactions(ctx context.Context, who *staff.SignedIn, _ page.Form, file page.ListFile) (importPlan, []survey.RowProblem, error) {
	list, problems, err := h.transactions.ReadList(ctx, file.Readable(), file.Content)
	if err != nil {
		return importPlan{}, nil, err
	}
	for i, count := range list.Counts {
		if !h.mayState(who, h.Catalog().Point(count.Point)) {
			problems = append(problems, survey.RowProblem{Row: list.Rows[i], Column: "point", Message: survey.Message{Key: "point.unknown"}})
		}
	}
	facts := []survey.Message{{Key: "transaction.plan", Args: []any{list.Changed, list.Same}}}
	if list.FarAbove > 0 {
		facts = append(facts, survey.Message{Key: "transaction.far_above_days", Args: []any{list.FarAbove}})
	}
	if list.Fewer > 0 {
		facts = append(facts, survey.Message{Key: "transaction.fewer_days", Args: []any{list.Fewer}})
	}
	return importPlan{
		Facts: facts,
		apply: func(ctx context.Context, actor survey.Actor) error {
			_, err := h.transactions.State(ctx, actor, list.Counts)
			return err
		},
	}, problems, nil
}
