package segments_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"hailong/analysis/results/segments"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// same fails unless all responses are read once and as they are stored.
func (f *fixture) same(what string) (fromSegments int) {
	f.Helper()
	got, fromSegments := f.answers()
	if diff := cmp.Diff(f.stored(), got); diff != "" {
		f.Errorf("%s: stored and read: %s", what, diff)
	}
	return fromSegments
}

func TestBuild(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.keep(70)
	f.closeDay()
	if n := f.build(); n != 70 {
		t.Errorf("segments of %d responses were made, want 70", n)
	}
	if n := f.same("after the first time"); n != 70 || len(f.proven()) != 4 {
		t.Errorf("%d responses come from %d segments, want 70 from 4", n, len(f.proven()))
	}
	f.reopen()
	if n := f.same("after a restart"); n != 70 {
		t.Errorf("after a restart %d come from segments, want 70", n)
	}
	if n := f.build(); n != 0 {
		t.Errorf("again segments of %d responses were made, want none", n)
	}
	f.most = 60
	if n := f.build(); n != 40 || len(f.proven()) != 3 {
		t.Errorf("of two neighbours that may be one, %d responses were made one, and there are %d segments; want 40 and 3", n, len(f.proven()))
	}
	if n := f.same("when two became one"); n != 70 {
		t.Errorf("%d come from segments, want 70", n)
	}
	files, err := os.ReadDir(f.path)
	f.must(err)
	for _, file := range files {
		info, err := file.Info()
		f.must(err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v", file.Name(), info.Mode())
		}
	}
}

// What the ledger names after a segment was made is read beside it, whatever its id; too
// much of it has the range read anew.
func TestLateResponses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.keep(40)
	f.build() // the day is not closed: all are named by open entries, and are rows all the same
	if n := f.same("on the day"); n != 40 {
		t.Errorf("%d come from segments, want 40", n)
	}
	f.keep(3)
	f.same("with late ones")
	f.closeDay()
	f.same("with late ones of a closed day")
	f.build()
	f.reopen()
	f.same("with late ones that the list names")
	f.keep(2)
	f.closeDay()
	f.same("with more of them")
}

// Each of these has happened to the store since a segment was made.
func TestNotAsTheStore(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*fixture, []survey.Response){
		"Blurred": func(f *fixture, rs []survey.Response) {
			for _, r := range rs[:20] { // as a pass does: in the order of ids
				f.replace(r.ID, func(r *survey.Response) { r.Received = day.Time().UTC() })
			}
		},
		"BlurredInPart": func(f *fixture, rs []survey.Response) {
			f.replace(rs[0].ID, func(r *survey.Response) { r.Received = day.Time().UTC() })
		},
		"TakenBack":    func(f *fixture, rs []survey.Response) { f.takeBack(rs[7].ID) },
		"WitnessGone":  func(f *fixture, rs []survey.Response) { f.takeBack(rs[0].ID) },
		"AnotherStore": func(f *fixture, _ []survey.Response) { f.store.Store = surveytest.Store(f) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			rs := sortedByID(f.keep(40))
			f.closeDay()
			f.build()
			change(f, rs)
			if n := f.same("after it"); n > 20 {
				t.Errorf("%d responses come from segments, want those of the other one at most", n)
			}
			files, err := filepath.Glob(filepath.Join(f.path, "*.segment"))
			f.must(err)
			if len(files) > 1 {
				t.Errorf("%d files are left, want that of the other segment at most", len(files))
			}
			f.build()
			f.same("when it was made anew")
		})
	}
}

// A store that was put back to an earlier state has what was taken back again.
func TestBroughtBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	rs := f.keep(20)
	f.closeDay()
	doc, err := f.store.Get(context.Background(), survey.Responses, string(rs[4].ID))
	f.must(err)
	f.takeBack(rs[4].ID)
	f.build()
	if n := f.same("without it"); n != 19 {
		t.Fatalf("%d come from segments, want 19", n)
	}
	for _, c := range []survey.Collection{survey.Responses, survey.TakenBackMarks} {
		mark, err := f.store.Get(context.Background(), c, string(rs[4].ID))
		f.must(err)
		f.must(f.store.Delete(context.Background(), c, string(rs[4].ID), survey.DocumentRev(mark)))
	}
	_, err = f.store.Insert(context.Background(), survey.Responses, doc)
	f.must(err)
	if n := f.same("with it"); n != 0 {
		t.Errorf("%d come from segments, want none", n)
	}
}

