package backup_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/backup"
	"hailong/survey/bolt"
	"hailong/survey/faulttest"
	"hailong/survey/storetest"
)

// signerOf makes a signer of a key that consists of one byte.
func signerOf(t testing.TB, of byte) *backup.Signer {
	t.Helper()
	signer, err := backup.NewSigner(bytes.Repeat([]byte{of}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// archiveBytes is a signed backup of a few documents, sealed if there is a recipient.
func archiveBytes(t testing.TB, recipient age.Recipient) []byte {
	t.Helper()
	s, err := bolt.Open(t.TempDir() + "/store.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range survey.Collections {
		if _, err := s.Insert(t.Context(), c, storetest.Document(t, "a", 1, strings.Repeat(string(c), 20)), storetest.Document(t, "b", 1, "")); err != nil {
			t.Fatal(err)
		}
	}
	o := backup.WriteOptions{Program: "test", Now: time.Now(), Signer: signerOf(t, 1)}
	if recipient != nil {
		o.Recipients = []age.Recipient{recipient}
	}
	var b bytes.Buffer
	if _, _, err := backup.Write(t.Context(), &b, s, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openBytes(t testing.TB, b []byte, identities ...age.Identity) (*backup.Archive, error) {
	t.Helper()
	return backup.Open(t.Context(), bytes.NewReader(b), int64(len(b)), identities...)
}

// contentsOf is what a backup holds.
func contentsOf(t testing.TB, from backup.DocumentSource) []backup.Content {
	t.Helper()
	var all []backup.Content
	for _, c := range survey.Collections {
		sum := backup.NewTally()
		if err := from.Scan(t.Context(), c, "", "", func(doc bson.Raw) error { sum.Add(doc); return nil }); err != nil {
			t.Fatal(err)
		}
		all = append(all, sum.Content(c))
	}
	return all
}

func TestRestoreRefusesACutBackup(t *testing.T) {
	t.Parallel()
	whole := archiveBytes(t, nil)
	if _, err := openBytes(t, whole); err != nil {
		t.Fatal(err)
	}
	for length := range len(whole) {
		if _, err := openBytes(t, whole[:length]); err == nil || !strings.Contains(err.Error(), "the backup is cut off or altered; nothing was restored") {
			t.Fatalf("%d of %d bytes: error %v", length, len(whole), err)
		}
	}
	if _, err := openBytes(t, []byte("id,unit\n1,bum-to\n")); !errors.Is(err, backup.ErrNoBackup) {
		t.Errorf("a list of responses: error %v", err)
	}
}

// TestRestoreRefusesAnAlteredBackup changes bytes in turn: either that is noticed, or
// the documents are the same (a zip file has bytes without meaning). It changes one
// byte in sixteen; with HAILONG_TEST_FLIPS=all, as "make faults" has it, each.
func TestRestoreRefusesAnAlteredBackup(t *testing.T) {
	t.Parallel()
	whole := archiveBytes(t, nil)
	refused, changed := flip(t, whole)
	if refused < changed/2 || changed < 100 {
		t.Errorf("%d of %d changes were noticed", refused, changed)
	}
	faulttest.Outcome{
		Done: "byte of a backup altered", Acknowledged: faulttest.Unknown, Stored: faulttest.Unknown,
		Note: fmt.Sprintf("%d altered, %d refused, the others restore the same", changed, refused),
	}.Report(t)
}

// TestRestoreRefusesAnAlteredSeal is the same of a sealed backup, in which every byte has
// a meaning.
func TestRestoreRefusesAnAlteredSeal(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	refused, changed := flip(t, archiveBytes(t, id.Recipient()), id)
	if refused != changed || changed < 100 {
		t.Errorf("%d of %d changes were noticed", refused, changed)
	}
}

// flip changes bytes of a backup in turn, and counts those that were noticed.
func flip(t *testing.T, whole []byte, identities ...age.Identity) (refused, changed int) {
	t.Helper()
	a, err := openBytes(t, whole, identities...)
	if err != nil {
		t.Fatal(err)
	}
	want := contentsOf(t, a)
	step := 16
	if os.Getenv("HAILONG_TEST_FLIPS") == "all" {
		step = 1
	}
	first := rand.IntN(step)
	t.Logf("of %d bytes every %dth from %d on", len(whole), step, first)
	for i := first; i < len(whole); i += step {
		changed++
		altered := bytes.Clone(whole)
		altered[i] ^= 0x10
		a, err := openBytes(t, altered, identities...)
		if err != nil {
			refused++
			continue
		}
		if diff := cmp.Diff(want, contentsOf(t, a)); diff != "" {
			t.Fatalf("byte %d: other documents would be restored:\n%s", i, diff)
		}
	}
	return refused, changed
}

func TestRestoreRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	hash := fmt.Sprintf("%x", sha256.Sum256(nil))
	for name, test := range map[string]struct {
		manifest string
		says     string
	}{
		"NoManifest":        {"", "not a backup"},
		"ANewerFormat":      {`{"format":3,"program":"v9"}`, "v9"},
		"ANewerStore":       {`{"format":2,"program":"v9","store_format":1000}`, "v9"},
		"NoCollection":      {`{"format":1,"contents":[{"collection":"../x","documents":0,"sha256":"` + hash + `"}]}`, "cut off or altered"},
		"TheFormat":         {`{"format":1,"contents":[{"collection":"hailong","documents":0,"sha256":"` + hash + `"}]}`, "cut off or altered"},
		"AKeyAndNoSign":     {`{"format":2,"key":"abc"}`, "cut off or altered"},
		"AMissingEntry":     {`{"format":1,"contents":[{"collection":"units","documents":1,"sha256":"` + hash + `"}]}`, "cut off or altered"},
		"AnotherSum":        {`{"format":1,"contents":[{"collection":"units","documents":0,"sha256":"00"}]}`, "cut off or altered"},
		"NoManifestAtAll":   {`[]`, "cut off or altered"},
		"AnUnfinishedWords": {`{"format":`, "cut off or altered"},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if test.manifest != "" {
			w, err := z.Create("manifest.json")
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(w, test.manifest)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := openBytes(t, b.Bytes()); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzOpenArchive holds that no file makes the reader panic, and that what it
// takes for whole can be read again.
func FuzzOpenArchive(f *testing.F) {
	whole := archiveBytes(f, nil)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := openBytes(t, b)
		if err != nil {
			return
		}
		for _, c := range a.Manifest.Contents {
			got := backup.NewTally()
			err := a.Scan(t.Context(), c.Collection, "", "", func(doc bson.Raw) error { got.Add(doc); return nil })
			if sum := got.Content(c.Collection); err != nil || sum != c {
				t.Errorf("%s: %v, %v; want %v", c.Collection, sum, err, c)
			}
		}
	})
}
