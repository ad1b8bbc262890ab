package campaigns

import (
	"embed"

	"hailong/analysis/results"
	"hailong/survey/campaigns"
	"hailong/survey/paper"
	"hailong/survey/quarantine"
	"hailong/survey/transactions"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about campaigns, their plans and their progress.
type Handlers struct {
	*staff.Pages
	campaigns    *campaigns.Campaigns
	published    *results.Published
	batches      *paper.Batches
	rechecks     *paper.Rechecks
	quarantine   *quarantine.Quarantine
	transactions *transactions.Transactions
}

// New returns the handlers of these services.
func New(pages *staff.Pages, campaigns *campaigns.Campaigns, published *results.Published, batches *paper.Batches, rechecks *paper.Rechecks, quarantine *quarantine.Quarantine, transactions *transactions.Transactions) *Handlers {
	return &Handlers{Pages: pages, campaigns: campaigns, published: published, batches: batches, rechecks: rechecks, quarantine: quarantine, transactions: transactions}
}
