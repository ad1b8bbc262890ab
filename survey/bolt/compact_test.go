package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

func init() { roles["compacting"] = runCompacting }

// holds reports whether the bytes of a file hold some text.
func holds(t *testing.T, path, text string) bool {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(content, []byte(text))
}

func compact(t *testing.T, s *bolt.Store) {
	t.Helper()
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What was deleted or replaced is in no byte of the file any more, and what was
// not is there, before and after the store is opened again.
func TestCompactLeavesNoByteOfWhatWasErased(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const telephone = "0912 345 678"
	for i := range 60 {
		id := fmt.Sprintf("%04d", i)
		if _, err := s.Insert(t.Context(), survey.Contacts, storetest.Document(t, id, 1, telephone)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Insert(t.Context(), survey.Responses, storetest.Document(t, id, 1, "kept "+id)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 {
		id := fmt.Sprintf("%04d", i)
		var err error
		if i%2 == 0 {
			err = s.Delete(t.Context(), survey.Contacts, id, 1)
		} else {
			err = s.Replace(t.Context(), survey.Contacts, 1, storetest.Document(t, id, 2, "sealed"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if !holds(t, s.Path(), telephone) {
		t.Fatal("the file clears free pages by itself: this test shows nothing")
	}
	compact(t, s)
	check := func(s *bolt.Store) {
		t.Helper()
		if holds(t, s.Path(), telephone) {
			t.Error("the file still holds what was erased")
		}
		for c, want := range map[survey.Collection]int{survey.Contacts: 30, survey.Responses: 60} {
			n := 0
			if err := s.Scan(t.Context(), c, "", "", func(bson.Raw) error { n++; return nil }); err != nil || n != want {
				t.Errorf("%d documents in %s, want %d (%v)", n, c, want, err)
			}
		}
	}
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, s.Path())
	check(again)
	if _, err := again.Insert(t.Context(), survey.Contacts, storetest.Document(t, "new", 1, telephone)); err != nil {
		t.Error(err)
	}
}

// A file without anything to be erased is left as it is.
func TestCompactDoesNothingWhereNothingWasErased(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	file := func() os.FileInfo {
		info, err := os.Stat(s.Path())
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	made := file()
	compact(t, s)
	if !os.SameFile(made, file()) {
		t.Error("a new file was compacted")
	}
	if _, err := s.Insert(t.Context(), survey.Contacts, storetest.Document(t, "a", 1, "")); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), survey.Contacts, "a", 1); err != nil {
		t.Fatal(err)
	}
	compact(t, s)
	compacted := file()
	if os.SameFile(made, compacted) {
		t.Error("a file from which a contact was deleted was not compacted")
	}
	compact(t, s)
	if !os.SameFile(compacted, file()) {
		t.Error("a file was compacted twice for one deletion")
	}
}

// While the copy is made the store is written and read as always, and a reader
// that began before it ends with what it began with.
func TestCompactWhileTheStoreWorks(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	stop := make(chan struct{})
	var writers sync.WaitGroup
	stored := make([]map[string]string, 4)
	for w := range stored {
		stored[w] = map[string]string{}
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				id := fmt.Sprintf("%d-%06d", w, i)
				if _, err := s.Insert(ctx, survey.Responses, storetest.Document(t, id, 1, "first "+id)); err != nil {
					t.Error(err)
					return
				}
				stored[w][id] = "first " + id
				var err error
				switch i % 3 {
				case 0:
					stored[w][id] = "second " + id
					err = s.Replace(ctx, survey.Responses, 1, storetest.Document(t, id, 2, "second "+id))
				case 1:
					delete(stored[w], id)
					err = s.Delete(ctx, survey.Responses, id, 1)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 15 {
		compact(t, s)
		if err := s.Snapshot(t.Context(), s.Path()+"."+uuid.NewString()); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	writers.Wait()
	compact(t, s)
	all, want := documentsIn(t, s), map[string]string{}
	for _, part := range stored {
		for id, content := range part {
			want[id] = content
		}
	}
	if len(all) != len(want) {
		t.Errorf("%d documents, want %d", len(all), len(want))
	}
	for id, content := range want {
		if all[id] != content {
			t.Fatalf("%s is %q, want %q", id, all[id], content)
		}
	}
	t.Logf("%d documents were left", len(all))
}

func documentsIn(t *testing.T, s *bolt.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := s.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if err == nil {
			all[strings.Clone(id)] = strings.Clone(doc.Lookup("content").StringValue())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// endsLater is a context that has ended when it was asked so often.
type endsLater struct {
	context.Context
	asked int
}

func (c *endsLater) Err() error {
	if c.asked--; c.asked < 0 {
		return context.Canceled
	}
	return nil
}

// A copy that cannot be finished leaves the store as it was, and nothing beside it.
func TestCompactInterrupted(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 200 {
		if _, err := s.Insert(ctx, survey.Responses, storetest.Document(t, fmt.Sprintf("%03d", i), 1, strings.Repeat("x", 100_000))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Delete(ctx, survey.Responses, "000", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(&endsLater{Context: t.Context(), asked: 4}); !survey.Is(err, survey.Unavailable) {
		t.Errorf("an interrupted copy: %v", err)
	}
	if _, err := os.Stat(s.Path() + ".compact"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a part of a copy is left: %v", err)
	}
	if _, err := s.Insert(ctx, survey.Responses, storetest.Document(t, "later", 1, "")); err != nil {
		t.Error(err)
	}
	compact(t, s)
	if n := len(documentsIn(t, s)); n != 200 {
		t.Errorf("%d documents, want 200", n)
	}
}

// runCompacting writes, deletes and compacts until it is killed, and prints what
// the store has acknowledged.
func runCompacting(path string) {
	s, err := bolt.Open(path)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	say := func(word, id string, err error) {
		if err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString(word + " " + id + "\n")
	}
	for range 16 {
		go func() {
			for i := 0; ; i++ {
				id := uuid.Must(uuid.NewV7()).String()
				doc, err := bson.Marshal(bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: int64(1)}, {Key: "content", Value: longContent(id)}})
				if err == nil {
					_, err = s.Insert(context.Background(), survey.Responses, doc)
				}
				say("stored", id, err)
				if i%4 == 0 {
					say("deleting", id, nil)
					say("deleted", id, s.Delete(context.Background(), survey.Responses, id, 1))
				}
			}
		}()
	}
	for {
		if err := s.Compact(context.Background()); err != nil {
			say("", "", err)
		}
		_, _ = os.Stdout.WriteString("compacted\n")
	}
}

// TestKillWhileCompacting kills a process that compacts again and again. What was
// acknowledged is there, and what was deleted does not come back.
func TestKillWhileCompacting(t *testing.T) {
	t.Parallel()
	path := shortPath(t)
	rnd := rand.New(rand.NewPCG(uint64(os.Getpid()), 2))
	acknowledged, deleted, compactions := map[string]bool{}, map[string]bool{}, 0
	for range 12 {
		runAndKill(t, child(t, "compacting", path), rnd.IntN(2500), func(line string) {
			switch word, id, _ := strings.Cut(line, " "); {
			case word == "failed":
				t.Error(line)
			case word == "compacted":
				compactions++
			case len(id) != 36: // cut off by the kill
			case word == "stored":
				acknowledged[id] = true
			case word == "deleting": // whether it is there is open until it was acknowledged
				delete(acknowledged, id)
			case word == "deleted":
				deleted[id] = true
			}
		})
		s := open(t, path)
		all := documentsIn(t, s)
		for id := range acknowledged {
			if all[id] != longContent(id) {
				t.Fatalf("%s was acknowledged and is %q", id, all[id])
			}
		}
		for id := range deleted {
			if _, there := all[id]; there {
				t.Fatalf("%s was deleted and is back", id)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path + ".compact"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a part of a copy is left: %v", err)
		}
	}
	if len(acknowledged) == 0 || len(deleted) == 0 || compactions == 0 {
		t.Errorf("%d stored, %d deleted, %d compactions: nothing was tried", len(acknowledged), len(deleted), compactions)
	}
	t.Logf("%d stored, %d deleted, %d compactions", len(acknowledged), len(deleted), compactions)
}
