package transfer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/backup"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

// smallStore is a store with a document of a few collections, one of which no program
// knows.
func smallStore(t *testing.T) (url string) {
	t.Helper()
	url = shelltest.BoltURL(t)
	s := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, s)
	for _, c := range []survey.Collection{survey.Units, survey.Users, "appeals"} {
		if err := s.AddCollection(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Insert(t.Context(), c, storetest.Document(t, "a", 1, "x"), storetest.Document(t, "b", 1, "y")); err != nil {
			t.Fatal(err)
		}
	}
	return url
}

func wantDocument(t *testing.T, url string, c survey.Collection, id string) {
	t.Helper()
	s := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, s)
	if _, err := s.Get(t.Context(), c, id); err != nil {
		t.Errorf("%s/%s: %v", c, id, err)
	}
}

// TestUnknownCollection holds that what this program does not know is carried by backup,
// restore and copy, and is no damage.
func TestUnknownCollection(t *testing.T) {
	t.Parallel()
	from, restored, copied := smallStore(t), shelltest.BoltURL(t), shelltest.BoltURL(t)
	out := filepath.Join(t.TempDir(), "b.zip")
	shelltest.WantExit(t, program(), 0, "backup", "--store", from, "--out", out)
	shelltest.WantExit(t, program(), 0, "restore", out, "--store", restored, "--keys", keysOf(from))
	wantDocument(t, restored, "appeals", "b")
	shelltest.WantExit(t, program(), 0, "copy", "--from", restored, "--to", copied)
	shelltest.WantExit(t, program(), 0, "copy", "--from", restored, "--to", copied)
	wantDocument(t, copied, "appeals", "b")
	report, err := (&shell.StoreOption{Flag: "store", URL: copied}).Check(t.Context(), func(int) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Parts[:3] {
		if len(p.Wrong) > 0 {
			t.Errorf("%s: %v", p.Name, p.Wrong)
		}
	}
	s := shelltest.OpenURL(t, copied)
	if _, err := s.Insert(t.Context(), "appeals", storetest.Document(t, "c", 1, "")); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, s)
	shelltest.WantExit(t, program(), 1, "copy", "--from", restored, "--to", copied) // it is in use
}

// TestRestoreTrusts goes through who may have signed a backup.
func TestRestoreTrusts(t *testing.T) {
	t.Parallel()
	from, other := smallStore(t), smallStore(t)
	dir := t.TempDir()
	out, unsigned := filepath.Join(dir, "b.zip"), filepath.Join(dir, "old.zip")
	shelltest.WantExit(t, program(), 0, "backup", "--store", from, "--out", out)
	key, _, err := shelltest.Run(t, program(), "backup", "--store", from, "--public-key")
	if err != nil {
		t.Fatal(err)
	}
	otherKey, _, err := shelltest.Run(t, program(), "backup", "--store", other, "--public-key")
	if err != nil {
		t.Fatal(err)
	}
	s := shelltest.OpenURL(t, from)
	defer shelltest.CloseStore(t, s)
	file, err := os.Create(unsigned)
	if err == nil {
		_, _, err = backup.Write(t.Context(), file, s, backup.WriteOptions{Program: "old"})
	}
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		says string // "" where it is restored
	}{
		"ANewMachine":         {[]string{out, "--trust-key", strings.TrimSpace(key)}, ""},
		"ANewMachineUnasked":  {[]string{out}, "compare it with the one that the office has kept"},
		"AnotherKey":          {[]string{out, "--trust-key", strings.TrimSpace(otherKey)}, "not by the trusted one"},
		"AnotherDirectory":    {[]string{out, "--keys", keysOf(other)}, "not by the trusted one"},
		"UnsignedIsNoWayOut":  {[]string{out, "--unsigned", "--keys", keysOf(other)}, "not by the trusted one"},
		"NotSigned":           {[]string{unsigned, "--keys", keysOf(from)}, "add --unsigned"},
		"NotSignedAndAllowed": {[]string{unsigned, "--unsigned"}, ""},
		"NoKey":               {[]string{out, "--trust-key", "abc"}, "not the public key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := shelltest.BoltURL(t)
			_, messages, err := shelltest.Run(t, program(), append([]string{"restore", "--store", to}, test.args...)...)
			if test.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				wantDocument(t, to, survey.Users, "a")
				if slices.Contains(test.args, "--unsigned") != strings.Contains(messages, "WARNING") {
					t.Errorf("messages %q", messages)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %q", err, test.says)
			}
			if _, err := os.Stat(strings.TrimPrefix(to, "bolt:")); err == nil {
				t.Error("a store was made")
			}
		})
	}
}

