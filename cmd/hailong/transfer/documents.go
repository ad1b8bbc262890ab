package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
)

// source is where documents are copied from: a store, or a backup.
type source interface {
	Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error
}

// content sums up the documents of a collection, in the order of their ids.
type content struct {
	Collection survey.Collection `json:"collection"`
	Documents  int64             `json:"documents"`
	SHA256     string            `json:"sha256"` // of the documents' bytes, one after the other
}

// tally makes a content while documents pass by.
type tally struct {
	documents int64
	sum       hash.Hash
}

func newTally() *tally { return &tally{sum: sha256.New()} }

func (t *tally) add(doc bson.Raw) {
	t.documents++
	t.sum.Write(doc)
}

func (t *tally) content(c survey.Collection) content {
	return content{Collection: c, Documents: t.documents, SHA256: fmt.Sprintf("%x", t.sum.Sum(nil))}
}

// transfer copies every document, checks that the target then holds the same
// bytes as the source, and returns what that is. The target must be empty, or
// hold a part of the same documents, from a transfer that was interrupted;
// otherwise nothing is written.
//
// Collections go over in their order, in which a document comes after those
// that it refers to.
func transfer(ctx context.Context, from source, to survey.Store) ([]content, error) {
	for _, c := range survey.Collections {
		if err := checkTarget(ctx, from, to, c); err != nil {
			return nil, err
		}
	}
	var contents []content
	for _, c := range survey.Collections {
		sent, err := send(ctx, from, to, c)
		if err != nil {
			return nil, err
		}
		contents = append(contents, sent)
	}
	for _, sent := range contents {
		arrived := newTally()
		err := to.Scan(ctx, sent.Collection, "", "", func(doc bson.Raw) error { arrived.add(doc); return nil })
		if err != nil {
			return nil, err
		}
		if got := arrived.content(sent.Collection); got != sent {
			return nil, fmt.Errorf("%[1]s: đã gửi %[2]d tài liệu, kho đích có %[3]d hoặc có tài liệu khác; kho đích có đang được dùng không? / %[2]d documents were sent and %[3]d are there, or they differ; was the target used meanwhile?",
				sent.Collection, sent.Documents, got.Documents)
		}
	}
	return contents, nil
}

// checkTarget returns an error unless every document of the target is in the
// source, byte for byte. Both are read side by side in the order of ids.
func checkTarget(ctx context.Context, from source, to survey.Store, c survey.Collection) error {
	next, stop := iter.Pull2(documents(ctx, from, c))
	defer stop()
	return to.Scan(ctx, c, "", "", func(doc bson.Raw) error {
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
func documents(ctx context.Context, from source, c survey.Collection) iter.Seq2[bson.Raw, error] {
	enough := errors.New("enough")
	return func(yield func(bson.Raw, error) bool) {
		err := from.Scan(ctx, c, "", "", func(doc bson.Raw) error {
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

func send(ctx context.Context, from source, to survey.Store, c survey.Collection) (content, error) {
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
	sent := newTally()
	err := from.Scan(ctx, c, "", "", func(doc bson.Raw) error {
		sent.add(doc)
		group = append(group, bytes.Clone(doc))
		if size += len(doc); len(group) < sendDocuments && size < sendBytes {
			return nil
		}
		return flush()
	})
	if err != nil {
		return content{}, err
	}
	return sent.content(c), flush()
}

// report prints what was transferred, a line for each collection.
func report(w io.Writer, contents []content) error {
	for _, c := range contents {
		if _, err := fmt.Fprintf(w, "%-15s %9d  sha256 %s\n", c.Collection, c.Documents, c.SHA256[:16]); err != nil {
			return err
		}
	}
	return nil
}
