package main

import (
	"os"
	"path/filepath"
	"testing"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
)

// A server keeps its segments beside its file, where nobody else can read them, and serves
// without them where another one has the directory or it is none.
func TestServeSegments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, base := startServer(t, "serve", "--store", "bolt:"+filepath.Join(dir, "hailong.db"))
	awaitReady(t, base)
	beside := filepath.Join(dir, "hailong.segments")
	info, err := os.Stat(beside)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o700 {
		t.Errorf("the directory of segments has mode %o, want 700", mode)
	}
	for name, path := range map[string]string{"InUse": beside, "NoDirectory": shelltest.WriteTemp(t, "file", "content")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, base := startServer(t, "serve", "--store", shelltest.BoltURL(t), "--segments", path)
			awaitReady(t, base)
		})
	}
}

func TestSegmentsPath(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"bolt:data/hailong.db":         "data/hailong.segments",
		"bolt:/srv/store":              "/srv/store.segments",
		"mongodb://localhost/hailong":  "",
		"mongodb://localhost/hailong2": "/chosen",
	} {
		o := serveOptions{store: &shell.StoreOption{Flag: "store", URL: url}}
		if want == "/chosen" {
			o.segments = want
		}
		if got, err := o.segmentsPath(); got != want || err != nil {
			t.Errorf("%s: segments in %q (error %v), want in %q", url, got, err, want)
		}
	}
}
