package backup_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"hailong/survey/backup"
)

// TestAltered adds, signs and takes away what an attacker would like: each is refused.
func TestAltered(t *testing.T) {
	t.Parallel()
	whole := archiveBytes(t, nil)
	for name, change := range map[string]func(name string, content []byte) (string, []byte){
		"AnotherManifest": func(name string, content []byte) (string, []byte) {
			if name == "manifest.json" {
				content = bytes.Replace(content, []byte(`"program":"test"`), []byte(`"program":"tesu"`), 1)
			}
			return name, content
		},
		"NoSignature": func(name string, content []byte) (string, []byte) {
			if name == "manifest.sig" {
				return "", nil
			}
			return name, content
		},
		"AnEntryMore": func(name string, content []byte) (string, []byte) {
			if name == "slips.bson" {
				return "more.bson", content
			}
			return name, content
		},
	} {
		z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		to := zip.NewWriter(&b)
		for _, entry := range z.File {
			r, err := entry.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			as, content := change(entry.Name, content)
			if as == "" {
				continue
			}
			w, err := to.Create(as)
			if err == nil {
				_, err = w.Write(content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := to.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := openBytes(t, b.Bytes()); !errors.Is(err, backup.ErrNotWhole) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestSeal(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	sealed := archiveBytes(t, id.Recipient())
	if bytes.Contains(sealed, []byte("manifest.json")) {
		t.Error("the names of entries stand in the sealed file")
	}
	if _, err := openBytes(t, sealed); !errors.Is(err, backup.ErrSealed) {
		t.Errorf("without identity: error %v", err)
	}
	if _, err := openBytes(t, sealed, other); !errors.Is(err, backup.ErrIdentity) {
		t.Errorf("another identity: error %v", err)
	}
	a, err := openBytes(t, sealed, id)
	if err != nil || !a.Sealed || a.Manifest.Key != signerOf(t, 1).PublicKey() {
		t.Errorf("opened %+v, error %v", a, err)
	}
	for length := 0; length < len(sealed); length += 97 {
		if _, err := openBytes(t, sealed[:length], id); err == nil {
			t.Fatalf("%d of %d bytes were taken for whole", length, len(sealed))
		}
	}
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openBytes(t, archiveBytes(t, hybrid.Recipient()), hybrid); err != nil {
		t.Errorf("a recipient that outlives quantum computers: error %v", err)
	}
}

func TestParsePublicKey(t *testing.T) {
	t.Parallel()
	key := signerOf(t, 2).PublicKey()
	typed := strings.ToUpper(string(key[:10])) + " " + string(key[10:]) + "\n"
	if got, err := backup.ParsePublicKey(typed); err != nil || got != key {
		t.Errorf("%q is read as %q, error %v", typed, got, err)
	}
	for _, wrong := range []string{"", "abc", string(key) + "a", string(key[:51]), string(key[:51]) + "1"} {
		if _, err := backup.ParsePublicKey(wrong); !errors.Is(err, backup.ErrKey) {
			t.Errorf("%q: error %v", wrong, err)
		}
	}
}