func TestSealedBackup(t *testing.T) {
	t.Parallel()
	from, dir := smallStore(t), t.TempDir()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	recipients := shelltest.WriteTemp(t, "recipients", "# hai khóa\n"+identity.Recipient().String()+"\n")
	secret := shelltest.WriteTemp(t, "identity", identity.String()+"\n")
	out := filepath.Join(dir, "b.zip.age")
	_, messages, err := shelltest.Run(t, program(), "backup", "--store", from, "--out", out, "--recipient", recipients)
	if err != nil || strings.Contains(messages, "not sealed") {
		t.Fatalf("%s, %v", messages, err)
	}
	to := shelltest.BoltURL(t)
	if _, _, err := shelltest.Run(t, program(), "restore", out, "--store", to, "--keys", keysOf(from)); !errors.Is(err, backup.ErrSealed) {
		t.Errorf("without identity: error %v", err)
	}
	shelltest.WantExit(t, program(), 0, "restore", out, "--store", to, "--keys", keysOf(from), "--identity", secret)
	wantDocument(t, to, survey.Users, "a")
	shelltest.WantExit(t, program(), 2, "backup", "--store", from, "--out", filepath.Join(dir, "c"), "--recipient", "age1wrong")
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("beside the backup: %v, %v", files, err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(keysOf(from)), ".hailong-*")); err != nil || len(left) > 0 {
		t.Errorf("beside the store: %v, %v", left, err)
	}
}

// TestHalfFilled interrupts a restore where a kill would, and holds that nothing but a
// restore or copy opens the store until it is completed.
func TestHalfFilled(t *testing.T) {
	t.Parallel()
	from := smallStore(t)
	out := filepath.Join(t.TempDir(), "b.zip")
	shelltest.WantExit(t, program(), 0, "backup", "--store", from, "--out", out)
	source := shelltest.OpenURL(t, from)
	defer shelltest.CloseStore(t, source)
	for name, to := range map[string]string{"Bolt": shelltest.BoltURL(t), "MongoDB": storetest.MongoDB(t).Database(t)} {
		t.Run(name, func(t *testing.T) {
			option := &shell.StoreOption{Flag: "store", URL: to}
			full := errors.New("the disk is full")
			err := option.Fill(t.Context(), func(s shell.FilledStore) error {
				_, err := transfer(t.Context(), source, &failing{target: s, left: 2, with: full}, "copy")
				return err
			})
			if !errors.Is(err, full) {
				t.Fatalf("error %v", err)
			}
			for _, open := range []func() (shell.OpenStore, error){
				func() (shell.OpenStore, error) { return option.Own(t.Context(), shell.Quiet) },
				func() (shell.OpenStore, error) { return option.Open(t.Context()) },
			} {
				half := (*survey.HalfFilled)(nil)
				if _, err := open(); !errors.As(err, &half) || half.By != "copy" || !strings.Contains(err.Error(), "run the same command again") {
					t.Errorf("opened half filled: %v", err)
				}
			}
			shelltest.WantExit(t, program(), 0, "copy", "--from", from2(t, source), "--to", to)
			wantDocument(t, to, "appeals", "b")
		})
	}
}

// from2 copies an open store to a file that another command can open.
func from2(t *testing.T, s shell.OpenStore) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "still.db")
	if err := s.(*bolt.Store).Snapshot(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return "bolt:" + path
}

// failing is a target that takes a few groups of documents.
type failing struct {
	target
	left int
	with error
}

func (f *failing) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if len(docs) > 0 {
		if f.left--; f.left < 0 {
			return nil, f.with
		}
	}
	return f.target.Insert(ctx, c, docs...)
}
