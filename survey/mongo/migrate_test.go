package mongo_test

import (
	"log/slog"
	"testing"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"

	"hailong/survey"
	"hailong/survey/check"
	"hailong/survey/migrations"
	"hailong/survey/mongo"
	"hailong/survey/storetest"
)

// rawDatabase is a database as who has its password sees it.
func rawDatabase(t *testing.T, address string) *driver.Database {
	t.Helper()
	uri, err := connstring.ParseAndValidate(address)
	if err != nil {
		t.Fatal(err)
	}
	client, err := driver.Connect(t.Context(), options.Client().ApplyURI(address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(t.Context()) })
	return client.Database(uri.Database)
}

// findings is what a check of a store finds.
func findings(t *testing.T, s *mongo.Store) check.Findings {
	t.Helper()
	found, err := check.Data(func(told func(survey.Damage)) (survey.Inspected, error) {
		return s.Check(t.Context(), func(int) error { return nil }, told)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := found.Rest(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return found
}

// A database that the first versions wrote, without format, checksums, salts and ledger,
// is brought up to date by whoever opens it first, and whole then; again is no change. A
// document that is altered behind the program's back is found, and ends the writing.
func TestMigrateAndCheck(t *testing.T) {
	t.Parallel()
	address := storetest.MongoDB(t).Database(t)
	raw := rawDatabase(t, address)
	const id = "0195618a-8c00-7000-8000-000000000001"
	for c, doc := range map[survey.Collection]bson.D{
		survey.Units:     {{Key: "_id", Value: "bum-to"}, {Key: "rev", Value: int64(1)}, {Key: "valid", Value: bson.D{{Key: "from", Value: "2026-01-01"}}}},
		survey.Responses: {{Key: "_id", Value: id}, {Key: "campaign", Value: "tthc-2026"}, {Key: "point", Value: "HERE"}, {Key: "day", Value: "2026-03-05"}},
	} {
		if _, err := raw.Collection(string(c)).InsertOne(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, address)
	for range 2 {
		if _, err := migrations.Run(t.Context(), s, "v0.9.0", nil); err != nil {
			t.Fatal(err)
		}
		if found := findings(t, s); !found.Whole() {
			t.Errorf("after the migration: %+v", found)
		}
	}
	if format, err := s.Format(t.Context()); err != nil || format.Version != survey.CurrentFormat {
		t.Errorf("the format is %+v, %v, want %d", format, err, survey.CurrentFormat)
	}
	if _, err := raw.Collection("units").UpdateOne(t.Context(), bson.D{{Key: "_id", Value: "bum-to"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "rev", Value: int64(7)}}}}); err != nil {
		t.Fatal(err)
	}
	again, err := mongo.Open(t.Context(), address, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if findings(t, again).Whole() {
		t.Error("a document that was altered is not found")
	}
	if _, err := again.Insert(t.Context(), survey.Points, storetest.Document(t, "a", 1, "")); err == nil {
		t.Error("a store with damage takes a document")
	}
}
