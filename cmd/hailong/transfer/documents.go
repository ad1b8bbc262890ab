package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/backup"
)

// target is a store that is filled.
type target interface {
	survey.Carrier
	SetFormat(ctx context.Context, seen, next survey.StoreFormat) error
}

// transfer copies every document, checks that the target then holds the same
// bytes as the source, and returns what that is. The target must be empty, or
// hold a part of the same documents, from a transfer that was interrupted;
// otherwise nothing is written. by names the command.
//
// Collections go over in their order, in which a document comes after those
// that it refers to. Before the first the target is marked as half filled, and after
// the comparison the mark is taken away: whenever this is killed between the two,
// nothing but a transfer opens the target. The mark goes with the format of the source,
// in one write, so that the migrations which its documents lack are still to come.
func transfer(ctx context.Context, from backup.DocumentSource, to target, by string) ([]backup.Content, error) {
	all, err := bothContents(ctx, from, to)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if err := checkTarget(ctx, from, to, c); err != nil {
			return nil, err
		}
	}
	marked, err := mark(ctx, from, to, by)
	if err != nil {
		return nil, err
	}
	var contents []backup.Content
	for _, c := range all {
		if err := to.AddCollection(ctx, c); err != nil {
			return nil, err
		}
		sent, err := send(ctx, from, to, c)
		if err != nil {
			return nil, err
		}
		contents = append(contents, sent)
	}
	for _, sent := range contents {
		arrived := backup.NewTally()
		err := to.Scan(ctx, sent.Collection, "", "", func(doc bson.Raw) error { arrived.Add(doc); return nil })
		if err != nil {
			return nil, err
		}
		if got := arrived.Content(sent.Collection); got != sent {
			return nil, fmt.Errorf("%[1]s: đã gửi %[2]d tài liệu, kho đích có %[3]d hoặc có tài liệu khác; kho đích có đang được dùng không? / %[2]d documents were sent and %[3]d are there, or they differ; was the target used meanwhile?",
				sent.Collection, sent.Documents, got.Documents)
		}
	}
	filled := marked
	filled.Filling = ""
	return contents, to.SetFormat(ctx, marked, filled)
}

// bothContents lists the collections of a source and its target.
func bothContents(ctx context.Context, from, to backup.DocumentSource) ([]survey.Collection, error) {
	theirs, err := from.Contents(ctx)
	if err != nil {
		return nil, err
	}
	ours, err := to.Contents(ctx)
	return survey.WithUnknown(slices.Concat(theirs, ours)), err
}

// mark marks a target as half filled. What the store writes has checksums, whatever the
// source has.
func mark(ctx context.Context, from backup.DocumentSource, to target, by string) (survey.StoreFormat, error) {
	theirs, err := from.Format(ctx)
	if err != nil {
		return theirs, err
	}
	seen, err := to.Format(ctx)
	if err != nil {
		return seen, err
	}
	marked := seen
	marked.Version, marked.Rising, marked.Filling = max(theirs.Done(), survey.FirstChecksums), false, by
	return marked, to.SetFormat(ctx, seen, marked)
}

// scan is Scan of a source in which a collection need not be.
func scan(ctx context.Context, from backup.DocumentSource, c survey.Collection, visit func(bson.Raw) error) error {
	there, err := from.Contents(ctx)
	if err != nil || !slices.Contains(there, c) {
		return err
	}
	return from.Scan(ctx, c, "", "", visit)
}

// checkTarget returns an error unless every document of the target is in the
// source, byte for byte. Both are read side by side in the order of ids.
func checkTarget(ctx context.Context, from, to backup.DocumentSource, c survey.Collection) error {
	next, stop := iter.Pull2(documents(ctx, from, c))
	defer stop()
	return scan(ctx, to, c, func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if err != nil {
			return err
		}
		for {
			there, err, ok := next()
			if err != nil {
				return err
			}
			thereID := ""
			if ok {
				if thereID, err = survey.DocumentID(there); err != nil {
					return err
				}
			}
			switch {
			case !ok || thereID > id:
				return fmt.Errorf("kho đích đang được dùng: %[1]s có %[2]q mà kho nguồn không có; xin chọn kho trống / the target is in use: its %[1]s hold %[2]q, which the source has not; choose an empty store", c, id)
			case thereID == id && !bytes.Equal(doc, there):
				return fmt.Errorf("kho đích đang được dùng: %[1]q trong %[2]s khác kho nguồn; xin chọn kho trống / the target is in use: its %[1]q in %[2]s differs from the source's; choose an empty store", id, c)
			case thereID == id:
				return nil
			}
		}
	})
}

// documents gives a collection as a sequence. The bytes of a document are
// valid until the next is asked for.
func documents(ctx context.Context, from backup.DocumentSource, c survey.Collection) iter.Seq2[bson.Raw, error] {
	enough := errors.New("enough")
	return func(yield func(bson.Raw, error) bool) {
		err := scan(ctx, from, c, func(doc bson.Raw) error {
			if !yield(doc, nil) {
				return enough
			}
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			yield(nil, err)
		}
	}
}

// Documents go over in groups of at most so many and so large.
const (
	sendDocuments = 1000
	sendBytes     = 4 << 20
)

func send(ctx context.Context, from backup.DocumentSource, to survey.Store, c survey.Collection) (backup.Content, error) {
	bar := shell.NewProgress(string(c), -1)
	defer bar.Finish()
	var group []bson.Raw
	size := 0
	flush := func() error {
		if _, err := to.Insert(ctx, c, group...); err != nil {
			return err
		}
		bar.Add(len(group))
		group, size = group[:0], 0
		return nil
	}
	sent := backup.NewTally()
	err := scan(ctx, from, c, func(doc bson.Raw) error {
		sent.Add(doc)
		group = append(group, bytes.Clone(doc))
		if size += len(doc); len(group) < sendDocuments && size < sendBytes {
			return nil
		}
		return flush()
	})
	if err != nil {
		return backup.Content{}, err
	}
	return sent.Content(c), flush()
}

// report prints what was transferred, a line for each collection.
func report(w io.Writer, contents []backup.Content) error {
	for _, c := range contents {
		if _, err := fmt.Fprintf(w, "%-15s %9d  sha256 %s\n", c.Collection, c.Documents, c.SHA256[:16]); err != nil {
			return err
		}
	}
	return nil
}
