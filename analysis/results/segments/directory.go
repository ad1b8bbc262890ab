package segments

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"hailong/survey/ledger"
)

const (
	listName = "list"
	lockName = "lock"
	suffix   = ".segment"
)

// ErrInUse is the cause of the error of Open where another process has the directory.
var ErrInUse = errors.New("another process uses these segments")

// Directory is the segments of a store, in files. One value serves a process; any number
// of goroutines may use it.
type Directory struct {
	path  string
	log   *slog.Logger
	codec codec
	lock  *flock.Flock

	building sync.Mutex // held by the one that makes segments

	mu        sync.Mutex
	position  ledger.ClosedPosition // that all segments are proven from
	segments  []*Segment            // by range
	late      map[*Segment][]uuid.UUID
	forgotten map[uuid.UUID]bool // since the start of the process
}

// list is the file that names the segments.
type list struct {
	Position ledger.ClosedPosition `json:"position"`
	Segments []listed              `json:"segments"`
}

// listed is a segment in the list.
type listed struct {
	File string      `json:"file"`
	Late []uuid.UUID `json:"late,omitempty"` // in its range, and not among its rows
}

// Open returns the segments in a directory, which is made if it is not there. What cannot
// be read there is removed. Errors: the directory cannot be used; ErrInUse.
func Open(path string, log *slog.Logger) (*Directory, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open segments: %w", err)
	}
	c, err := newCodec()
	if err != nil {
		return nil, err
	}
	d := &Directory{
		path: path, log: log, codec: c, lock: flock.New(filepath.Join(path, lockName), flock.SetPermissions(0o600)),
		late: map[*Segment][]uuid.UUID{}, forgotten: map[uuid.UUID]bool{},
	}
	locked, err := d.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("open segments: %w", err)
	}
	if !locked {
		return nil, ErrInUse
	}
	if err := d.read(); err != nil {
		return nil, errors.Join(err, d.lock.Unlock())
	}
	return d, nil
}

// Close gives the directory to other processes. What was loaded from it stays.
func (d *Directory) Close() error {
	if err := d.lock.Unlock(); err != nil {
		return fmt.Errorf("close segments: %w", err)
	}
	return nil
}

// read reads the list and removes what it does not name.
func (d *Directory) read() error {
	stored, err := readList(filepath.Join(d.path, listName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.log.Warn("the list of segments cannot be read; they are made anew from the responses", "error", err)
	}
	named := map[string]bool{listName: true, lockName: true}
	d.position = stored.Position
	for _, l := range stored.Segments {
		if filepath.Base(l.File) != l.File {
			continue
		}
		s, err := openSegment(d.codec, filepath.Join(d.path, l.File))
		if err != nil {
			d.dropped(err)
			continue
		}
		named[l.File] = true
		d.segments = append(d.segments, s)
		d.late[s] = l.Late
	}
	slices.SortFunc(d.segments, compareRanges)
	files, err := os.ReadDir(d.path)
	if err != nil {
		return fmt.Errorf("open segments: %w", err)
	}
	for _, f := range files {
		if !named[f.Name()] { // a kill left it, or it cannot be read
			if err := os.RemoveAll(filepath.Join(d.path, f.Name())); err != nil {
				return fmt.Errorf("open segments: %w", err)
			}
		}
	}
	return nil
}

func (d *Directory) dropped(reason error) {
	d.log.Warn("a segment is not used; it is made anew from the responses", "reason", reason)
}

// readList reads the list: its checksum, and a text.
func readList(path string) (l list, err error) {
	content, err := os.ReadFile(path) //nolint:gosec // in a directory of ours
	if err != nil {
		return l, fmt.Errorf("read list: %w", err)
	}
	var sum uint32
	if n, err := fmt.Sscanf(string(content[:min(len(content), sumLength)]), sumFormat, &sum); n != 1 || err != nil || crc32.Checksum(content[sumLength:], castagnoli) != sum {
		return l, errDamaged
	}
	if err := json.Unmarshal(content[sumLength:], &l); err != nil {
		return list{}, errors.Join(errDamaged, err)
	}
	return l, nil
}

const (
	sumFormat = "%08x\n"
	sumLength = 9
)

// writeList writes which segments there are. d.mu is held.
func (d *Directory) writeList() error {
	l := list{Position: d.position}
	for _, s := range d.segments {
		l.Segments = append(l.Segments, listed{File: filepath.Base(s.path), Late: d.late[s]})
	}
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	content := append([]byte(fmt.Sprintf(sumFormat, crc32.Checksum(text, castagnoli))), text...)
	return writeFile(filepath.Join(d.path, listName), content)
}

// writeFile writes a file that is there as a whole or not at all.
func writeFile(path string, content []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // in a directory of ours
	if err != nil {
		return fmt.Errorf("write segments: %w", err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = syncDirectory(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("write segments: %w", err)
	}
	return nil
}

// remove removes segments, files first: a list that names a missing file does no harm.
// d.mu is held.
func (d *Directory) remove(gone func(*Segment) bool) error {
	var failed error
	left := slices.DeleteFunc(slices.Clone(d.segments), func(s *Segment) bool {
		if !gone(s) {
			return false
		}
		if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, fmt.Errorf("remove segment: %w", err))
			return false
		}
		delete(d.late, s)
		return true
	})
	if len(left) == len(d.segments) {
		return failed
	}
	d.segments = left
	return errors.Join(failed, syncDirectory(d.path))
}

// Drop removes a segment that turned out not to be usable.
func (d *Directory) Drop(s *Segment, reason error) error {
	d.dropped(reason)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.remove(func(o *Segment) bool { return o == s })
}

// Forget removes every file that holds a response, and none with it comes to be afterwards
// in this process. It is called before it is acknowledged that it was taken back. Where it
// cannot be told whether a file holds it, the file goes.
func (d *Directory) Forget(id uuid.UUID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forgotten[id] = true
	return d.remove(func(s *Segment) bool {
		found, err := s.Find([]uuid.UUID{id})
		return err != nil || len(found) > 0
	})
}

// Holds reports whether a response is in a segment. One whose file is gone holds nothing.
func (d *Directory) Holds(id uuid.UUID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.segments {
		if found, err := s.Find([]uuid.UUID{id}); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

// put adds a segment, unless it holds a response that was forgotten meanwhile; those in
// whose place it comes go.
func (d *Directory) put(draft *Draft) error {
	h, body := draft.encode(d.codec)
	path := filepath.Join(d.path, rand.Text()+suffix)
	if err := writeSegment(path, h, body); err != nil {
		return err
	}
	s, err := openSegment(d.codec, path)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range d.forgotten {
		if draft.holds(id) {
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("remove segment: %w", err)
			}
			return nil
		}
	}
	if err := d.remove(func(o *Segment) bool { return o.header.From < h.To && h.From < o.header.To }); err != nil {
		return err
	}
	d.segments = append(d.segments, s)
	slices.SortFunc(d.segments, compareRanges)
	d.late[s] = draft.late[:draft.lates]
	return d.writeList()
}
