package suspects

import (
	"embed"

	"hailong/analysis/results"
	"hailong/survey/quarantine"
	"hailong/survey/transactions"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about responses that are held back.
type Handlers struct {
	*staff.Pages
	quarantine   *quarantine.Quarantine
	transactions *transactions.Transactions
	published    *results.Published
}

// New returns the handlers of these services.
func New(pages *staff.Pages, quarantine *quarantine.Quarantine, transactions *transactions.Transactions, published *results.Published) *Handlers {
	return &Handlers{Pages: pages, quarantine: quarantine, transactions: transactions, published: published}
}
