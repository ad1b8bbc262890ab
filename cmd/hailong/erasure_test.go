package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/keys"
	"hailong/survey/sampling"
)

const telephone = "0912 345 678"

// erasureTest is a store in a file with a campaign that drew people.
type erasureTest struct {
	url, path string
	keys      *keys.Keys
	campaign  survey.CampaignID
}

func newErasureTest(t *testing.T) *erasureTest {
	t.Helper()
	f := &erasureTest{path: filepath.Join(t.TempDir(), "hailong.db"), campaign: "sipas-2026"}
	f.url = "bolt:" + f.path
	secrets, err := (&shell.KeysOption{}).Open(&shell.StoreOption{Flag: "store", URL: f.url})
	if err != nil {
		t.Fatal(err)
	}
	f.keys = secrets
	return f
}

// samples opens the store and what draws in it; done closes it.
func (f *erasureTest) samples(t *testing.T, url string) (s *sampling.Samples, store shell.OpenStore, done func()) {
	t.Helper()
	store = shelltest.OpenURL(t, url)
	catalog := (&survey.Catalog{
		Units:     []survey.Unit{{ID: "a", Kind: survey.Commune, Name: survey.Text{"vi": "Xã A"}}},
		Campaigns: []survey.Campaign{{ID: f.campaign, Family: survey.Residents, Units: []survey.UnitID{"a"}, State: survey.Open, Period: survey.Span{From: "2026-01-01"}}},
	}).Index()
	changes, _ := shell.ChangesOf(store)
	return sampling.New(changes, func() *survey.Catalog { return catalog }, f.keys), store, func() { shelltest.CloseStore(t, store) }
}

func (f *erasureTest) draw(t *testing.T) {
	t.Helper()
	samples, store, done := f.samples(t, f.url)
	defer done()
	drawing := sampling.Drawing{Draw: sampling.Draw{Strata: []sampling.DrawnStratum{{Name: "a"}}}}
	for range 50 {
		drawing.Rows = append(drawing.Rows, sampling.FrameRow{
			Place: sampling.Place{Unit: "a"}, Contact: "Lò Văn A, " + telephone, List: sampling.MainList, Stratum: "a",
		})
	}
	if _, err := samples.StoreDraw(t.Context(), survey.Actor{Login: "lan"}, f.campaign, 0, drawing); err != nil {
		t.Fatal(err)
	}
	// And one as an older version left it.
	old, err := bson.Marshal(bson.D{{Key: "_id", Value: sampling.DrawnID(f.campaign, 99)}, {Key: "rev", Value: int64(1)}, {Key: "text", Value: telephone}})
	if err == nil {
		_, err = store.Insert(t.Context(), survey.Contacts, old)
	}
	if err == nil {
		_, _, err = samples.SealContacts(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	compactNow(t, store)
}

func compactNow(t *testing.T, store shell.OpenStore) {
	t.Helper()
	file, ok := store.(compacter)
	if !ok {
		t.Fatalf("%T is not compacted", store)
	}
	if err := file.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func backUp(t *testing.T, url string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "backup.zip")
	shelltest.WantExit(t, newRootCommand(), 0, "backup", "--store", url, "--out", out)
	return out
}

// contentOf is everything in a file, and in the entries of one that is a zip.
func contentOf(t *testing.T, path string) []byte {
	t.Helper()
	content := shelltest.ReadFile(t, path)
	archive, err := zip.OpenReader(path)
	if err != nil {
		return content
	}
	defer archive.Close()
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		unpacked, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		content = append(append(content, entry.Name...), unpacked...)
	}
	return content
}

// Attack S13: 50 contacts stored and erased were 31 times in the file, and in every
// backup. Now no byte of the file or of a backup holds them at any time, and a
// backup from before the erasing cannot be read after it.
func TestErasedContactsAreNowhere(t *testing.T) {
	t.Parallel()
	f := newErasureTest(t)
	f.draw(t)
	before := backUp(t, f.url)

	samples, store, done := f.samples(t, f.url)
	sample, err := samples.Sample(t.Context(), f.campaign)
	if err != nil {
		t.Fatal(err)
	}
	if shown, err := samples.ContactsOf(t.Context(), &sample); err != nil || len(shown) != 51 {
		t.Fatalf("%d contacts are shown before the erasing, want 51 (%v)", len(shown), err)
	}
	secret, err := f.keys.Existing(t.Context(), "contacts."+string(f.campaign))
	if err != nil {
		t.Fatal(err)
	}
	if err := samples.EraseContacts(t.Context(), survey.Actor{Login: "lan"}, f.campaign); err != nil {
		t.Fatal(err)
	}
	compactNow(t, store)
	done()
	after := backUp(t, f.url)

	for name, path := range map[string]string{"the database": f.path, "the backup from before": before, "the backup from after": after} {
		content := contentOf(t, path)
		if bytes.Contains(content, []byte(telephone)) {
			t.Errorf("%s holds a telephone number", name)
		}
		if bytes.Contains(content, secret) || bytes.Contains(bytes.ToLower(content), []byte(hex.EncodeToString(secret))) {
			t.Errorf("%s holds a key", name)
		}
	}
	if bytes.Contains(contentOf(t, f.path), []byte(sampling.DrawnID(f.campaign, 99))) {
		t.Error("the file still holds a sealed contact, or its id")
	}

	restored := shelltest.BoltURL(t)
	shelltest.WantExit(t, newRootCommand(), 0, "restore", before, "--store", restored, "--keys", strings.TrimSuffix(f.path, ".db")+".keys")
	samples, _, done = f.samples(t, restored)
	defer done()
	if sample, err = samples.Sample(t.Context(), f.campaign); err != nil {
		t.Fatal(err)
	}
	if shown, err := samples.ContactsOf(t.Context(), &sample); err != nil || len(shown) != 0 {
		t.Errorf("a backup from before the erasing gives %v back (%v)", shown, err)
	}
	if _, unreadable, err := samples.SealContacts(t.Context()); err != nil || unreadable != 51 {
		t.Errorf("%d contacts are unreadable, want 51 (%v)", unreadable, err)
	}
}

// A server that starts on the file of an older version seals what it finds, before
// it answers anybody.
func TestServeSealsContactsOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	f := newErasureTest(t)
	store := shelltest.OpenURL(t, f.url)
	old, err := bson.Marshal(bson.D{{Key: "_id", Value: sampling.DrawnID(f.campaign, 1)}, {Key: "rev", Value: int64(1)}, {Key: "text", Value: telephone}})
	if err == nil {
		_, err = store.Insert(t.Context(), survey.Contacts, old)
	}
	if err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, store)
	t.Run("Serve", func(t *testing.T) { startServer(t, "serve", "--store", f.url) })
	store = shelltest.OpenURL(t, f.url)
	defer shelltest.CloseStore(t, store)
	compactNow(t, store)
	if bytes.Contains(contentOf(t, f.path), []byte(telephone)) {
		t.Error("the file holds a telephone number after a start")
	}
}

// The job is done at the start, and again when somebody erased something.
func TestCompactionIsWoken(t *testing.T) {
	t.Parallel()
	compacted := make(chan struct{})
	c := &compaction{store: compactFunc(func() { compacted <- struct{}{} }), woken: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	work := newJobs(prometheus.NewRegistry(), shell.Quiet, time.Now)
	c.start(ctx, work)
	for range 3 {
		<-compacted
		c.wake()
	}
	<-compacted
	cancel()
	work.wait()
}

type compactFunc func()

func (f compactFunc) Compact(context.Context) error { f(); return nil }
