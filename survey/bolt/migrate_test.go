package bolt_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/ledger"
	"hailong/survey/migrations"
	"hailong/survey/storetest"
)

func init() { roles["migrating"] = runMigrating }

// firstFormat makes a file as programs of the first format left it, with n responses
// and a document of each other collection, and returns what is in it.
func firstFormat(t testing.TB, n int) (path string, want map[survey.Collection]string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "old.db")
	mark, err := bson.Marshal(bson.D{{Key: "_id", Value: "hailong"}, {Key: "version", Value: 1}})
	if err != nil {
		t.Fatal(err)
	}
	bareFile(t, path, "format", mark, "hailong")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	want = map[survey.Collection]string{}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, c := range firstCollections() {
			bucket, err := tx.CreateBucket([]byte(c))
			if err != nil {
				return err
			}
			count := 1
			if c == survey.Responses {
				count = n
			}
			sum := sha256.New()
			for i := range count {
				id := fmt.Sprintf("%s-%06d", c, i)
				if c == survey.Responses { // the ledger takes no other ids
					id = string(survey.ResponseIDOf("2026-03-05", [10]byte{7: byte(i >> 16), 8: byte(i >> 8), 9: byte(i)}))
				}
				doc := storetest.Document(t, id, 1, strings.Repeat("x", i%500))
				if c == survey.Responses {
					plain, err := survey.HashDocument(doc, "salt", "rev")
					if err != nil {
						return err
					}
					sum.Write(plain[:])
				} else {
					sum.Write(doc)
				}
				if err := bucket.Put([]byte(id), doc); err != nil {
					return err
				}
			}
			want[c] = fmt.Sprintf("%d %x", count, sum.Sum(nil))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return path, want
}

// firstCollections are those that stores had of before there was a ledger.
func firstCollections() []survey.Collection {
	return slices.DeleteFunc(slices.Clone(survey.Collections), func(c survey.Collection) bool {
		return c == survey.Chains || c == survey.Ledger || c == survey.LedgerDays
	})
}

// contentsOf is how many documents of each collection a store hands out, and their
// hash.
func contentsOf(t testing.TB, s survey.Store) map[survey.Collection]string {
	t.Helper()
	got := map[survey.Collection]string{}
	for _, c := range survey.Collections {
		var err error
		if got[c], err = contentOf(t, s, c); err != nil {
			t.Fatalf("scan %s: %v", c, err)
		}
	}
	return got
}

// contentOf is how many documents of a collection a store hands out, and their hash.
func contentOf(t testing.TB, s survey.Store, c survey.Collection) (string, error) {
	t.Helper()
	count, sum := 0, sha256.New()
	err := s.Scan(t.Context(), c, "", "", func(doc bson.Raw) error {
		count++
		sum.Write(doc)
		return nil
	})
	return fmt.Sprintf("%d %x", count, sum.Sum(nil)), err
}

// oldContentsOf is contentsOf the collections of before there was a ledger, without what
// it adds to responses.
func oldContentsOf(t testing.TB, s survey.Store) map[survey.Collection]string {
	t.Helper()
	got := map[survey.Collection]string{}
	for _, c := range firstCollections() {
		count, sum := 0, sha256.New()
		err := s.Scan(t.Context(), c, "", "", func(doc bson.Raw) error {
			count++
			if c != survey.Responses {
				sum.Write(doc)
				return nil
			}
			plain, err := survey.HashDocument(doc, "salt", "rev")
			sum.Write(plain[:])
			return err
		})
		if err != nil {
			t.Fatalf("scan %s: %v", c, err)
		}
		got[c] = fmt.Sprintf("%d %x", count, sum.Sum(nil))
	}
	return got
}

