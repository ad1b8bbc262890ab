package survey_test

import (
	"bytes"
	"testing"

	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

	"hailong/survey"
)

// encode makes a document of fields.
func encode(t interface{ Fatal(...any) }, fields bson.D) bson.Raw {
	doc, err := bson.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// What is stored comes back byte for byte, and every flipped bit is seen, also one
// that makes it look like a document of another collection.
func TestChecksumFindsEveryFlippedBit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := encode(t, bson.D{
			{Key: "_id", Value: rapid.StringN(1, 20, 40).Draw(t, "id")},
			{Key: "rev", Value: rapid.Int64().Draw(t, "rev")},
			{Key: "text", Value: rapid.String().Draw(t, "text")},
		})
		stored, err := survey.AddChecksum(survey.Units, doc)
		if err != nil {
			t.Fatal(err)
		}
		if err := stored.Validate(); err != nil {
			t.Fatalf("what is stored is no BSON: %v", err)
		}
		back, _, err := survey.TakeChecksum(survey.Units, bytes.Clone(stored))
		if err != nil || !bytes.Equal(back, doc) {
			t.Fatalf("%v came back as %v (%v)", doc, back, err)
		}
		if _, err := survey.StoredChecksum(survey.Points, stored); survey.DamageOf(err) == nil {
			t.Fatalf("a document of units was taken for one of points (%v)", err)
		}
		for bit := range len(stored) * 8 {
			flipped := bytes.Clone(stored)
			flipped[bit/8] ^= 1 << (bit % 8)
			_, _, err := survey.TakeChecksum(survey.Units, flipped)
			if d := survey.DamageOf(err); d == nil || d.Collection != survey.Units || !survey.Is(err, survey.Internal) {
				t.Fatalf("bit %d flipped: error %v, want an Internal one about the damage", bit, err)
			}
		}
	})
}

// The bytes of the checksum are a promise to every store that was written: they may
// not change without a migration.
func TestChecksumIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	stored, err := survey.AddChecksum(survey.Units, encode(t, bson.D{{Key: "_id", Value: "muong-te"}, {Key: "rev", Value: int64(1)}}))
	if err != nil {
		t.Fatal(err)
	}
	if sum, _ := stored.Lookup("sum").AsInt64OK(); sum != 954780996288292606 {
		t.Errorf("the checksum is %d", sum)
	}
}

func TestChecksumRefusesWhatItCannotGoInto(t *testing.T) {
	t.Parallel()
	good := encode(t, bson.D{{Key: "_id", Value: "a"}})
	for name, doc := range map[string]bson.Raw{
		"Nothing":        nil,
		"CutOff":         good[:len(good)-1],
		"AFieldOfItsOwn": encode(t, bson.D{{Key: "_id", Value: "a"}, {Key: "sum", Value: 3}, {Key: "rev", Value: 1}}),
		"NoBSON":         {12, 0, 0, 0, 99, 'a', 0, 1, 2, 3, 4, 0},
	} {
		if _, err := survey.AddChecksum(survey.Units, doc); !survey.Is(err, survey.Invalid) {
			t.Errorf("%s: error %v, want an Invalid one", name, err)
		}
	}
	if _, err := survey.AddChecksum(survey.Units, encode(t, bson.D{{Key: "_id", Value: "a"}, {Key: "within", Value: bson.D{{Key: "sum", Value: 3}}}})); err != nil {
		t.Errorf("a field of that name inside another: %v", err)
	}
}

// A store that has met damage takes no write, and says why.
func TestDamageLatch(t *testing.T) {
	t.Parallel()
	var latch survey.DamageLatch
	if err := latch.Note(survey.NewError(survey.NotFound, "get", nil)); !survey.Is(err, survey.NotFound) || latch.Refuse("write") != nil || latch.Damaged() != nil {
		t.Error("an error that is no damage closed the latch")
	}
	first := survey.DamagedDocument(survey.Units, "muong-te", "its content does not fit its checksum")
	_ = latch.Note(first)
	_ = latch.Note(survey.DamagedDocument(survey.Units, "other", "it is cut off"))
	err := latch.Refuse("write")
	if !survey.Is(err, survey.Unavailable) || survey.DamageOf(err) != survey.DamageOf(first) {
		t.Errorf("the error is %v, want an Unavailable one with the first damage", err)
	}
}
