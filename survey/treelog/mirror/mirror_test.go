package mirror_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/ledger"
	"hailong/survey/treelog"
	"hailong/survey/treelog/mirror"
)

// office is a source that does what a test wants of it.
type office struct {
	signer *treelog.HeadSigner
	texts  []string
	signed []string // records that the head is over; nil: those that it gives
	atOnce int
	asked  int
}

func newOffice(t *testing.T, secret byte, records ...string) *office {
	t.Helper()
	signer, err := treelog.NewSigner([]byte(strings.Repeat(string(rune(secret)), 32)))
	if err != nil {
		t.Fatal(err)
	}
	return &office{signer: signer, texts: texts(records...), atOnce: 2}
}

// texts are records of parts, one for each name.
func texts(names ...string) (all []string) {
	for i, name := range names {
		p := ledger.ClosedPart{Chain: "00ff", Number: int64(i + 1), Day: "2026-03-05"}
		copy(p.Root[:], name)
		all = append(all, treelog.LogRecord{Part: &p}.Text())
	}
	return all
}

func (o *office) head() survey.LogHead {
	over := o.signed
	if over == nil {
		over = o.texts
	}
	var records treelog.Records
	for _, text := range over {
		if err := records.Append(text); err != nil {
			panic(err)
		}
	}
	head, err := o.signer.Head(records.Tree())
	if err != nil {
		panic(err)
	}
	return head
}

func (o *office) Head(context.Context) (string, error) { return o.head().Signed, nil }

func (o *office) Key(context.Context) (string, error) { return o.head().Key, nil }

func (o *office) Records(_ context.Context, from int64) ([]string, error) {
	o.asked++
	if from >= int64(len(o.texts)) {
		return nil, nil
	}
	rest := o.texts[from:]
	return rest[:min(len(rest), o.atOnce)], nil
}

func update(t *testing.T, dir string, from *office) mirror.Updated {
	t.Helper()
	u, err := mirror.Update(t.Context(), dir, from, "")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestMirrorFollowsALog(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "mirror")
	o := newOffice(t, 'a', "a", "b", "c", "d", "e")
	u := update(t, dir, o)
	if u.Added != 5 || u.Size() != 5 || !u.FirstUse || u.Head != o.head() {
		t.Errorf("the first time: %+v", u)
	}
	asked := o.asked
	if u := update(t, dir, o); u.Added != 0 || u.FirstUse || o.asked != asked {
		t.Errorf("nothing is new: %+v, asked %d times for records", u, o.asked-asked)
	}
	o.texts = append(o.texts, texts("", "", "", "", "", "f", "g")[5:]...)
	if u := update(t, dir, o); u.Added != 2 || u.Head != o.head() {
		t.Errorf("two are new: %+v", u)
	}
	m, err := mirror.Open(dir)
	if err != nil || m.Size() != 7 || m.Head != o.head() || m.Key != o.head().Key {
		t.Errorf("the mirror holds %+v, %v", m, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
}

// A log that was rewritten or cut is refused each time, both heads are kept, and the
// mirror stays as it was.
func TestMirrorRefusesAnotherPast(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		now      []string
		declared bool
	}{
		"Rewritten":          {now: texts("a", "x", "c")},
		"RewrittenAndLonger": {now: texts("a", "x", "c", "d", "e")},
		"Cut":                {now: texts("a", "b")},
		"CutAndRewritten":    {now: texts("x")},
		"Restored":           {now: append(texts("a"), treelog.LogRecord{Restored: &treelog.Tree{Size: 3}}.Text(), texts("", "", "y")[2]), declared: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			o := newOffice(t, 'a', "a", "b", "c")
			before := update(t, dir, o).Head
			o.texts = c.now
			for range 2 {
				_, err := mirror.Update(t.Context(), dir, o, "")
				var rewritten *mirror.RewrittenError
				if !errors.As(err, &rewritten) {
					t.Fatalf("the error is %v", err)
				}
				if rewritten.Had != 3 || rewritten.Has != int64(len(c.now)) || rewritten.Declared != c.declared {
					t.Errorf("it says %+v", rewritten)
				}
				for file, want := range map[string]survey.LogHead{"head-before": before, "head-now": o.head()} {
					kept, err := os.ReadFile(filepath.Join(rewritten.Evidence, file))
					if key, signed, _ := strings.Cut(string(kept), "\n\n"); err != nil || signed != want.Signed || key != want.Key {
						t.Errorf("%s is %q, %v", file, kept, err)
					}
				}
			}
			if m, err := mirror.Open(dir); err != nil || m.Head != before {
				t.Errorf("the mirror holds %+v, %v; want it as it was", m, err)
			}
		})
	}
}

