package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/storetest"
)

// TestFollowResponses has another process, or what stands for it, store a response
// while a server runs.
func TestFollowResponses(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "hl") // a short name, for the socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for name, url := range map[string]string{
		"Bolt":    "bolt:" + filepath.Join(dir, "store.db"),
		"MongoDB": storetest.MongoDB(t).Database(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := shelltest.OpenURL(t, url)
			defer shelltest.CloseStore(t, server)
			heard := make(chan survey.Response, 10)
			stop := followResponses(t.Context(), server, time.Now(), slog.New(slog.DiscardHandler), func(r survey.Response) { heard <- r })
			defer stop()

			other, err := (&shell.StoreOption{Flag: "store", URL: url}).Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer shelltest.CloseStore(t, other)
			doc, err := survey.Response{ID: "a", Campaign: "tthc-2026", Received: time.Now()}.MarshalBSON()
			if err != nil {
				t.Fatal(err)
			}
			if fresh, err := other.Insert(t.Context(), survey.Responses, doc); err != nil || !fresh[0] {
				t.Fatal(fresh, err)
			}
			if r := <-heard; r.ID != "a" || r.Campaign != "tthc-2026" {
				t.Errorf("heard %+v", r)
			}
		})
	}
}
