package transfer

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
)

// A backup is a zip file. It has an entry "NAME.bson" for each collection, the
// documents one after the other in the order of their ids, and an entry
// "manifest.json" that says what belongs in it. What matters for hours only is left
// out (survey.Passing).

const (
	manifestName  = "manifest.json"
	archiveFormat = 1
)

// manifest is the content of the manifest's entry.
type manifest struct {
	Format   int       `json:"format"`
	Program  string    `json:"program"` // version of the program that wrote it
	Created  time.Time `json:"created"`
	Contents []content `json:"contents"`
}

// writeArchive writes a backup of everything in a source. Collections go in
// the opposite of their order: a document that another refers to is read after
// it, so the backup holds it even if both came while it was being written.
func writeArchive(ctx context.Context, w io.Writer, from source, program string, now time.Time) (manifest, error) {
	m := manifest{Format: archiveFormat, Program: program, Created: now.UTC().Truncate(time.Second)}
	archive := zip.NewWriter(w)
	for _, c := range slices.Backward(survey.Collections) {
		if slices.Contains(survey.Passing, c) {
			continue
		}
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: string(c) + ".bson", Method: zip.Deflate, Modified: m.Created})
		if err != nil {
			return m, err
		}
		written, err := writeDocuments(ctx, entry, from, c)
		if err != nil {
			return m, err
		}
		m.Contents = append(m.Contents, written)
	}
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: manifestName, Method: zip.Deflate, Modified: m.Created})
	if err != nil {
		return m, err
	}
	if err := json.NewEncoder(entry).Encode(m); err != nil {
		return m, err
	}
	return m, archive.Close()
}

func writeDocuments(ctx context.Context, w io.Writer, from source, c survey.Collection) (content, error) {
	bar := shell.NewProgress(string(c), -1)
	defer bar.Finish()
	t := newTally()
	err := from.Scan(ctx, c, "", "", func(doc bson.Raw) error {
		t.add(doc)
		bar.Add(1)
		_, err := w.Write(doc)
		return err
	})
	return t.content(c), err
}

// archive is a backup that is read. It is a source.
type archive struct {
	manifest manifest
	zip      *zip.Reader
}

var errNoBackup = errors.New("đây không phải bản sao lưu của hailong / this is not a backup by hailong")

// zipStart begins every zip file that holds something.
const zipStart = "PK\x03\x04"

var errNotWhole = errors.New("bản sao lưu bị cắt hoặc bị sửa; chưa khôi phục gì; xin dùng bản khác / the backup is cut off or altered; nothing was restored; use another")

// openArchive opens a backup and reads it from end to end: whatever is wrong
// with it is known before the first document is used.
func openArchive(ctx context.Context, r io.ReaderAt, size int64) (*archive, error) {
	start := make([]byte, len(zipStart))
	if n, _ := r.ReadAt(start, 0); n == len(start) && string(start) != zipStart {
		return nil, errNoBackup
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errNotWhole, err)
	}
	if err := checkEntries(z); err != nil {
		return nil, err
	}
	a := &archive{zip: z}
	if err := a.readManifest(); err != nil {
		return nil, err
	}
	seen := map[survey.Collection]bool{}
	for _, want := range a.manifest.Contents {
		if seen[want.Collection] { // each would be read once more
			return nil, fmt.Errorf("%s: %w", want.Collection, errNotWhole)
		}
		seen[want.Collection] = true
		if !slices.Contains(survey.Collections, want.Collection) {
			return nil, fmt.Errorf("bản sao lưu có %[1]q mà phiên bản này chưa biết; xin dùng phiên bản %[2]s trở lên / the backup holds %[1]q, which this version of hailong does not know; use version %[2]s or later", want.Collection, a.manifest.Program)
		}
		got, err := a.check(ctx, want.Collection)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", want.Collection, err)
		}
		if got != want {
			return nil, fmt.Errorf("%s: %w (%d/%d)", want.Collection, errNotWhole, got.Documents, want.Documents)
		}
	}
	return a, nil
}

// Bounds of a backup. What its documents unpack to has none but that of a document:
// they are read one by one, and never held.
const (
	maxEntries  = 1000
	maxManifest = 1 << 20 // bytes
)

// checkEntries refuses a backup in which a name stands twice: what is checked would
// not be what is restored.
func checkEntries(z *zip.Reader) error {
	names := map[string]bool{}
	for _, entry := range z.File {
		if names[entry.Name] || len(z.File) > maxEntries {
			return errNotWhole
		}
		names[entry.Name] = true
	}
	return nil
}

func (a *archive) readManifest() error {
	entry, err := a.zip.Open(manifestName)
	if err != nil {
		return errNoBackup
	}
	defer func() { _ = entry.Close() }()
	if err := json.NewDecoder(io.LimitReader(entry, maxManifest)).Decode(&a.manifest); err != nil {
		return fmt.Errorf("%w (%w)", errNotWhole, err)
	}
	if a.manifest.Format > archiveFormat {
		return fmt.Errorf("bản sao lưu này do phiên bản mới hơn ghi; xin dùng phiên bản %[1]s trở lên / a newer version of hailong wrote this backup; use version %[1]s or later", a.manifest.Program)
	}
	return nil
}

// check reads a collection and makes sure that every store can take it.
func (a *archive) check(ctx context.Context, c survey.Collection) (content, error) {
	t, last := newTally(), ""
	err := a.Scan(ctx, c, "", "", func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if err == nil {
			err = survey.CheckDocument(doc)
		}
		if err == nil && id <= last {
			err = fmt.Errorf("%q comes after %q", id, last)
		}
		if err != nil {
			return fmt.Errorf("%w (%w)", errNotWhole, err)
		}
		last = id
		t.add(doc)
		return nil
	})
	return t.content(c), err
}

// Scan makes the archive a source. A collection without entry is empty: an
// older version did not have it.
func (a *archive) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	entry, err := a.zip.Open(string(c) + ".bson")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (%w)", errNotWhole, err)
	}
	defer func() { _ = entry.Close() }()
	r := bufio.NewReader(entry)
	var doc bson.Raw
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if doc, err = readDocument(r, doc); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%w (%w)", errNotWhole, err)
		}
		if id, err := survey.DocumentID(doc); err == nil && (id < from || to != "" && id >= to) {
			continue
		}
		if err := visit(doc); err != nil {
			return err
		}
	}
}

// readDocument reads one document into buffer, or returns io.EOF at the end.
func readDocument(r io.Reader, buffer bson.Raw) (bson.Raw, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return buffer, err
	}
	length := int(binary.LittleEndian.Uint32(head[:]))
	if length < 5 || length > survey.MaxDocument {
		return buffer, fmt.Errorf("a document of %d bytes", length)
	}
	buffer = append(slices.Grow(buffer[:0], length), head[:]...)[:length]
	if _, err := io.ReadFull(r, buffer[len(head):]); err != nil {
		return buffer, io.ErrUnexpectedEOF
	}
	return buffer, nil
}
