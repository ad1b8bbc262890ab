package transfer

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/backup"
	"hailong/survey/storetest"
)

func program() *cobra.Command {
	return shell.NewRoot(NewBackupCommand("test"), NewRestoreCommand(), NewCopyCommand(), NewExportCommand(), NewImportCommand())
}

// some gives documents for every collection, more of them than go over in one
// group.
func some(t testing.TB, c survey.Collection) []bson.Raw {
	t.Helper()
	n := 3
	if c == survey.Responses {
		n = sendDocuments + 200
	}
	var docs []bson.Raw
	for i := range n {
		docs = append(docs, storetest.Document(t, fmt.Sprintf("%s-%05d", c, i), int64(i), "Người dân hài lòng"))
	}
	return docs
}

func fillStore(t testing.TB, url string) {
	t.Helper()
	s := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, s)
	for _, c := range survey.Collections {
		if _, err := s.Insert(t.Context(), c, some(t, c)...); err != nil {
			t.Fatal(err)
		}
	}
}

// contentsOf is what a source holds, but for collections that are left out.
func contentsOf(t testing.TB, from backup.DocumentSource, but ...survey.Collection) []backup.Content {
	t.Helper()
	var all []backup.Content
	for _, c := range survey.Collections {
		sum := backup.NewTally()
		if slices.Contains(but, c) {
			continue
		}
		if err := from.Scan(t.Context(), c, "", "", func(doc bson.Raw) error { sum.Add(doc); return nil }); err != nil {
			t.Fatal(err)
		}
		all = append(all, sum.Content(c))
	}
	return all
}

func expectSame(t testing.TB, urlA, urlB string, but ...survey.Collection) {
	t.Helper()
	a, b := shelltest.OpenURL(t, urlA), shelltest.OpenURL(t, urlB)
	defer shelltest.CloseStore(t, a)
	defer shelltest.CloseStore(t, b)
	if diff := cmp.Diff(contentsOf(t, a, but...), contentsOf(t, b, but...)); diff != "" {
		t.Errorf("the stores differ:\n%s", diff)
	}
}

func TestCopyBothWays(t *testing.T) {
	t.Parallel()
	first, second, third := shelltest.BoltURL(t), storetest.MongoDB(t).Database(t), shelltest.BoltURL(t)
	fillStore(t, first)
	shelltest.WantExit(t, program(), 0, "copy", "--from", first, "--to", second)
	shelltest.WantExit(t, program(), 0, "copy", "--from", second, "--to", third)
	expectSame(t, first, third)
	expectSame(t, second, third)
}

func TestCopyAgain(t *testing.T) {
	t.Parallel()
	from, to := shelltest.BoltURL(t), shelltest.BoltURL(t)
	fillStore(t, from)
	// What an interrupted copy leaves behind.
	s := shelltest.OpenURL(t, to)
	if _, err := s.Insert(t.Context(), survey.Units, some(t, survey.Units)...); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Insert(t.Context(), survey.Responses, some(t, survey.Responses)[:700]...); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, s)
	for range 2 {
		shelltest.WantExit(t, program(), 0, "copy", "--from", from, "--to", to)
		expectSame(t, from, to)
	}
}

func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	from := shelltest.BoltURL(t)
	fillStore(t, from)
	for name, doc := range map[string]bson.Raw{
		"AnotherDocument":  storetest.Document(t, "points-00001x", 1, ""),
		"ADifferentOne":    storetest.Document(t, "points-00001", 1, "changed"),
		"OneAfterTheLast":  storetest.Document(t, "~", 1, ""),
		"OneBeforeTheLast": storetest.Document(t, "!", 1, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := shelltest.BoltURL(t)
			s := shelltest.OpenURL(t, to)
			if _, err := s.Insert(t.Context(), survey.Points, doc); err != nil {
				t.Fatal(err)
			}
			before := contentsOf(t, s)
			shelltest.CloseStore(t, s)
			shelltest.WantExit(t, program(), 1, "copy", "--from", from, "--to", to)
			s = shelltest.OpenURL(t, to)
			defer shelltest.CloseStore(t, s)
			if diff := cmp.Diff(before, contentsOf(t, s)); diff != "" {
				t.Error("the target was changed:", diff)
			}
		})
	}
}

func TestCopyUsage(t *testing.T) {
	t.Parallel()
	same := shelltest.BoltURL(t)
	for _, args := range [][]string{
		{"copy"},
		{"copy", "--from", same},
		{"copy", "--from", same, "--to", same},
		{"copy", "--from", same, "--to", "bolt:" + filepath.Dir(same[len("bolt:"):]) + "/./store.db"},
		{"copy", "--from", same, "--to", "bolt:"},
		{"copy", "--from", same, "--to", "postgres://user:secret@host/"},
	} {
		shelltest.WantExit(t, program(), 2, args...)
	}
}

// TestTransferNoticesALoss has a target that acknowledges what it does not keep.
func TestTransferNoticesALoss(t *testing.T) {
	t.Parallel()
	url := shelltest.BoltURL(t)
	fillStore(t, url)
	from, to := shelltest.OpenURL(t, url), shelltest.OpenURL(t, shelltest.BoltURL(t))
	defer shelltest.CloseStore(t, from)
	defer shelltest.CloseStore(t, to)
	if _, err := transfer(t.Context(), from, forgetful{to.(target)}, "copy"); err == nil || !strings.Contains(err.Error(), "1200 documents were sent and 1000 are there") {
		t.Errorf("error %v", err)
	}
}

type forgetful struct{ target }

func (f forgetful) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if c == survey.Responses && len(docs) == 200 {
		return make([]bool, len(docs)), nil
	}
	return f.target.Insert(ctx, c, docs...)
}