// A server that gives other records than it signed is not believed, and nothing is said
// of its log.
func TestMirrorRefusesWhatIsNotSigned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := newOffice(t, 'a', "a", "b", "c")
	before := update(t, dir, o).Head
	o.signed = texts("a", "b", "c", "d", "e")
	for name, given := range map[string][]string{
		"Others": texts("a", "b", "c", "d", "x"), "Fewer": texts("a", "b", "c", "d"), "NoRecord": append(texts("a", "b", "c", "d"), "hello\n"),
	} {
		o.texts = given
		if _, err := mirror.Update(t.Context(), dir, o, ""); !errors.Is(err, mirror.ErrSource) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m, err := mirror.Open(dir); err != nil || m.Head != before {
		t.Errorf("the mirror holds %+v, %v; want it as it was", m, err)
	}
}

// Another key is taken only when somebody names it, and only for the same log.
func TestMirrorKeepsToItsKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, anew := newOffice(t, 'a', "a", "b"), newOffice(t, 'b', "a", "b", "c")
	update(t, dir, old)
	if _, err := mirror.Update(t.Context(), dir, anew, ""); !errors.Is(err, mirror.ErrKeyChanged) {
		t.Errorf("the key changed: %v", err)
	}
	if _, err := mirror.Update(t.Context(), dir, anew, old.head().Key); !errors.Is(err, mirror.ErrKeyChanged) {
		t.Errorf("the key changed, and the old one is named: %v", err)
	}
	if _, err := mirror.Update(t.Context(), dir, newOffice(t, 'b', "x", "b", "c"), anew.head().Key); err == nil {
		t.Error("another log is taken with a new key")
	}
	if _, err := mirror.Update(t.Context(), t.TempDir(), old, anew.head().Key); !errors.Is(err, treelog.ErrSigned) {
		t.Errorf("a new mirror, and the wrong key is named: %v", err)
	}
	u, err := mirror.Update(t.Context(), dir, anew, anew.head().Key)
	if err != nil || u.Added != 1 || u.Key != anew.head().Key {
		t.Errorf("the new key is named: %+v, %v", u, err)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, "head-2-of-the-old-key")); err != nil || !strings.HasSuffix(string(kept), old.head().Signed) {
		t.Errorf("the last head of the old key is %q, %v", kept, err)
	}
	if u := update(t, dir, anew); u.Added != 0 {
		t.Errorf("afterwards: %+v", u)
	}
}

// A kill leaves records behind the head, which are fetched again; what was altered is
// refused.
func TestMirrorAfterAKillAndAlteration(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 'a', "a", "b", "c")
	full := t.TempDir()
	update(t, full, o)
	dir := t.TempDir()
	o.texts = o.texts[:2]
	update(t, dir, o)
	records, err := os.ReadFile(filepath.Join(full, "records"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "records"), records, 0o600); err != nil { // as after a kill between the two files
		t.Fatal(err)
	}
	if m, err := mirror.Open(dir); err != nil || m.Size() != 2 {
		t.Errorf("after a kill the mirror holds %+v, %v", m, err)
	}
	for _, file := range []string{"head", "records"} {
		content, err := os.ReadFile(filepath.Join(full, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, altered := range [][]byte{nil, content[:len(content)-2], []byte(strings.Replace(string(content), "a", "b", 1))} {
			if err := os.WriteFile(filepath.Join(full, file), altered, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := mirror.Open(full); !errors.Is(err, mirror.ErrDamaged) {
				t.Errorf("%s is %d bytes instead of %d: %v", file, len(altered), len(content), err)
			}
		}
		if err := os.WriteFile(filepath.Join(full, file), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := mirror.Open(t.TempDir()); !errors.Is(err, mirror.ErrNone) {
		t.Errorf("an empty directory: %v", err)
	}
}
