package storetest

import (
	"testing"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

// TestMongoDB has the server for tests answer. "make test" runs it before the
// packages that drive the server, so that none of them waits for its build.
func TestMongoDB(t *testing.T) {
	t.Parallel()
	client, err := mongo.Connect(t.Context(), options.Client().ApplyURI(MongoDB(t).Database(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(t.Context()) }()
	var answer struct{ OK float64 }
	if err := client.Database("admin").RunCommand(t.Context(), bson.D{{Key: "ping", Value: 1}}).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.OK != 1 {
		t.Errorf("ping answers ok: %v, want 1", answer.OK)
	}
}
