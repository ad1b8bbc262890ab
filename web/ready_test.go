package web_test

import (
	"context"
	"net/http"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/web/servertest"
)

// fullStore answers every question and takes no write, as on a full disk.
type fullStore struct{ survey.Store }

func (fullStore) full() error { return survey.NewError(survey.Unavailable, "write", nil) }

func (s fullStore) Insert(context.Context, survey.Collection, ...bson.Raw) ([]bool, error) {
	return nil, s.full()
}

func (s fullStore) InsertInOrder(context.Context, ...survey.InsertGroup) ([][]bool, error) {
	return nil, s.full()
}

func (s fullStore) Replace(context.Context, survey.Collection, int64, bson.Raw) error {
	return s.full()
}

// While every submission was refused, readiness said "ok", because the store answered.
func TestAServerWhoseDiskIsFullIsNotReady(t *testing.T) {
	t.Parallel()
	s := servertest.NewOn(t, fullStore{surveytest.Store(t)}, servertest.Catalog())
	if resp, _ := servertest.SendForm(t, s, servertest.PointLand, "id", servertest.ResponseID, "a.overall", "5"); resp.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("the form answers %d, want 503: this test shows nothing", resp.StatusCode)
	}
	resp, body := servertest.Get(t, s, "/readyz")
	if want := "the store refuses writes; is its disk full?\n"; resp.StatusCode != http.StatusServiceUnavailable || body != want {
		t.Errorf("/readyz answers %d %q, want 503 %q", resp.StatusCode, body, want)
	}
	if resp, _ := servertest.Get(t, s, "/healthz"); resp.StatusCode != http.StatusOK {
		t.Errorf("/healthz answers %d, want 200: the process lives", resp.StatusCode)
	}
}

// A server is not ready before it can show figures: behind a balancer, readers would wait
// and be refused.
func TestAServerWithoutFiguresIsNotReady(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	loaded := false
	s.Health.Loaded = func() bool { return loaded }
	resp, body := servertest.Get(t, s, "/readyz")
	if want := "figures are not loaded yet; wait\n"; resp.StatusCode != http.StatusServiceUnavailable || body != want {
		t.Errorf("/readyz answers %d %q, want 503 %q", resp.StatusCode, body, want)
	}
	loaded = true
	if resp, body := servertest.Get(t, s, "/readyz"); resp.StatusCode != http.StatusOK || body != "ok\n" {
		t.Errorf("/readyz answers %d %q, want 200", resp.StatusCode, body)
	}
}
