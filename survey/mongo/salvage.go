package mongo

import (
	"context"

	"hailong/survey"
)

// Damaged is a store of which some documents may be damaged, for a salvage. MongoDB keeps
// its own files; each document that it hands out stands for itself, and all are in force.
type Damaged struct {
	*Store

	damage []survey.Damage
}

// Find visits each document of a collection that is as it was written.
func (d *Damaged) Find(ctx context.Context, c survey.Collection, visit func(survey.FoundDocument) error) error {
	from := ""
	for more := true; more; {
		page, err := d.page(ctx, "read from "+string(c), c, from)
		if err != nil {
			return err
		}
		more = len(page) == scanPage
		for _, stored := range page {
			id := survey.DocumentText(stored, "_id")
			if id < from {
				return survey.NewError(survey.Internal, "read from "+string(c), survey.DamageOf(survey.DamagedDocument(c, id, "its id cannot be read")))
			}
			from = id + "\x00"
			if !d.sound(c, id, stored, func(damage survey.Damage) { d.damage = append(d.damage, damage) }) {
				continue
			}
			doc := stored
			if survey.HasChecksum(stored) {
				if doc, _, err = survey.TakeChecksum(c, stored); err != nil {
					return err
				}
			}
			if err := visit(survey.FoundDocument{Doc: doc}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Expected is not known: MongoDB keeps no tally in the write of a document.
func (d *Damaged) Expected(survey.Collection) (documents int, known bool) { return 0, false }

// Damage lists the documents that are not as they were written.
func (d *Damaged) Damage() []survey.Damage { return d.damage }
