package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/ledger"
	"hailong/survey/storetest"
)

// TestOthersAreFollowed has another process, or what stands for it, store a response
// while a server runs. Its clock is five minutes behind.
func TestOthersAreFollowed(t *testing.T) {
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
			if s, ok := server.(*bolt.Store); ok {
				stop, err := s.Share()
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
			}
			var heard []survey.ResponseID
			anew := func(context.Context) error { t.Error("everything is read anew"); return nil }
			others := ledger.New(server, time.Now).Follow(func(r survey.Response) { heard = append(heard, r.ID) }, anew, slog.New(slog.DiscardHandler))
			if err := others.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			other, err := (&shell.StoreOption{Flag: "store", URL: url}).Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer shelltest.CloseStore(t, other)
			behind := func() time.Time { return time.Now().Add(-5 * time.Minute) }
			r := survey.Response{ID: survey.ResponseID(uuid.NewString()), Campaign: "tthc-2026", Received: behind()}
			if fresh, err := ledger.New(other, behind).Keep(t.Context(), nil, r); err != nil || !fresh[0] {
				t.Fatal(fresh, err)
			}
			if err := others.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(heard) != 1 || heard[0] != r.ID {
				t.Errorf("heard of %v, want %s", heard, r.ID)
			}
		})
	}
}