// expectCurrent holds that a file has the current format, every document with a
// checksum, and that the store hands out the bytes of before.
func expectCurrent(t testing.TB, path string, want map[survey.Collection]string) {
	t.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	format, err := s.Format(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if format.Version != survey.CurrentFormat || format.Rising || format.Wrote != "v9.8.7" {
		t.Errorf("the format is %+v, want %d of v9.8.7", format, survey.CurrentFormat)
	}
	if diff := cmp.Diff(want, oldContentsOf(t, s)); diff != "" {
		t.Errorf("documents (-before +after):\n%s", diff)
	}
	entered, err := ledger.Verify(t.Context(), s, nil)
	if err != nil || !entered.Whole() {
		t.Errorf("after the migration the ledger is not whole: %+v, error %v", entered, err)
	}
	if n := strings.Fields(want[survey.Responses])[0]; fmt.Sprint(entered.Responses) != n {
		t.Errorf("the ledger knows %d responses, want %s", entered.Responses, n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	bareDocuments(t, path, func(c survey.Collection, id, stored []byte) {
		if _, err := survey.StoredChecksum(c, stored); err != nil {
			t.Errorf("%s of %s: %v", id, c, err)
		}
	})
}

// bareDocuments visits what is stored in a file.
func bareDocuments(t testing.TB, path string, visit func(c survey.Collection, id, stored []byte)) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		for _, c := range survey.Collections {
			err := tx.Bucket([]byte(c)).ForEach(func(id, stored []byte) error {
				visit(c, id, stored)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// errKilled stands for the end of the process between two calls of the store.
var errKilled = errors.New("killed")

// mortal is a store whose process ends after some calls of a migration.
type mortal struct {
	*bolt.Store
	left int
}

func (m *mortal) call() error {
	if m.left--; m.left < 0 {
		return errKilled
	}
	return nil
}

func (m *mortal) SetFormat(ctx context.Context, seen, next survey.StoreFormat) error {
	if err := m.call(); err != nil {
		return err
	}
	return m.Store.SetFormat(ctx, seen, next)
}

func (m *mortal) Rewrite(ctx context.Context, c survey.Collection, from string, change func(bson.Raw) (bson.Raw, error)) (string, int, error) {
	if err := m.call(); err != nil {
		return "", 0, err
	}
	return m.Store.Rewrite(ctx, c, from, change)
}

// However often a migration ends between two of its steps, the next one finishes it.
func TestMigrationIsFinishedAfterEachOfItsSteps(t *testing.T) {
	t.Parallel()
	path, want := firstFormat(t, 50)
	for calls := 0; ; calls++ {
		s := open(t, path)
		_, err := migrations.Run(t.Context(), &mortal{s, calls}, "v9.8.7", nil)
		if got := oldContentsOf(t, s); !cmp.Equal(want, got) {
			t.Fatalf("after %d steps: documents (-before +now):\n%s", calls, cmp.Diff(want, got))
		}
		if closed := s.Close(); closed != nil {
			t.Fatal(closed)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, errKilled) {
			t.Fatalf("after %d steps: %v", calls, err)
		}
	}
	expectCurrent(t, path, want)
}

// runMigrating migrates a file, and says each step that it has done.
func runMigrating(path string) {
	s, err := bolt.Open(path)
	if err == nil {
		fmt.Println("opened")
		_, err = migrations.Run(context.Background(), s, "v9.8.7", func(_ int, c survey.Collection, n int) { fmt.Println(c, n) })
	}
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	fmt.Println("done")
}

// A migration is killed at every one of its steps, on the same file.
func TestKilledMigrations(t *testing.T) {
	t.Parallel()
	path, want := firstFormat(t, 60_000) // several transactions
	done := false
	for last := 0; !done && last < 200; last += 1 + last/2 {
		runAndKill(t, child(t, "migrating", path), last, func(line string) {
			done = done || line == "done"
			if strings.HasPrefix(line, "failed") {
				t.Error(line)
			}
		})
	}
	if !done {
		t.Fatal("no migration came to its end")
	}
	expectCurrent(t, path, want)
}

// A document that is damaged before it has a checksum gets none.
func TestMigrationGivesNoChecksumToWhatIsDamaged(t *testing.T) {
	t.Parallel()
	path, _ := firstFormat(t, 50)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket([]byte(survey.Units))
		return bucket.Put([]byte("other"), bytes.Clone(bucket.Get([]byte("units-000000"))))
	})
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	_, err = migrations.Run(t.Context(), s, "v9.8.7", nil)
	if d := survey.DamageOf(err); d == nil || d.Collection != survey.Units || d.ID != "other" {
		t.Errorf("the error is %v, want one about the document other of units", err)
	}
}

// A store of a newer program is refused by the name of that program, and left as it
// is; so is one that is on its way to a newer format.
func TestNewerFormatIsRefusedByName(t *testing.T) {
	t.Parallel()
	for name, rising := range map[string]bool{"Arrived": false, "OnItsWay": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			seen, err := s.Format(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			next := survey.NewStoreFormat(survey.CurrentFormat+1, "v0.3.0")
			next.Rising = rising
			if err := s.SetFormat(t.Context(), seen, next); err != nil {
				t.Fatal(err)
			}
			_, err = migrations.Run(t.Context(), s, "v0.2.0", nil)
			expectNewer(t, err)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			_, err = bolt.Open(s.Path())
			expectNewer(t, err)
		})
	}
}

func expectNewer(t *testing.T, err error) {
	t.Helper()
	says := fmt.Sprintf("store of format %d, written by hailong v0.3.0; use that version or a newer one", survey.CurrentFormat+1)
	if !survey.Is(err, survey.Invalid) || !strings.Contains(err.Error(), says) {
		t.Errorf("the error is %v, want one that says %q", err, says)
	}
}
