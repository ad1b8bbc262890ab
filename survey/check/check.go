package check

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/treelog"
)

// Store is a store that can look through itself.
type Store interface {
	survey.Store

	// Check reads everything that the store holds, reports what is damaged, and
	// returns how much it looked at. told is called with the bytes read since the last
	// call and may wait; an error of it ends the check.
	Check(ctx context.Context, told func(bytes int) error, found func(survey.Damage)) (survey.Inspected, error)
}

// The parts of a report.
const (
	Pages     = "pages"     // and what they hold as a whole: tallies, the list of free pages
	Documents = "documents" // each for itself
	Format    = "format"
	Ledger    = "ledger" // of responses: none changed, missing or put in
	Log       = "log"    // the signed one, of what is closed of the ledger
	Audit     = "audit"
	Acts      = "acts" // begun and not finished: the next start finishes them
)

// Findings is what a check found.
type Findings struct {
	Parts []CheckedPart `json:"parts"`
}

// CheckedPart is what was found in one part of a store.
type CheckedPart struct {
	Name    string          `json:"part"`
	Looked  int             `json:"looked_at"`
	Wrong   []survey.Damage `json:"wrong,omitempty"` // the first of them
	More    int             `json:"more,omitempty"`  // beyond these
	Skipped bool            `json:"skipped,omitempty"`

	// Stated is how much is not there that a salvage stated as lost (survey.Losses): it is
	// passed over.
	Stated int `json:"stated_as_lost,omitempty"`
}

// listed is how much a part lists of what is wrong.
const listed = 100

func (p *CheckedPart) wrong(d survey.Damage) {
	if len(p.Wrong) == listed {
		p.More++
		return
	}
	p.Wrong = append(p.Wrong, d)
}

// Whole reports whether everything was looked at and nothing is wrong.
func (r Findings) Whole() bool {
	for _, p := range r.Parts {
		if p.Skipped || len(p.Wrong) > 0 {
			return false
		}
	}
	return true
}

// Data looks through pages and documents, by the Check of a store or of a file.
func Data(look func(found func(survey.Damage)) (survey.Inspected, error)) (Findings, error) {
	pages, documents := CheckedPart{Name: Pages}, CheckedPart{Name: Documents}
	inspected, err := look(func(d survey.Damage) {
		if d.ID == "" {
			pages.wrong(d)
		} else {
			documents.wrong(d)
		}
	})
	pages.Looked, documents.Looked = inspected.Pages, inspected.Documents
	documents.Skipped = inspected.Documents == 0 && len(pages.Wrong) > 0
	format := CheckedPart{Name: Format, Looked: 1}
	switch newer := inspected.Format.Check(); {
	case newer != nil:
		format.wrong(survey.Damage{What: newer.Error()})
	case inspected.Documents == 0 && len(pages.Wrong) > 0: // nothing could be read, the format neither
		format.Skipped = true
	case inspected.Format.Done() < survey.CurrentFormat:
		format.wrong(survey.Damage{What: fmt.Sprintf("the store is of format %d and carries no checksums yet; start the program once, which brings it to format %d", inspected.Format.Done(), survey.CurrentFormat)})
	}
	return Findings{Parts: []CheckedPart{pages, documents, format}}, err
}

// Rest looks at what documents say together: the audit log, and acts that are not
// finished. store may be nil where its data are damaged; then it is skipped, and the
// report says so.
func (r *Findings) Rest(ctx context.Context, store survey.Store) error {
	responses, signed := CheckedPart{Name: Ledger, Skipped: true}, CheckedPart{Name: Log, Skipped: true}
	log, acts := CheckedPart{Name: Audit, Skipped: true}, CheckedPart{Name: Acts, Skipped: true}
	if store != nil && r.Whole() {
		var err error
		if responses, err = ledgerOf(ctx, store); err != nil {
			return err
		}
		if signed, err = signedLog(ctx, store); err != nil {
			return err
		}
		if log, err = auditLog(ctx, store); err != nil {
			return err
		}
		if acts, err = openActs(ctx, store); err != nil {
			return err
		}
	}
	r.Parts = append(r.Parts, responses, signed, log, acts)
	return nil
}

func signedLog(ctx context.Context, store survey.Store) (p CheckedPart, err error) {
	p.Name = Log
	p.Looked, err = treelog.Verify(ctx, store, p.wrong)
	return p, err
}

func auditLog(ctx context.Context, store survey.Store) (CheckedPart, error) {
	p := CheckedPart{Name: Audit}
	report, err := audit.New(store, time.Now).Verify(ctx)
	p.Looked, p.Stated = int(report.Number-report.Lost), int(report.Lost)
	if survey.Is(err, survey.Conflict) {
		p.wrong(survey.Damage{Collection: survey.Audit, What: err.Error()})
		err = nil
	}
	return p, err
}

// openActs counts the acts that are begun. They are no damage.
func openActs(ctx context.Context, store survey.Store) (CheckedPart, error) {
	p := CheckedPart{Name: Acts}
	err := store.Scan(ctx, survey.Intents, "", "", func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if err == nil && !strings.Contains(id, "/") {
			p.Looked++
		}
		return err
	})
	return p, err
}
