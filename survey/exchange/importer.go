package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/spreadsheet"
)

// importBatch is how many responses are stored in one write.
const importBatch = 2000

// Importer stores the responses of a file. A row that cannot be read is
// rejected, the others are stored. The same file may come again, also after
// rows were mended: a response is stored once by its id (see RowReader), and
// what was stored first is kept.
type Importer struct {
	// Reject is called for each fault of a rejected row, in the order of rows.
	Reject func(Rejection) error
	// Progress is called after each row that is not blank.
	Progress func()
	// DryRun reads and checks everything and stores nothing.
	DryRun bool

	intake   *intake.Intake
	campaign *survey.Campaign
	point    *survey.Point
	rows     *spreadsheet.Rows
	header   []string
	reader   *RowReader

	count Imported
	batch []importRow
}

// importRow is a row that was read and is not stored yet.
type importRow struct {
	spreadsheet.Row
	response survey.Response
}

// Imported counts what became of the rows.
type Imported struct {
	Rows     int // all that are not blank
	Stored   int // in a dry run: those that would be
	Known    int // that repeat what was stored before
	Rejected int
}

// Rejection says what is wrong with a cell of a row.
type Rejection struct {
	Row    int
	Column string // its header in the file, or the name of the column that is missing
	Value  string
	Reason survey.Message
}

// NewImporter prepares an import into a campaign. point is the code of the
// point of rows that name none; it may be empty. Errors: Closed (only an open
// or a closed campaign takes responses from a file), NotFound (no such point).
func NewImporter(in *intake.Intake, campaign *survey.Campaign, point string) (*Importer, error) {
	m := &Importer{
		Reject: func(Rejection) error { return nil }, Progress: func() {},
		intake: in, campaign: campaign,
	}
	if campaign.State != survey.Open && campaign.State != survey.ClosedDown {
		return nil, survey.NewError(survey.Closed, "import responses", fmt.Errorf("campaign %s is %s", campaign.ID, campaign.State))
	}
	if point != "" {
		code, err := survey.ParsePointCode(point)
		if m.point = in.Catalog().Point(code); err != nil || m.point == nil {
			return nil, survey.NewError(survey.NotFound, "import responses", fmt.Errorf("point %q: %w", point, err))
		}
	}
	return m, nil
}

// ReadHeader reads the header of a file, whose rows Run takes. It returns the
// headers that mean nothing here. The error is ErrEmpty, Invalid if no column
// holds an answer, one of Rows, or one of the store.
func (m *Importer) ReadHeader(ctx context.Context, rows *spreadsheet.Rows) (ignored []string, err error) {
	header, err := rows.Next()
	if errors.Is(err, io.EOF) {
		return nil, spreadsheet.ErrEmpty
	}
	if err != nil {
		return nil, err
	}
	m.rows, m.header = rows, slices.Clone(header.Cells)
	if m.reader, ignored, err = NewRowReader(m.intake.Catalog(), m.campaign, m.point, m.intake.Now(), m.header); err != nil {
		return ignored, err
	}
	m.reader.secret, err = secretOf(ctx, m.intake.Store)
	if err != nil && !survey.Is(err, survey.NotFound) { // not found: nothing was exported from here
		return ignored, err
	}
	_, batch := m.reader.At(string(FieldBatch))
	_, by := m.reader.At(string(FieldBy))
	if batch || by { // it reads every response
		m.reader.papers, err = readPaperForms(ctx, m.intake.Store, m.intake.Catalog(), m.campaign.ID)
		return ignored, err
	}
	return ignored, nil
}

// Run reads the rows below the header and stores their responses. An error
// other than of a row ends the import; the batches before it are stored.
func (m *Importer) Run(ctx context.Context) (Imported, error) {
	for last := 1; ; {
		row, err := m.rows.Next()
		if errors.Is(err, io.EOF) {
			return m.count, m.store(ctx)
		}
		if err != nil {
			return m.count, fmt.Errorf("row %d: %w", last+1, err)
		}
		last = row.Number
		if row.Blank() {
			continue
		}
		m.count.Rows++
		m.Progress()
		response, err := m.reader.Read(row.Number, row.Cells)
		if err != nil {
			if err := m.reject(row, err); err != nil {
				return m.count, err
			}
			continue
		}
		row.Cells = slices.Clone(row.Cells)
		m.batch = append(m.batch, importRow{row, response})
		if len(m.batch) == importBatch {
			if err := m.store(ctx); err != nil {
				return m.count, err
			}
		}
	}
}

