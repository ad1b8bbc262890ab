package mongo_test

import (
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/storetest"
)

// While the server is no primary, every method says that it is to be tried again; then it
// works, on the same connections.
func TestStepDown(t *testing.T) {
	t.Parallel()
	server := storetest.MongoDB(t)
	proxy := storetest.NewProxy(t, server.Host())
	s := open(t, storetest.Through(t, proxy, server.Database(t), "retryReads=false"))
	doc := storetest.Document(t, "a", 1, "")
	if _, err := s.Insert(t.Context(), survey.Points, doc); err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"Get":      func() error { _, err := s.Get(t.Context(), survey.Points, "a"); return err },
		"Scan":     func() error { return s.Scan(t.Context(), survey.Points, "", "", func(bson.Raw) error { return nil }) },
		"Insert":   func() error { _, err := s.Insert(t.Context(), survey.Points, doc); return err },
		"Replace":  func() error { return s.Replace(t.Context(), survey.Points, 1, storetest.Document(t, "a", 2, "")) },
		"Delete":   func() error { return s.Delete(t.Context(), survey.Points, "a", 1) },
		"Contents": func() error { _, err := s.Contents(t.Context()); return err },
		"Format":   func() error { _, err := s.Format(t.Context()); return err },
	}
	proxy.Set(storetest.SteppedDown)
	for name, call := range calls {
		if err := call(); !survey.Is(err, survey.Unavailable) {
			t.Errorf("%s: error %v, want one of kind %s", name, err, survey.Unavailable)
		}
	}
	if n := proxy.Refused(); n < len(calls) {
		t.Errorf("%d commands met the step-down, want at least %d", n, len(calls))
	}
	proxy.Set(storetest.NoFault)
	for _, name := range []string{"Get", "Scan", "Insert", "Contents", "Format", "Replace"} {
		if err := calls[name](); err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}
