package exchange

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/spreadsheet"
)

// Exporter writes the responses of some campaigns that their releases hold, one a row.
// So two files differ by nobody or by as many as two releases do (survey/releases): of
// all responses, files from before and after one citizen would differ by her row. Rows
// have numbers in place of ids and stand in the order of these numbers (see RowNumbers):
// neither number nor place tells when or by whom a response was sent.
type Exporter struct {
	// Voided writes also the responses that the release leaves out because they are
	// voided, with the reason.
	Voided bool
	// Progress is called after each response.
	Progress func()

	store     survey.Store
	numbers   numbering
	wanted    map[survey.CampaignID]bool
	standings releases.Standings
	waiting   int
	layout    *Layout
	sheetRows int // that a sheet of a workbook holds
	roundRows int // about so many are in memory at once
}

// NewExporter prepares an export of campaigns of a catalogue.
func NewExporter(store survey.Store, numbers *RowNumbers, c *survey.Catalog, campaigns ...*survey.Campaign) *Exporter {
	e := &Exporter{
		Progress: func() {},
		store:    store, numbers: numbers.numbering(), wanted: map[survey.CampaignID]bool{}, layout: NewLayout(c, campaigns...), sheetRows: spreadsheet.MaxSheetRows, roundRows: roundRows,
	}
	for _, k := range campaigns {
		e.wanted[k.ID] = true
	}
	return e
}

// Unreleased returns the campaigns of the export that have no release yet, and so no
// rows. It is known when the export was written, as is Waiting.
func (e *Exporter) Unreleased() (campaigns []survey.CampaignID) {
	for id := range e.wanted {
		if e.standings.Release(id).Number == 0 {
			campaigns = append(campaigns, id)
		}
	}
	slices.Sort(campaigns)
	return campaigns
}

// Waiting returns how many responses wait for a later release of their campaign.
func (e *Exporter) Waiting() int { return e.waiting }

// WriteCSV writes a CSV file with a header.
func (e *Exporter) WriteCSV(ctx context.Context, out io.Writer) error {
	w := spreadsheet.NewCSVWriter(out)
	if err := w.Write(e.layout.Headers()); err != nil {
		return err
	}
	if err := e.each(ctx, w.Write); err != nil {
		return err
	}
	return w.Flush()
}

// roundRows is how many responses are in memory at once: they are sorted in
// rounds, each of which reads the store and keeps the part whose numbers begin
// alike.
const roundRows = 100_000

// exportRow is a response before its turn.
type exportRow struct {
	number rowNumber
	doc    bson.Raw
}

// each visits the cells of every response in the order of row numbers. Errors:
// Unavailable, if responses were taken back or a release was cut while it read: the rows
// would be of no release.
func (e *Exporter) each(ctx context.Context, visit func(cells []string) error) error {
	rows, err := e.count(ctx)
	if err != nil {
		return err
	}
	rounds := uint64(rows/e.roundRows + 1) //nolint:gosec // rows are not negative
	for round := range rounds {
		var part []exportRow
		moved, err := e.standings.Again(ctx, e.store, e.isWanted, func(doc bson.Raw, is releases.Standing) error {
			if !e.writes(is) {
				return nil
			}
			id := survey.DocumentText(doc, "_id")
			parsed, err := uuid.Parse(id)
			if err != nil {
				return survey.NewError(survey.Internal, "export responses", fmt.Errorf("response id %q: %w", id, err))
			}
			number := e.numbers.of(parsed)
			if uint64(binary.BigEndian.Uint32(number.hidden[:]))*rounds>>32 == round {
				part = append(part, exportRow{number, slices.Clone(doc)})
			}
			return nil
		})
		if err == nil && moved {
			err = survey.NewError(survey.Unavailable, "export responses", errors.New("what the releases hold changed meanwhile"))
		}
		if err != nil {
			return err
		}
		slices.SortFunc(part, func(a, b exportRow) int { return bytes.Compare(a.number.hidden[:], b.number.hidden[:]) })
		if err := e.visit(part, visit); err != nil {
			return err
		}
	}
	return nil
}

// count reads what the releases hold, and how many rows that is.
func (e *Exporter) count(ctx context.Context) (rows int, err error) {
	begin := func() { rows, e.waiting = 0, 0 }
	err = e.standings.Each(ctx, e.store, e.isWanted, begin, func(_ bson.Raw, is releases.Standing) error {
		if is.Waits {
			e.waiting++
		}
		if e.writes(is) {
			rows++
		}
		return nil
	})
	return rows, err
}

func (e *Exporter) isWanted(id survey.CampaignID) bool { return e.wanted[id] }

// writes reports whether a response is a row.
func (e *Exporter) writes(is releases.Standing) bool {
	return is.Held || is.Void != nil && e.Voided
}

// visit writes some rows.
func (e *Exporter) visit(rows []exportRow, visit func(cells []string) error) error {
	cells := make([]string, len(e.layout.Columns))
	var r survey.Response
	for _, row := range rows {
		if err := r.UnmarshalBSON(row.doc); err != nil {
			return err
		}
		if err := e.layout.Row(&r, row.number.text, e.standings.Of(row.doc).Void, cells); err != nil {
			return err
		}
		e.Progress()
		if err := visit(cells); err != nil {
			return err
		}
	}
	return nil
}