// store stores the batch. Of a response whose id is taken the stored one is
// kept; unless the row says the same, it is rejected.
func (m *Importer) store(ctx context.Context) error {
	defer func() { m.batch = m.batch[:0] }()
	if err := m.refuseExcess(ctx); err != nil {
		return err
	}
	fresh, err := m.insert(ctx)
	if err != nil {
		return err
	}
	stored := survey.Documents[survey.Response]{Store: m.intake.Store, Collection: survey.Responses}
	for i, row := range m.batch {
		if fresh[i] {
			m.count.Stored++
			continue
		}
		have, err := stored.Get(ctx, string(row.response.ID))
		if m.DryRun && survey.Is(err, survey.NotFound) {
			m.count.Stored++
			continue
		}
		if err != nil {
			return err
		}
		if have.TakenBack {
			m.count.Known++
			continue
		}
		conflict := m.conflict(have, row)
		if conflict == "" {
			m.count.Known++
			continue
		}
		if err := m.reject(row.Row, survey.InvalidField("import responses", "import.bad_row", string(FieldID), conflict)); err != nil {
			return err
		}
	}
	return nil
}

// refuseExcess rejects rows for which no paper form is left of those that were handed
// out.
func (m *Importer) refuseExcess(ctx context.Context) error {
	kept := m.batch[:0]
	for _, row := range m.batch {
		if row.response.Batch != "" {
			_, err := m.intake.Store.Get(ctx, survey.Responses, string(row.response.ID))
			if survey.Is(err, survey.NotFound) {
				err = m.reader.papers.take(row.response.Batch)
			}
			if survey.Is(err, survey.Invalid) {
				if err := m.reject(row.Row, err); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
		}
		kept = append(kept, row)
	}
	m.batch = kept
	return nil
}

// insert stores the responses of the batch in one write, unless this is a dry
// run, and says which of them are new.
func (m *Importer) insert(ctx context.Context) (fresh []bool, err error) {
	fresh = make([]bool, len(m.batch))
	if m.DryRun || len(m.batch) == 0 {
		return fresh, nil
	}
	responses := make([]survey.Response, len(m.batch))
	for i, row := range m.batch {
		responses[i] = row.response
	}
	receipts, err := m.intake.Keep(ctx, responses...)
	for i, r := range receipts {
		fresh[i] = r.Fresh
	}
	return fresh, err
}

// conflict returns the key of the reason why a row contradicts the response
// that is stored under its id: the stored one is of another campaign, form,
// point or unit, or the rest of it differs. It returns "" if the row repeats the
// stored response. What the row does not say is not compared: the day where it has
// none or only a month, who entered a paper form, and what proved the response.
func (m *Importer) conflict(have survey.Response, row importRow) string {
	given := row.response
	if have.Campaign != given.Campaign || have.Form.Code != given.Form.Code || have.Point != given.Point || have.Unit != given.Unit {
		return "import.id_of_other"
	}
	said := func(f ResponseField) string {
		if at, ok := m.reader.At(string(f)); ok && at < len(row.Cells) {
			return strings.TrimSpace(row.Cells[at])
		}
		return ""
	}
	if day := said(FieldDay); day == "" || day == have.Day.Month() {
		given.Day = have.Day
	}
	if said(FieldBatch) == "" && said(FieldBy) == "" {
		given.Batch, given.By = have.Batch, have.By
	}
	given.Received = have.Received
	given.Proof, given.Doubt = have.Proof, have.Doubt // no file says either
	if !reflect.DeepEqual(have, given) {
		return "import.known_differs"
	}
	return ""
}

// reject tells of each column at fault. An error that is not of the row is
// returned.
func (m *Importer) reject(row spreadsheet.Row, err error) error {
	var bad *survey.Error
	if !errors.As(err, &bad) || bad.Kind != survey.Invalid {
		return err
	}
	m.count.Rejected++
	for _, column := range slices.Sorted(maps.Keys(bad.Fields)) {
		r := Rejection{Row: row.Number, Column: column, Reason: bad.Fields[column]}
		if at, ok := m.reader.At(column); ok && at < len(row.Cells) {
			r.Column, r.Value = m.header[at], row.Cells[at]
		}
		if err := m.Reject(r); err != nil {
			return err
		}
	}
	return nil
}