// Before it is acknowledged that a response was taken back no file holds it, and none comes
// to hold it by a build that had read it.
func TestForget(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	rs := sortedByID(f.keep(40))
	f.closeDay()
	f.build()
	f.must(f.dir.Forget(uuid.MustParse(string(rs[3].ID))))
	if n := f.same("after it is forgotten"); n != 20 {
		t.Errorf("%d come from segments, want the 20 of the other one", n)
	}
	f.build()
	all, err := filepath.Glob(filepath.Join(f.path, "*.segment"))
	f.must(err)
	if n := f.same("when it is made anew and the response is still there"); n != 39 || len(all) != 2 {
		t.Errorf("%d come from %d segments, want all but the one", n, len(all))
	}
	_, err = f.dir.Build(context.Background(), f.store, f.most, 5, f.scan)
	f.must(err)

	during := newFixture(t)
	rs = sortedByID(during.keep(20))
	during.closeDay()
	_, err = during.dir.Build(context.Background(), during.store, 1000, 5, func(ctx context.Context, from string, visit func(segments.Visited) (bool, error)) error {
		err := during.scan(ctx, from, visit)
		during.must(during.dir.Forget(uuid.MustParse(string(rs[3].ID)))) // it was read already
		return err
	})
	during.must(err)
	if files, _ := filepath.Glob(filepath.Join(during.path, "*.segment")); len(files) != 0 {
		t.Errorf("%d files were made with a response that was forgotten meanwhile", len(files))
	}
}

// Whatever bit of a file is not as it was written, it is seen, or changes nothing.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.keep(20)
	f.closeDay()
	f.build()
	want := f.stored()
	files, err := os.ReadDir(f.path)
	f.must(err)
	for _, file := range files {
		path := filepath.Join(f.path, file.Name())
		whole, err := os.ReadFile(path)
		f.must(err)
		for at := 0; at < len(whole); at += 3 {
			kept := snapshot(f)
			damaged := bytes.Clone(whole)
			damaged[at] ^= 1 << (at % 8)
			f.must(os.WriteFile(path, damaged, 0o600))
			f.reopen()
			got := map[survey.ResponseID]uint8{}
			rows := 0
			for _, p := range f.proven() {
				n, err := f.rows(p, got)
				if err != nil {
					f.must(f.dir.Drop(p.Segment, err))
				}
				rows += n
			}
			for id, code := range got {
				if want[id] != code {
					t.Fatalf("%s, byte %d: the answer of %s became %d", file.Name(), at, id, code)
				}
			}
			kept()
		}
		f.reopen()
	}
}

// snapshot returns what puts the files back.
func snapshot(f *fixture) func() {
	f.Helper()
	contents := map[string][]byte{}
	files, err := os.ReadDir(f.path)
	f.must(err)
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(f.path, file.Name()))
		f.must(err)
		contents[file.Name()] = content
	}
	return func() {
		for name, content := range contents {
			f.must(os.WriteFile(filepath.Join(f.path, name), content, 0o600))
		}
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	t.Run("OneProcessAtATime", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		if _, err := segments.Open(f.path, slog.New(slog.DiscardHandler)); !errors.Is(err, segments.ErrInUse) {
			t.Errorf("error %v, want ErrInUse", err)
		}
	})
	t.Run("WhatAKillLeftGoes", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		f.keep(20)
		f.closeDay()
		f.build()
		left := filepath.Join(f.path, "HALF.segment.new")
		f.must(os.WriteFile(left, []byte("half"), 0o600))
		f.reopen()
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("it is still there: %v", err)
		}
		if n := f.same("after a kill"); n != 20 {
			t.Errorf("%d come from segments, want 20", n)
		}
	})
	t.Run("ItIsNoDirectory", func(t *testing.T) {
		t.Parallel()
		path := surveytest.WriteFile(t, "file", "content")
		if _, err := segments.Open(path, slog.New(slog.DiscardHandler)); err == nil || errors.Is(err, segments.ErrInUse) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("NothingIsLogged", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		rs := f.keep(20)
		f.closeDay()
		f.build()
		var log bytes.Buffer
		f.must(f.dir.Close())
		d, err := segments.Open(f.path, slog.New(slog.NewTextHandler(&log, nil)))
		f.must(err)
		f.dir = d
		f.takeBack(rs[3].ID)
		f.proven()
		if !strings.Contains(log.String(), "taken back") || strings.Contains(log.String(), string(rs[3].ID)) {
			t.Errorf("the log says %q: want that a segment goes, without an id", log.String())
		}
	})
}

// A failure of the store is no reason to throw anything away.
func TestStoreFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.keep(40)
	f.closeDay()
	f.build()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.dir.Proven(ctx, f.store); err == nil {
		t.Error("no error of a store that does not answer")
	}
	if n := f.same("after the failure"); n != 40 {
		t.Errorf("%d come from segments, want 40", n)
	}
}

// Moments that are exact change soon, and so does what is not known yet: such responses are
// read beside a segment, and where they are many there is none.
func TestUnsettled(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	rs := sortedByID(f.keep(40))
	for _, r := range append(rs[:1:1], rs[20:]...) {
		f.replace(r.ID, func(r *survey.Response) { r.Received = r.Received.Add(time.Minute) })
	}
	f.closeDay()
	f.build()
	if n := f.same("with exact moments"); n != 20 && n != 19 {
		t.Errorf("%d come from segments, want those whose moments are blurred", n)
	}
}
