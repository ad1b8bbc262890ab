package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Check reads every document of the store, and reports what is damaged. told is called
// with the bytes read since the last call, and may wait; an error of it ends the check.
// A store in which damage is found takes no write any more. That documents are missing
// is not seen here: MongoDB keeps no tally in the write of a document.
func (s *Store) Check(ctx context.Context, told func(bytes int) error, found func(survey.Damage)) (n survey.Inspected, err error) {
	if n.Format, err = s.Format(ctx); err != nil {
		if d := survey.DamageOf(err); d != nil {
			found(*d)
		}
		return n, err
	}
	all, err := s.Contents(ctx)
	if err != nil {
		return n, err
	}
	for _, c := range all {
		from := ""
		for more := true; more; {
			page, err := s.page(ctx, "check "+string(c), c, from)
			if err != nil {
				return n, err
			}
			more = len(page) == scanPage
			for _, stored := range page {
				id := survey.DocumentText(stored, "_id")
				if !s.sound(c, id, stored, found) && id <= from {
					return n, survey.NewError(survey.Internal, "check "+string(c), survey.DamageOf(survey.DamagedDocument(c, id, "its id cannot be read")))
				}
				from = id + "\x00"
				n.Documents++
				if err := told(len(stored)); err != nil {
					return n, err
				}
			}
		}
	}
	return n, nil
}

// sound reports whether a document is as it was written.
func (s *Store) sound(c survey.Collection, id string, stored bson.Raw, found func(survey.Damage)) bool {
	if !s.checksums.Load() && !survey.HasChecksum(stored) {
		return true
	}
	_, err := survey.StoredChecksum(c, stored)
	if d := survey.DamageOf(s.latch.Note(err)); d != nil {
		found(survey.DamagedIn(c, id, d.What, stored))
		return false
	}
	return true
}
