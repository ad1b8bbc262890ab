package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

// bare makes a bbolt file with the given buckets and one key in each.
func bareFile(t testing.TB, path string, key string, value []byte, buckets ...string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			bucket, err := tx.CreateBucket([]byte(name))
			if err != nil {
				return err
			}
			if err := bucket.Put([]byte(key), value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	newer, err := bson.Marshal(bson.D{{Key: "_id", Value: "hailong"}, {Key: "version", Value: 99}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T, path string)
		kind    survey.Kind
		says    string
	}{
		{"AForeignDatabase", func(t *testing.T, path string) { bareFile(t, path, "k", []byte("v"), "theirs") }, survey.Invalid, "another program"},
		{"AForeignBucketOfOurName", func(t *testing.T, path string) { bareFile(t, path, "format", []byte("v"), "hailong") }, survey.Invalid, "another program"},
		{"ANewerFormat", func(t *testing.T, path string) { bareFile(t, path, "format", newer, "hailong") }, survey.Invalid, "newer version"},
		{"AText", func(t *testing.T, path string) { write(t, path, []byte("name,unit\n")) }, survey.Invalid, "not a Hài Lòng store"},
		{"ALongText", func(t *testing.T, path string) { write(t, path, bytes.Repeat([]byte("name,unit\n"), 10_000)) }, survey.Invalid, "not a Hài Lòng store"},
		{"Zeros", func(t *testing.T, path string) { write(t, path, make([]byte, 1<<16)) }, survey.Invalid, "not a Hài Lòng store"},
		{"ADirectory", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, survey.Invalid, "not a Hài Lòng store"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "store.db")
			test.prepare(t, path)
			before, _ := os.ReadFile(path)
			s, err := bolt.Open(path)
			if err == nil {
				_ = s.Close()
				t.Fatal("opened")
			}
			if !survey.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is %q", err)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestOpenInADirectoryThatIsAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	s, err := bolt.Open(filepath.Join(file, "store.db"))
	if err == nil {
		_ = s.Close()
		t.Fatal("opened")
	}
	if !survey.Is(err, survey.Unavailable) {
		t.Error(err)
	}
}

func TestOpenFinishesAnInterruptedCreation(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t testing.TB, path string){
		"EmptyFile": func(t testing.TB, path string) { write(t, path, nil) },
		"NoBucket":  func(t testing.TB, path string) { bareFile(t, path, "", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "store.db")
			prepare(t, path)
			s := open(t, path)
			if _, err := s.Insert(t.Context(), survey.Audit, storetest.Document(t, "a", 1, "")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	second, err := bolt.Open(s.Path())
	if err == nil {
		_ = second.Close()
		t.Fatal("opened twice")
	}
	if !errors.Is(err, bolt.ErrInUse) || !survey.Is(err, survey.Unavailable) {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, s.Path())
}

func TestClosedStore(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, insertErr := s.Insert(t.Context(), survey.Audit, storetest.Document(t, "a", 1, ""))
	_, getErr := s.Get(t.Context(), survey.Audit, "a")
	for _, err := range []error{insertErr, getErr} {
		if !survey.Is(err, survey.Unavailable) {
			t.Error(err)
		}
	}
}

// filled gives the bytes of a store with n documents, without the space that
// the file has beyond its last page.
func filled(t testing.TB, n int) []byte {
	t.Helper()
	s := newStore(t)
	for i := range n {
		if _, err := s.Insert(t.Context(), survey.Responses, storetest.Document(t, fmt.Sprintf("%06d", i), 1, strings.Repeat("x", 300))); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Snapshot(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return read(t, path)
}

// TestOpenACutFile cuts a store off at many lengths, as a copy does that was
// interrupted: either all is there, or the file is refused and left alone.
func TestOpenACutFile(t *testing.T) {
	t.Parallel()
	const n = 300
	whole := append(filled(t, n), make([]byte, 1<<16)...) // room that is not used yet
	path := filepath.Join(t.TempDir(), "store.db")
	opened, refused := 0, 0
	for length := 1; length < len(whole); length += 1 + len(whole)/100 {
		write(t, path, whole[:length])
		s, err := bolt.Open(path)
		if err != nil {
			refused++
			if !survey.Is(err, survey.Invalid) || !strings.Contains(err.Error(), "restore") {
				t.Fatalf("%d bytes: %v", length, err)
			}
			if !bytes.Equal(read(t, path), whole[:length]) {
				t.Fatalf("%d bytes: the file was changed", length)
			}
			continue
		}
		opened++
		seen := 0
		err = s.Scan(t.Context(), survey.Responses, "", "", func(bson.Raw) error { seen++; return nil })
		if err != nil || seen != n {
			t.Fatalf("%d bytes: opened with %d of %d documents (%v)", length, seen, n, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if opened == 0 || refused == 0 {
		t.Errorf("%d lengths opened, %d refused; both should occur", opened, refused)
	}
}

// TestDamagedPages overwrites a page with noise: whatever is read or written
// then, the process lives and an error is an error of the store.
func TestDamagedPages(t *testing.T) {
	t.Parallel()
	whole := filled(t, 300)
	rnd := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	failed := 0
	for round := range 80 {
		path := filepath.Join(dir, fmt.Sprint(round, ".db"))
		damaged := bytes.Clone(whole)
		page := damaged[rnd.IntN(len(damaged)/4096)*4096:][:4096]
		for i := range page {
			page[i] = byte(rnd.UintN(256))
		}
		write(t, path, damaged)
		if err := use(t, path); err != nil {
			failed++
			if kind := survey.KindOf(err); kind != survey.Invalid && kind != survey.Internal && kind != survey.Unavailable {
				t.Fatal(err)
			}
		}
	}
	if failed == 0 {
		t.Error("no damage was noticed")
	}
}

func use(t testing.TB, path string) error {
	t.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		return err
	}
	_, insertErr := s.Insert(t.Context(), survey.Responses, storetest.Document(t, "000150x", 1, ""))
	scanErr := s.Scan(t.Context(), survey.Responses, "", "", func(bson.Raw) error { return nil })
	return errors.Join(insertErr, scanErr, s.Close())
}
