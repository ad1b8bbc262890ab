package exchange

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// Exporter writes the responses of some campaigns, one a row. Rows have numbers in
// place of ids and stand in the order of these numbers (see RowNumbers): neither
// number nor place tells when or by whom a response was sent.
type Exporter struct {
	// Voided writes voided responses too, with the reason. Without it they are
	// left out, as figures leave them out.
	Voided bool
	// Progress is called after each response.
	Progress func()

	store     survey.Store
	numbers   numbering
	wanted    map[survey.CampaignID]bool
	layout    *Layout
	sheetRows int // that a sheet of a workbook holds
	roundRows int // about so many are in memory at once
}

// NewExporter prepares an export of campaigns of a catalogue.
func NewExporter(store survey.Store, numbers *RowNumbers, c *survey.Catalog, campaigns ...*survey.Campaign) *Exporter {
	e := &Exporter{
		Progress: func() {},
		store:    store, numbers: numbers.numbering(), wanted: map[survey.CampaignID]bool{}, layout: NewLayout(c, campaigns...), sheetRows: maxSheetRows, roundRows: roundRows,
	}
	for _, k := range campaigns {
		e.wanted[k.ID] = true
	}
	return e
}

// WriteCSV writes a CSV file with a header.
func (e *Exporter) WriteCSV(ctx context.Context, out io.Writer) error {
	w := NewCSVWriter(out)
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

// each visits the cells of every response in the order of row numbers.
func (e *Exporter) each(ctx context.Context, visit func(cells []string) error) error {
	voided, err := verification.VoidedResponses(ctx, e.store)
	if err != nil {
		return err
	}
	held, err := verification.HeldResponses(ctx, e.store, "")
	if err != nil {
		return err
	}
	rows := 0
	if err := e.wantedRows(ctx, voided, held, func(uuid.UUID, bson.Raw) { rows++ }); err != nil {
		return err
	}
	rounds := uint64(rows/e.roundRows + 1)
	for round := range rounds {
		var part []exportRow
		err := e.wantedRows(ctx, voided, held, func(id uuid.UUID, doc bson.Raw) {
			number := e.numbers.of(id)
			if uint64(binary.BigEndian.Uint32(number.hidden[:]))*rounds>>32 == round {
				part = append(part, exportRow{number, slices.Clone(doc)})
			}
		})
		if err != nil {
			return err
		}
		slices.SortFunc(part, func(a, b exportRow) int { return bytes.Compare(a.number.hidden[:], b.number.hidden[:]) })
		if err := e.visit(part, voided, visit); err != nil {
			return err
		}
	}
	return nil
}

// wantedRows reads the responses of the campaigns that are to be written, and
// that are not held back: an export has the rows that figures count. The bytes
// are valid until take returns.
func (e *Exporter) wantedRows(ctx context.Context, voided map[survey.ResponseID]verification.Void, held map[survey.ResponseID]survey.CampaignID, take func(uuid.UUID, bson.Raw)) error {
	return e.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		if !e.wanted[survey.CampaignID(survey.DocumentText(doc, "campaign"))] || survey.IsTakenBack(doc) {
			return nil
		}
		id := survey.DocumentText(doc, "_id")
		if _, void := voided[survey.ResponseID(id)]; void && !e.Voided {
			return nil
		}
		if _, out := held[survey.ResponseID(id)]; out {
			return nil
		}
		number, err := uuid.Parse(id)
		if err != nil {
			return survey.NewError(survey.Internal, "export responses", fmt.Errorf("response id %q: %w", id, err))
		}
		take(number, doc)
		return nil
	})
}

// visit writes some rows.
func (e *Exporter) visit(rows []exportRow, voided map[survey.ResponseID]verification.Void, visit func(cells []string) error) error {
	cells := make([]string, len(e.layout.Columns))
	var r survey.Response
	for _, row := range rows {
		if err := r.UnmarshalBSON(row.doc); err != nil {
			return err
		}
		var void *verification.Void
		if v, ok := voided[r.ID]; ok {
			void = &v
		}
		if err := e.layout.Row(&r, row.number.text, void, cells); err != nil {
			return err
		}
		e.Progress()
		if err := visit(cells); err != nil {
			return err
		}
	}
	return nil
}
