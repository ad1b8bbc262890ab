package salvage

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/ledger"
)

// firstLedger is the first format in which responses are in the ledger.
const firstLedger = 3

// state states what is lost, as far as it is not stated yet.
func (r *run) state(ctx context.Context) error {
	log := audit.New(r.to, r.options.Now)
	changes := survey.NewChanges(r.to, log, r.options.Now)
	lost, err := r.lostResponses(ctx)
	if err != nil {
		return err
	}
	if err := r.lostEntries(ctx, log, &lost); err != nil {
		return err
	}
	stated, err := survey.ReadLosses(ctx, r.to)
	if err != nil {
		return err
	}
	// The first entry comes behind every number that was ever given. A salvage that is
	// repeated after a kill finds it there, whatever else it finds.
	if err := log.PassOver(ctx, lost.head); err != nil {
		return err
	}
	missing, _ := r.report.Missing()
	if err := log.Record(ctx, r.options.Actor, "store.salvage", "store", nil, map[string]int{"missing": missing, "entered_anew": r.report.Entered}); err != nil {
		return err
	}
	next := stated.Statements
	for first := true; first && (len(lost.ledger) > 0 || len(lost.audit) > 0) || len(lost.responses) > 0; first = false {
		next++
		var statement survey.Losses
		statement, lost.responses = survey.NewLosses(next, r.options.Now(), lost.responses)
		if first {
			statement.Ledger, statement.Audit = lost.ledger, lost.audit
		}
		if err := r.keep(ctx, changes, statement); err != nil {
			return err
		}
	}
	return r.sayLost(ctx, log, lost.revisions)
}

// losses is what a salvage states.
type losses struct {
	responses []survey.ResponseID
	ledger    []survey.LostLink
	audit     []survey.NumberRange
	revisions []survey.Revision // of documents, as they are now
	head      int64             // number of the last entry that the log ever had, as far as that is known
}

// lostResponses enters what the ledger does not name any more into it anew, and returns
// what of it is lost.
func (r *run) lostResponses(ctx context.Context) (l losses, err error) {
	if r.marked.Version < firstLedger {
		return l, nil
	}
	found, err := ledger.Verify(ctx, r.to, nil)
	if err != nil {
		return l, err
	}
	if len(found.Unknown) > 0 && (r.report.lost(survey.LedgerDays) || r.report.lost(survey.Ledger)) {
		if r.report.Entered, err = ledger.EnterAnew(ctx, r.to, found.Unknown); err != nil {
			return l, err
		}
		if found, err = ledger.Verify(ctx, r.to, nil); err != nil {
			return l, err
		}
	}
	r.report.Responses, r.report.Unfinished = missingOf(found.Missing), found.Unfinished
	stated, err := survey.ReadLosses(ctx, r.to)
	if err != nil {
		return l, err
	}
	if r.report.lost(survey.Responses) {
		for _, m := range found.Missing {
			for _, id := range m.IDs {
				if !stated.Response(id) {
					l.responses = append(l.responses, id)
				}
			}
		}
	}
	if r.report.lost(survey.Chains) || r.report.lost(survey.Ledger) || r.report.lost(survey.LedgerDays) {
		for _, b := range found.Broken {
			if link := (survey.LostLink{ID: b.ID, What: b.What}); !stated.Link(link) {
				l.ledger = append(l.ledger, link)
			}
		}
	}
	return l, nil
}

// lostEntries adds what of the audit log, and of the documents it knows, is lost. That an
// entry was changed is no loss, and stays for the check to say.
func (r *run) lostEntries(ctx context.Context, log *audit.Log, l *losses) error {
	gaps, err := log.FindGaps(ctx)
	if err != nil && !survey.Is(err, survey.Conflict) {
		return err
	}
	stated, err := survey.ReadLosses(ctx, r.to)
	if err != nil {
		return err
	}
	// Entries are never deleted: there are as many as the number of the last one.
	if n, known := r.from.Expected(survey.Audit); known && gaps.Head.Number < int64(n) {
		l.head = int64(n)
		if end := (survey.NumberRange{First: gaps.Head.Number + 1, Last: l.head}); !stated.Entries(end) {
			gaps.Entries = append(gaps.Entries, end)
		}
	}
	if r.report.lost(survey.Audit) {
		l.audit = gaps.Entries
		// What an entry said that is lost is not known: the documents are taken as they are.
		l.revisions = append(l.revisions, gaps.Foreign...)
	}
	r.report.Audit = gaps.Entries
	for _, gone := range gaps.Missing {
		c, _, _ := strings.Cut(gone.Subject, "/")
		r.report.Documents = append(r.report.Documents, gone.Subject)
		if r.report.lost(survey.Collection(c)) || r.report.lost(survey.Audit) {
			l.revisions = append(l.revisions, gone)
		}
	}
	return nil
}

// keep stores a statement, with its entry in the log.
func (r *run) keep(ctx context.Context, changes *survey.Changes, statement survey.Losses) error {
	_, err := survey.Change(ctx, changes, survey.Edit[survey.Losses]{
		Collection: survey.Settings, ID: statement.ID, Actor: r.options.Actor, Action: "store.lost", Subject: "store",
		Do: func(l *survey.Losses) error {
			*l = statement
			return nil
		},
		Show: func(l *survey.Losses) any {
			return struct {
				Responses int                  `json:"responses"`
				Audit     []survey.NumberRange `json:"audit,omitempty"`
				Ledger    int                  `json:"ledger,omitempty"`
			}{len(l.Responses) / len(uuid.UUID{}), l.Audit, len(l.Ledger)}
		},
	})
	return err
}

// statedAtOnce is how many documents one entry of the log tells of.
const statedAtOnce = 20_000

// sayLost has the log say in which state it found documents, and that others are gone.
func (r *run) sayLost(ctx context.Context, log *audit.Log, all []survey.Revision) error {
	for some := range slices.Chunk(all, statedAtOnce) {
		err := log.Append(ctx, survey.LogEntry{
			ID: uuid.NewString(), At: r.options.Now().UTC(), Actor: r.options.Actor, Action: "store.lost", Subject: "store", Revisions: some,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
