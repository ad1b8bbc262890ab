package columns

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/analysis"
	"hailong/analysis/results/segments"
	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/survey/verification"
)

// UseSegments has loads read responses from the segments in a directory where these are
// proven. It is called before the first load.
func (all *Responses) UseSegments(d *segments.Directory) { all.segments = d }

// BuildSegments makes segments of the responses that are in none and whose moments of
// receipt are blurred, and returns of how many. They are used by the next load. Without a
// directory it does nothing. Errors: those of the store, and of the disk.
func (all *Responses) BuildSegments(ctx context.Context) (rows int, err error) {
	if all.segments == nil {
		return 0, nil
	}
	b := segmentBuilding{store: all.store, catalog: all.catalog(), layouts: map[survey.CampaignID]*buildLayout{}, words: interned{}}
	return all.segments.Build(ctx, all.store, all.segmentSizes.most, all.segmentSizes.fewest, b.scan)
}

// segmentSizes bound the rows of a segment.
type segmentSizes struct{ most, fewest int }

// segmentBuilding is one pass of building.
type segmentBuilding struct {
	store   survey.Store
	catalog *survey.Catalog
	layouts map[survey.CampaignID]*buildLayout
	words   interned
	record  decoded
}

// buildLayout is which answers of a campaign a segment holds; nil: none of it may be in one.
type buildLayout struct {
	*ItemLayout
	items []segments.HeldItem
}

var errBuilt = errors.New("enough was read")

// scan reads responses as rows of segments.
func (b *segmentBuilding) scan(ctx context.Context, from string, visit func(segments.Visited) (bool, error)) error {
	err := b.store.Scan(ctx, survey.Responses, from, "", func(doc bson.Raw) error {
		v, err := b.visited(doc)
		if err != nil {
			return err
		}
		more, err := visit(v)
		if err == nil && !more {
			return errBuilt
		}
		return err
	})
	if errors.Is(err, errBuilt) {
		return nil
	}
	return err
}

func (b *segmentBuilding) visited(doc bson.Raw) (v segments.Visited, err error) {
	r := &b.record
	if err := r.read(doc, b.words); err != nil {
		return v, survey.NewError(survey.Internal, "build segment", err)
	}
	v = segments.Visited{ID: r.id, Name: r.id.String(), Campaign: survey.CampaignID(r.campaign), Gone: r.gone}
	if stored := survey.DocumentText(doc, "_id"); v.Name != stored { // it would be looked for under another
		return v, survey.NewError(survey.Internal, "build segment", fmt.Errorf("response id %q is not in its usual form", stored))
	}
	layout := b.layout(v.Campaign)
	response := survey.Response{
		Point: survey.PointCode(r.point), Batch: r.batch, Proof: r.proof, Channel: survey.Channel(r.channel), Received: r.received,
		By: survey.Login(survey.DocumentText(doc, "by")),
	}
	if r.gone || layout == nil || !segments.Settled(&response) {
		return v, nil
	}
	v.Items = layout.items
	v.Row = &segments.ResponseRow{
		ID: v.ID, Judged: quarantine.NeedsHour(&response, response.Received), Answers: make([]uint8, len(layout.Items)),
		RowGroup: segments.RowGroup{
			Form: r.form, Unit: r.unit, Sector: r.sector, Channel: r.channel, Day: r.day, Point: r.point,
			Verified: verification.ClassOf(r.proof, r.batch) == verification.Verified, Received: r.received,
		},
	}
	layout.encode(r, v.Row.Answers)
	return v, nil
}

// layout is that of a campaign. One that is not known has none; neither has one with a
// question that is sensitive in any version: its answers are erased when their time has
// come, and no segment may hold them then.
func (b *segmentBuilding) layout(id survey.CampaignID) *buildLayout {
	if layout, known := b.layouts[id]; known {
		return layout
	}
	b.layouts[id] = nil
	campaign := b.catalog.Campaign(id)
	if campaign == nil {
		return nil
	}
	p := NewItemLayout(b.catalog, campaign)
	for _, form := range p.Forms {
		for _, it := range form.Items() {
			if _, held := p.Column[it.Code]; held && it.Sensitive {
				return nil
			}
		}
	}
	b.layouts[id] = &buildLayout{p, itemsOf(p)}
	return b.layouts[id]
}

// encode writes the answers of a response into a row.
func (p *ItemLayout) encode(r *decoded, row []uint8) {
	clear(row) // Missing
	for _, a := range r.answers {
		if col, ok := p.Column[a.item]; ok && (a.code <= p.Items[col].Codes || a.code == analysis.NotApplicable) {
			row[col] = a.code
		}
	}
}
