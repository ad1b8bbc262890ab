package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/backup"
	"hailong/survey/check"
	"hailong/survey/tempdir"
)

// errDrill is the end of a drill that found something.
var errDrill = errors.New("bản sao lưu KHÔNG dùng được như trên; xin sao lưu lại ngay và báo người quản trị / the backup is NOT good, see above; make another at once, and tell the administrator")

// tryOut restores a backup into a temporary store, checks that, and compares it with the
// store that is in use. The temporary store lies beside that one, and is removed.
func (o *restoreOptions) tryOut(ctx context.Context, from *backup.Archive, out io.Writer) (err error) {
	current, err := o.store.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, current.Close()) }()
	parent, err := o.store.BoltPath()
	if err != nil {
		return err
	}
	if parent != "" {
		parent = filepath.Dir(parent)
	}
	dir, err := tempdir.New(parent)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	trial := shell.StoreOption{Flag: "store", URL: "bolt:" + dir.Path("drill.db")}
	var differences []difference
	err = trial.Fill(ctx, func(to shell.FilledStore) error {
		if _, err := transfer(ctx, from, to, "restore"); err != nil {
			return err
		}
		differences, err = compare(ctx, to, current)
		return err
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	checked, err := trial.Check(ctx, func(int) error { return ctx.Err() })
	if err != nil {
		return err
	}
	good := checked.Whole() && !slices.ContainsFunc(differences, difference.bad)
	if err := printDrill(out, from.Manifest, checked, differences); err != nil {
		return err
	}
	changes := survey.NewChanges(current, audit.New(current, time.Now), time.Now)
	if err := backup.NoteDrill(ctx, changes, shell.Actor(), backup.Drill{At: time.Now().UTC().Truncate(time.Second), Made: from.Manifest.Created, Good: good}); err != nil {
		return shell.Explained(err)
	}
	if !good {
		return errDrill
	}
	return nil
}

// difference is how a collection of a backup differs from the store in use.
type difference struct {
	collection survey.Collection
	same       int
	changed    int // in both, with other content
	newer      int // in the store alone
	gone       int // in the backup alone
}

// bad reports whether the backup cannot be one of this store: the audit log only grows, so
// each of its entries is still there as it was.
func (d difference) bad() bool { return d.collection == survey.Audit && d.changed+d.gone > 0 }

// compare holds what was restored against the store in use.
func compare(ctx context.Context, restored, current backup.DocumentSource) ([]difference, error) {
	all, err := bothContents(ctx, restored, current)
	if err != nil {
		return nil, err
	}
	var differences []difference
	for _, c := range all {
		if slices.Contains(survey.Passing, c) {
			continue
		}
		d, err := compareOne(ctx, restored, current, c)
		if err != nil {
			return nil, err
		}
		differences = append(differences, d)
	}
	return differences, nil
}

// compareOne reads a collection of both side by side, in the order of ids.
func compareOne(ctx context.Context, restored, current backup.DocumentSource, c survey.Collection) (difference, error) {
	d := difference{collection: c}
	next, stop := iter.Pull2(documents(ctx, restored, c))
	defer stop()
	was, id, err := nextDocument(next)
	if err != nil {
		return d, err
	}
	err = scan(ctx, current, c, func(doc bson.Raw) error {
		now, err := survey.DocumentID(doc)
		for err == nil && id != "" && id < now {
			d.gone++
			was, id, err = nextDocument(next)
		}
		switch {
		case err != nil:
			return err
		case id != now:
			d.newer++
			return nil
		case bytes.Equal(was, doc):
			d.same++
		default:
			d.changed++
		}
		was, id, err = nextDocument(next)
		return err
	})
	for err == nil && id != "" {
		d.gone++
		_, id, err = nextDocument(next)
	}
	return d, err
}

// nextDocument returns the next document of a sequence and its id, "" at the end.
func nextDocument(next func() (bson.Raw, error, bool)) (bson.Raw, string, error) {
	doc, err, ok := next()
	if err != nil || !ok {
		return nil, "", err
	}
	id, err := survey.DocumentID(doc)
	return doc, id, err
}

// printDrill writes the page that says how a drill ended.
func printDrill(out io.Writer, m backup.Manifest, checked check.Findings, differences []difference) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Diễn tập khôi phục / restore drill: bản sao lưu ngày / backup of %s\n", m.Created.Local().Format("02/01/2006 15:04"))
	for _, p := range checked.Parts {
		verdict := "nguyên vẹn / whole"
		if p.Skipped || len(p.Wrong) > 0 {
			verdict = fmt.Sprintf("HỎNG / DAMAGED: %d", len(p.Wrong)+p.More)
		}
		fmt.Fprintf(&b, "  %-12s %9d  %s\n", p.Name, p.Looked, verdict)
	}
	fmt.Fprintf(&b, "  %-16s %9s %9s %9s %9s\n", "", "giống/same", "sửa/edited", "mới/newer", "xóa/gone")
	for _, d := range differences {
		if d.same+d.changed+d.newer+d.gone == 0 {
			continue
		}
		fmt.Fprintf(&b, "  %-16s %9d %9d %9d %9d\n", d.collection, d.same, d.changed, d.newer, d.gone)
		if d.bad() {
			fmt.Fprintln(&b, "    nhật ký trong bản sao lưu không có trong kho: bản của kho khác, hoặc nhật ký bị sửa / the backup has entries that the store has not: it is of another store, or the log was altered")
		}
	}
	_, err := out.Write(b.Bytes())
	return err
}
