package backup

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
	"regexp"
	"slices"
	"strings"

	"filippo.io/age"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Archive is a backup that is read. It is a DocumentSource.
type Archive struct {
	Manifest Manifest
	Sealed   bool

	zip *zip.Reader
}

var _ DocumentSource = (*Archive)(nil)

// ErrNoBackup is about another file.
var ErrNoBackup = errors.New("đây không phải bản sao lưu của hailong / this is not a backup by hailong")

// zipStart begins every zip file that holds something.
const zipStart = "PK\x03\x04"

// ErrNotWhole is about a backup that is not as it was written.
var ErrNotWhole = errors.New("bản sao lưu bị cắt hoặc bị sửa; chưa khôi phục gì; xin dùng bản khác / the backup is cut off or altered; nothing was restored; use another")

// Open opens a backup and reads it from end to end: whatever is wrong with it is known
// before the first document is used. That its signature is right is known then, too;
// whether the key is one to trust is for the caller (Manifest.Key).
func Open(ctx context.Context, r io.ReaderAt, size int64, identities ...age.Identity) (*Archive, error) {
	a, err := read(r, size, identities)
	if err != nil {
		return nil, err
	}
	for _, want := range a.Manifest.Contents {
		got, err := a.check(ctx, want.Collection)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", want.Collection, err)
		}
		if got != want {
			return nil, fmt.Errorf("%s: %w (%d/%d)", want.Collection, ErrNotWhole, got.Documents, want.Documents)
		}
	}
	return a, nil
}

// ReadManifest reads what a backup says of itself, with its signature, and not what is
// in it.
func ReadManifest(r io.ReaderAt, size int64, identities ...age.Identity) (Manifest, error) {
	a, err := read(r, size, identities)
	if err != nil {
		return Manifest{}, err
	}
	return a.Manifest, nil
}

func read(r io.ReaderAt, size int64, identities []age.Identity) (*Archive, error) {
	start := make([]byte, len(sealStart))
	n, _ := r.ReadAt(start, 0)
	a := &Archive{Sealed: string(start[:n]) == sealStart}
	switch {
	case a.Sealed:
		var err error
		if r, size, err = unseal(r, size, identities); err != nil {
			return nil, err
		}
	case n >= len(zipStart) && string(start[:len(zipStart)]) != zipStart && !strings.HasPrefix(string(start), "age"):
		return nil, ErrNoBackup
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNotWhole, err)
	}
	if err := checkEntries(z); err != nil {
		return nil, err
	}
	a.zip = z
	if err := a.readManifest(); err != nil {
		return nil, err
	}
	return a, a.checkNames()
}

// collectionName is what a collection may be called that this program does not know.
var collectionName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// checkNames refuses a backup that lists a collection twice, or one that is none, and
// one with an entry that the manifest does not list.
func (a *Archive) checkNames() error {
	listed := map[string]bool{manifestName: true, signatureName: true}
	for _, c := range a.Manifest.Contents {
		name := string(c.Collection) + ".bson"
		if listed[name] || !collectionName.MatchString(string(c.Collection)) || c.Collection == survey.FormatCollection {
			return fmt.Errorf("%q: %w", c.Collection, ErrNotWhole)
		}
		listed[name] = true
	}
	for _, entry := range a.zip.File {
		if !listed[entry.Name] {
			return fmt.Errorf("%q: %w", entry.Name, ErrNotWhole)
		}
	}
	return nil
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
			return ErrNotWhole
		}
		names[entry.Name] = true
	}
	return nil
}

func (a *Archive) readManifest() error {
	manifest, err := a.entry(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoBackup
	}
	if err == nil {
		err = json.Unmarshal(manifest, &a.Manifest)
	}
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNotWhole, err)
	}
	if a.Manifest.Format > archiveFormat || a.Manifest.StoreFormat > survey.CurrentFormat {
		return fmt.Errorf("bản sao lưu này do phiên bản mới hơn ghi; xin dùng phiên bản %[1]s trở lên / a newer version of hailong wrote this backup; use version %[1]s or later", a.Manifest.Program)
	}
	signature, err := a.entry(signatureName)
	switch unsigned := errors.Is(err, fs.ErrNotExist); {
	case unsigned && a.Manifest.Key == "":
		return nil
	case err != nil && !unsigned:
		return fmt.Errorf("%w (%w)", ErrNotWhole, err)
	case unsigned || !a.Manifest.Key.verify(manifest, signature):
		return fmt.Errorf("%w (%s)", ErrNotWhole, signatureName)
	}
	return nil
}

// entry reads a small entry.
func (a *Archive) entry(name string) ([]byte, error) {
	entry, err := a.zip.Open(name)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(entry, maxManifest))
	return content, errors.Join(err, entry.Close())
}

// Contents implements DocumentSource.
func (a *Archive) Contents(context.Context) ([]survey.Collection, error) {
	var names []survey.Collection
	for _, c := range a.Manifest.Contents {
		names = append(names, c.Collection)
	}
	return survey.WithUnknown(names), nil
}

// Format implements DocumentSource. The first backups did not say: every store was of the first
// format then.
func (a *Archive) Format(context.Context) (survey.StoreFormat, error) {
	return survey.NewStoreFormat(max(a.Manifest.StoreFormat, 1), a.Manifest.Program), nil
}

// check reads a collection and makes sure that every store can take it.
func (a *Archive) check(ctx context.Context, c survey.Collection) (Content, error) {
	t, last := NewTally(), ""
	err := a.Scan(ctx, c, "", "", func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if err == nil {
			err = survey.CheckDocument(doc)
		}
		if err == nil && id <= last {
			err = fmt.Errorf("%q comes after %q", id, last)
		}
		if err != nil {
			return fmt.Errorf("%w (%w)", ErrNotWhole, err)
		}
		last = id
		t.Add(doc)
		return nil
	})
	return t.Content(c), err
}

// Scan implements DocumentSource. A collection that the manifest does not list is empty: an older
// version did not have it.
func (a *Archive) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	entry, err := a.zip.Open(string(c) + ".bson")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNotWhole, err)
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
			return fmt.Errorf("%w (%w)", ErrNotWhole, err)
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
