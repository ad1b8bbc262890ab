package exchange

import (
	"context"
	"io"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Exporter writes the responses of some campaigns, one a row, in the order of
// their ids.
type Exporter struct {
	// Voided writes voided responses too, with the reason. Without it they are
	// left out, as figures leave them out.
	Voided bool
	// Progress is called after each response.
	Progress func()

	store  survey.Store
	wanted map[survey.CampaignID]bool
	layout *Layout
}

// NewExporter prepares an export of campaigns of a catalogue.
func NewExporter(store survey.Store, c *survey.Catalog, campaigns ...*survey.Campaign) *Exporter {
	e := &Exporter{
		Progress: func() {},
		store:    store, wanted: map[survey.CampaignID]bool{}, layout: NewLayout(c, campaigns...),
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

// each visits the cells of every response, one response in memory at a time.
func (e *Exporter) each(ctx context.Context, visit func(cells []string) error) error {
	voided, err := survey.VoidedResponses(ctx, e.store)
	if err != nil {
		return err
	}
	cells := make([]string, len(e.layout.Columns))
	var r survey.Response
	return e.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		if err := r.UnmarshalBSON(doc); err != nil {
			return err
		}
		if !e.wanted[r.Campaign] {
			return nil
		}
		var void *survey.Void
		if v, ok := voided[r.ID]; ok {
			if !e.Voided {
				return nil
			}
			void = &v
		}
		if err := e.layout.Row(&r, void, cells); err != nil {
			return err
		}
		e.Progress()
		return visit(cells)
	})
}
