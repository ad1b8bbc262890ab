package storefile_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storefile"
	"hailong/survey/storetest"
)

// content is a file with documents on pages of every kind, some of them free, and how many
// units are in it.
func content(t testing.TB) (file []byte, units int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for group := range 4 {
		var docs []bson.Raw
		for i := range 60 {
			docs = append(docs, storetest.Document(t, fmt.Sprintf("unit-%d-%03d", group, i), 1, strings.Repeat("x", i*13%400)))
		}
		if _, err := s.Insert(t.Context(), survey.Units, docs...); err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(t.Context(), survey.Units, fmt.Sprintf("unit-%d-007", group), 1); err != nil {
			t.Fatal(err)
		}
	}
	long := storetest.Document(t, "long", 1, strings.Repeat("long", 4000))
	if _, err := s.Insert(t.Context(), survey.Units, long); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file[:200*os.Getpagesize()], 4*59 + 1 // bbolt makes a file larger than it needs
}

// found reads what a damaged file still holds of the units: those in force, and others.
func found(t testing.TB, file []byte) (inForce, loose map[string]int64, d *storefile.DamagedFile) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := storefile.OpenDamaged(path, func(int) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	inForce, loose = map[string]int64{}, map[string]int64{}
	err = d.Find(t.Context(), survey.Units, func(f survey.FoundDocument) error {
		id, err := survey.DocumentID(f.Doc)
		if f.Loose {
			loose[id] = survey.DocumentRev(f.Doc)
		} else {
			inForce[id] = survey.DocumentRev(f.Doc)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return inForce, loose, d
}

// A whole file gives what the store holds; what was deleted is not looked for.
func TestAWholeFile(t *testing.T) {
	t.Parallel()
	file, units := content(t)
	inForce, loose, d := found(t, file)
	if len(inForce) != units || len(loose) > 0 || len(d.Damage()) > 0 {
		t.Errorf("%d of %d units, %d loose, damage %v", len(inForce), units, len(loose), d.Damage())
	}
	if n, known := d.Expected(survey.Units); n != units || !known {
		t.Errorf("%d units are expected (known: %v), want %d", n, known, units)
	}
}

// Without both metas and whatever leads to the pages, everything is found, and nothing
// that was deleted is in force.
func TestAFileOfPagesAlone(t *testing.T) {
	t.Parallel()
	file, units := content(t)
	size := os.Getpagesize()
	clear(file[:2*size])
	for at := 2 * size; at < len(file); at += size {
		if file[at+8] == 0x01 || file[at+8] == 0x10 { // branches and lists of free pages
			clear(file[at : at+size])
		}
	}
	inForce, loose, _ := found(t, file)
	for group := range 4 {
		if id := fmt.Sprintf("unit-%d-007", group); inForce[id] != 0 {
			t.Errorf("%s was deleted and is in force", id)
		}
	}
	if n := len(inForce) + len(loose); n < units {
		t.Errorf("%d units were found, want all %d", n, units)
	}
}

// A flipped bit in a document takes that one alone, and it is named.
func TestADamagedDocument(t *testing.T) {
	t.Parallel()
	file, units := content(t)
	for at, answer := 0, []byte(strings.Repeat("long", 20)); ; at++ {
		i := bytes.Index(file[at:], answer)
		if i < 0 {
			break
		}
		at += i
		file[at] ^= 1
	}
	inForce, _, d := found(t, file)
	if len(inForce) != units-1 || inForce["long"] != 0 {
		t.Errorf("%d units were found, want all but one", len(inForce))
	}
	if all := d.Damage(); len(all) != 1 || all[0].Collection != survey.Units || all[0].ID != "long" {
		t.Errorf("the damage is %+v, want the document long", all)
	}
}

// Reading ends when the caller says so.
func TestReadingIsStopped(t *testing.T) {
	t.Parallel()
	file, _ := content(t)
	path := filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := storefile.OpenDamaged(path, func(int) error { return os.ErrDeadlineExceeded }); err == nil {
		t.Error("the look went on")
	}
	if _, err := storefile.OpenDamaged(filepath.Dir(path), func(int) error { return nil }); !survey.Is(err, survey.Unavailable) {
		t.Errorf("a directory: %v, want Unavailable", err)
	}
	if _, err := storefile.OpenDamaged(path+".none", func(int) error { return nil }); !survey.Is(err, survey.Unavailable) {
		t.Errorf("no file: %v, want Unavailable", err)
	}
}

// FuzzDamaged reads files of which any bytes are others: nothing panics, and what is
// handed out is a document as it was stored.
func FuzzDamaged(f *testing.F) {
	file, _ := content(f)
	f.Add(uint32(0), []byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Add(uint32(3*4096+16), bytes.Repeat([]byte{0xff}, 64))
	f.Add(uint32(2*4096), make([]byte, 4096))
	f.Fuzz(func(t *testing.T, at uint32, other []byte) {
		damaged := bytes.Clone(file)
		copy(damaged[int(at)%len(damaged):], other)
		inForce, loose, _ := found(t, damaged)
		for id, rev := range inForce {
			if rev != 1 || !strings.HasPrefix(id, "unit-") && id != "long" {
				t.Errorf("%s in revision %d was never stored", id, rev)
			}
		}
		_ = loose
	})
}
