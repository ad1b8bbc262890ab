package api

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/transactions"
	"hailong/web/page"
)

// PostTransactions implements ServerInterface. It takes how many people points
// served, from the one-stop software of an office.
func (h *Handlers) PostTransactions(c *fiber.Ctx) error {
	var body TransactionCounts
	switch err := decode(page.Body(c), &body); {
	case err != nil:
		return err
	case len(body.Transactions) == 0:
		return &survey.Error{Kind: survey.Invalid, Op: "state transactions", Key: "api.no_transactions"}
	case len(body.Transactions) > h.mostTransactions:
		return &survey.Error{Kind: survey.Invalid, Op: "state transactions", Key: "api.too_many_transactions", Args: []any{h.mostTransactions}}
	}
	counts := make([]transactions.Count, len(body.Transactions))
	fields := survey.Fields{}
	for i, sent := range body.Transactions {
		counts[i] = transactions.Count{Day: sent.Day, Number: int(sent.Number)}
		if code, err := survey.ParsePointCode(sent.Point); err == nil && h.coversPoint(c, code) {
			counts[i].Point = code // outside the scope is as good as not there
		}
		for field, message := range survey.FieldsOf(h.services.Transactions.Check(counts[i])) {
			fields[fmt.Sprintf("transactions.%d.%s", i, field)] = message
		}
	}
	if err := fields.Err("state transactions", "transaction.invalid"); err != nil {
		return err
	}
	fewer, err := h.services.Transactions.FewerThanReceived(c.UserContext(), counts)
	if err != nil {
		return err
	}
	changed, err := h.services.Transactions.State(c.UserContext(), tokenOf(c).Actor(), counts)
	if err != nil {
		return err
	}
	return send(c, TransactionOutcome{Changed: int64(changed), Unchanged: int64(len(counts) - changed), FewerThanReceived: int64(len(fewer))})
}
