package registry

import (
	"embed"

	"golang.org/x/sync/semaphore"

	"hailong/survey/registry"
	"hailong/survey/transactions"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about units, schools, sectors and points.
type Handlers struct {
	*staff.Pages
	editor       *registry.Editor // what staff change in units, sectors and points
	transactions *transactions.Transactions
	printing     *semaphore.Weighted // pieces of all documents being printed
	recent       recentActivity
}

// New returns the handlers of these services.
func New(pages *staff.Pages, editor *registry.Editor, transactions *transactions.Transactions) *Handlers {
	return &Handlers{Pages: pages, editor: editor, transactions: transactions, printing: semaphore.NewWeighted(pointPrintLimit)}
}
