package public

import (
	"embed"

	"hailong/analysis/results"
	"hailong/survey/intake"
	"hailong/survey/proof"
	"hailong/survey/slips"
	"hailong/survey/takeback"
	"hailong/survey/traffic"
	"hailong/survey/treelog"
	"hailong/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates} }

// Handlers answers citizens and the public.
type Handlers struct {
	*page.Site
	intake    *intake.Intake
	slips     *slips.Slips
	published *results.Published
	proofs    *proof.Proofs
	receipts  *takeback.Receipts
	log       *treelog.SignedLog
	traffic   *traffic.Traffic
	forms     *formCache
	kiosk     KioskTimes
}

// New returns the handlers of these services.
func New(site *page.Site, in *intake.Intake, slips *slips.Slips, published *results.Published, proofs *proof.Proofs, receipts *takeback.Receipts, log *treelog.SignedLog, traffic *traffic.Traffic, kiosk KioskTimes) *Handlers {
	return &Handlers{Site: site, intake: in, slips: slips, published: published, proofs: proofs, receipts: receipts, log: log, traffic: traffic, forms: newFormCache(), kiosk: kiosk}
}
