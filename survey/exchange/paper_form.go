package exchange

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// paperForms is what this store knows of the paper forms that were handed out for a
// campaign, and of who may have entered them. A form counts as verified by its batch
// (verification.ClassOf), so that a batch is not taken on a file's word. nil knows
// of none.
type paperForms struct {
	catalog *survey.Catalog
	batches map[survey.BatchID]*handedOut
	users   map[survey.Login]bool
}

// handedOut is the forms of a batch.
type handedOut struct {
	point survey.PointCode
	forms int
	left  int // of which no response in force is stored
}

// readPaperForms reads what the store knows of a campaign's batches and of users.
func readPaperForms(ctx context.Context, store survey.Store, catalog *survey.Catalog, campaign survey.CampaignID) (*paperForms, error) {
	p := &paperForms{catalog: catalog, batches: map[survey.BatchID]*handedOut{}, users: map[survey.Login]bool{}}
	err := store.Scan(ctx, survey.PaperBatches, "", "", func(doc bson.Raw) error {
		if survey.DocumentText(doc, "campaign") == string(campaign) {
			forms, _ := doc.Lookup("forms").AsInt64OK()
			p.batches[survey.BatchID(survey.DocumentText(doc, "_id"))] = &handedOut{survey.PointCode(survey.DocumentText(doc, "point")), int(forms), int(forms)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = store.Scan(ctx, survey.Users, "", "", func(doc bson.Raw) error {
		p.users[survey.Login(survey.DocumentText(doc, "_id"))] = true
		return nil
	})
	if err != nil || len(p.batches) == 0 {
		return p, err
	}
	voided, err := verification.VoidedResponses(ctx, store)
	if err != nil {
		return nil, err
	}
	return p, store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		batch := p.batches[survey.BatchID(survey.DocumentText(doc, "batch"))]
		if _, void := voided[survey.ResponseID(survey.DocumentText(doc, "_id"))]; batch != nil && !void && !survey.IsTakenBack(doc) {
			batch.left--
		}
		return nil
	})
}

// check says what is wrong with the batch of a response and with who entered it, by
// column.
func (p *paperForms) check(r *survey.Response, bad survey.Fields) {
	if r.By != "" && (p == nil || !p.users[r.By]) {
		bad.Add(string(FieldBy), "import.unknown_user", string(r.By))
	}
	if r.Batch == "" {
		return
	}
	var batch *handedOut
	if p != nil {
		batch = p.batches[r.Batch]
	}
	if batch == nil {
		bad.Add(string(FieldBatch), "import.unknown_batch", string(r.Batch), string(r.Campaign))
		return
	}
	point := p.catalog.Point(batch.point)
	if point == nil || r.Unit != point.Unit || r.Form.Code != point.Form || r.Point != "" && r.Point != point.Code {
		bad.Add(string(FieldBatch), "import.batch_elsewhere", string(r.Batch), string(batch.point))
	}
}

// take takes one of the forms that are left of a batch for a response that is not
// stored yet. The error is Invalid where none is left: more responses than forms were
// handed out.
func (p *paperForms) take(id survey.BatchID) error {
	batch := p.batches[id]
	if batch.left <= 0 {
		return survey.InvalidField("import responses", "import.bad_row", string(FieldBatch), "import.batch_full", string(id), batch.forms)
	}
	batch.left--
	return nil
}
