package backup

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"filippo.io/age"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

const (
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"

	// archiveFormat 1 had neither signature nor the store's format.
	archiveFormat = 2
)

// Manifest says what belongs in a backup.
type Manifest struct {
	Format      int       `json:"format"`
	Program     string    `json:"program"` // version of the program that wrote it
	Created     time.Time `json:"created"`
	StoreFormat int       `json:"store_format,omitempty"`
	Key         PublicKey `json:"key,omitempty"` // that signed it; "" where nobody did
	Contents    []Content `json:"contents"`
}

// WriteOptions say how a backup is written.
type WriteOptions struct {
	Program    string
	Now        time.Time
	Signer     *Signer         // nil: nobody signs it
	Recipients []age.Recipient // none: it is not sealed
	Wrote      func(survey.Collection)
}

// Write writes a backup of everything in a source. Collections go in the opposite of
// their order: a document that another refers to is read after it, so the backup holds
// it even if both came while it was being written. The identity opens what was sealed;
// it is nil where nothing was.
func Write(ctx context.Context, w io.Writer, from DocumentSource, o WriteOptions) (m Manifest, own age.Identity, err error) {
	if len(o.Recipients) == 0 {
		m, err = writeZip(ctx, w, from, o)
		return m, nil, err
	}
	sealed, own, err := seal(w, o.Recipients)
	if err != nil {
		return m, nil, err
	}
	if m, err = writeZip(ctx, sealed, from, o); err != nil {
		return m, nil, err
	}
	return m, own, sealed.Close()
}

func writeZip(ctx context.Context, w io.Writer, from DocumentSource, o WriteOptions) (Manifest, error) {
	m := Manifest{Format: archiveFormat, Program: o.Program, Created: o.Now.UTC().Truncate(time.Second)}
	format, err := from.Format(ctx)
	if err != nil {
		return m, err
	}
	m.StoreFormat = format.Done()
	all, err := from.Contents(ctx)
	if err != nil {
		return m, err
	}
	archive := zip.NewWriter(w)
	entry := func(name string) (io.Writer, error) {
		return archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: m.Created})
	}
	for _, c := range slices.Backward(all) {
		if slices.Contains(survey.Passing, c) {
			continue
		}
		to, err := entry(string(c) + ".bson")
		if err != nil {
			return m, err
		}
		t := NewTally()
		err = from.Scan(ctx, c, "", "", func(doc bson.Raw) error {
			t.Add(doc)
			if o.Wrote != nil {
				o.Wrote(c)
			}
			_, err := to.Write(doc)
			return err
		})
		if err != nil {
			return m, err
		}
		m.Contents = append(m.Contents, t.Content(c))
	}
	if o.Signer != nil {
		m.Key = o.Signer.PublicKey()
	}
	manifest, err := json.Marshal(m)
	if err != nil {
		return m, err
	}
	last := []struct {
		name    string
		content []byte
	}{{manifestName, manifest}}
	if o.Signer != nil {
		last = append(last, last[0])
		last[1].name, last[1].content = signatureName, o.Signer.sign(manifest)
	}
	for _, e := range last {
		to, err := entry(e.name)
		if err != nil {
			return m, err
		}
		if _, err := to.Write(e.content); err != nil {
			return m, err
		}
	}
	return m, archive.Close()
}
