package segments

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"sort"

	"github.com/google/uuid"

	"hailong/survey"
)

// magic begins each file; it changes with what a file holds.
const magic = "hailong segment 1\n"

// mostHeader bounds the header, which is decoded as a whole.
const mostHeader = 1 << 26

// Segment is a file, of which the header is in memory.
type Segment struct {
	codec  codec
	path   string
	header header
	start  int64 // of what follows the header
}

// header says what is in a file.
type header struct {
	From      string        `json:"from"` // id
	To        string        `json:"to"`   // the first id behind it
	Rows      int           `json:"rows"`
	Gone      []uuid.UUID   `json:"gone"` // in the range, and taken back when it was made
	Witnesses []Witness     `json:"witnesses"`
	Blocks    []storedBlock `json:"blocks"`
	Size      int64         `json:"size"` // of the blocks
	IDs       []idChunk     `json:"ids"`
}

// Witness is a response by which it shows whether moments of receipt were blurred since.
type Witness struct {
	ID       uuid.UUID `json:"id"`
	Received int64     `json:"received"` // milliseconds since 1970
}

// storedBlock is the rows of a campaign in a file.
type storedBlock struct {
	Campaign   survey.CampaignID `json:"campaign"`
	Items      []HeldItem        `json:"items"`
	Rows       int               `json:"rows"`
	Groups     int               `json:"groups"`
	GroupFrame frame             `json:"group_frame"`
	ItemFrames []frame           `json:"item_frames"`
}

// Block is the rows of one campaign, its answers compressed. It stays as it is when the
// file goes.
type Block struct {
	Campaign survey.CampaignID
	Items    []HeldItem
	Rows     int

	codec   codec
	frames  []frame
	answers [][]byte
}

// Answers returns the answers to an item, a byte a row, in a slice that is reused if it is
// large enough. Errors are of damage alone.
func (b *Block) Answers(item int, into []uint8) ([]uint8, error) {
	answers, err := b.codec.open(b.frames[item], b.answers[item], into)
	if err == nil && len(answers) != b.Rows {
		err = errDamaged
	}
	return answers, err
}

// Bytes is how much memory the answers take.
func (b *Block) Bytes() int {
	n := 0
	for _, a := range b.answers {
		n += len(a)
	}
	return n
}

// writeSegment writes a file.
func writeSegment(path string, h header, body []byte) error {
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write segment: %w", err)
	}
	content := make([]byte, 0, len(magic)+8+len(text)+len(body))
	content = append(content, magic...)
	content = binary.LittleEndian.AppendUint32(content, uint32(len(text))) //nolint:gosec // bounded below mostHeader by the rows of a segment
	content = binary.LittleEndian.AppendUint32(content, crc32.Checksum(text, castagnoli))
	content = append(content, text...)
	return writeFile(path, append(content, body...))
}

// openSegment reads the header of a file.
func openSegment(c codec, path string) (*Segment, error) {
	f, err := os.Open(path) //nolint:gosec // a name of the list, in a directory of ours
	if err != nil {
		return nil, fmt.Errorf("read segment: %w", err)
	}
	defer f.Close()
	fixed := make([]byte, len(magic)+8)
	if _, err := f.ReadAt(fixed, 0); err != nil || string(fixed[:len(magic)]) != magic {
		return nil, errors.Join(errDamaged, err)
	}
	size, sum := binary.LittleEndian.Uint32(fixed[len(magic):]), binary.LittleEndian.Uint32(fixed[len(magic)+4:])
	if size > mostHeader {
		return nil, errDamaged
	}
	text := make([]byte, size)
	if _, err := f.ReadAt(text, int64(len(fixed))); err != nil || crc32.Checksum(text, castagnoli) != sum {
		return nil, errors.Join(errDamaged, err)
	}
	s := &Segment{codec: c, path: path, start: int64(len(fixed)) + int64(size)}
	if err := json.Unmarshal(text, &s.header); err != nil {
		return nil, errors.Join(errDamaged, err)
	}
	return s, nil
}

// Range is the first id of the segment, and the first behind it.
func (s *Segment) Range() (from, to string) { return s.header.From, s.header.To }

// Rows is how many responses it holds.
func (s *Segment) Rows() int { return s.header.Rows }

// within is the part of sorted ids that lie in the range.
func (s *Segment) within(ids []uuid.UUID) []uuid.UUID {
	low := sort.Search(len(ids), func(i int) bool { return ids[i].String() >= s.header.From })
	high := sort.Search(len(ids), func(i int) bool { return ids[i].String() >= s.header.To })
	return ids[low:max(low, high)]
}

// Load reads the blocks and calls visit with each and its groups. Errors: those of the
// file, which may be gone, and damage.
func (s *Segment) Load(visit func(*Block, []GroupCount) error) error {
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("read segment: %w", err)
	}
	defer f.Close()
	body := make([]byte, s.header.Size)
	if _, err := f.ReadAt(body, s.start); err != nil {
		return errors.Join(errDamaged, err)
	}
	part := func(f frame) ([]byte, error) {
		if f.At < 0 || f.Size < 0 || f.At > int64(len(body)) || int64(f.Size) > int64(len(body))-f.At {
			return nil, errDamaged
		}
		compressed := body[f.At : f.At+int64(f.Size) : f.At+int64(f.Size)]
		return compressed, f.check(compressed)
	}
	for _, stored := range s.header.Blocks {
		b := &Block{Campaign: stored.Campaign, Items: stored.Items, Rows: stored.Rows, codec: s.codec, frames: stored.ItemFrames}
		if len(stored.ItemFrames) != len(stored.Items) {
			return errDamaged
		}
		compressed, err := part(stored.GroupFrame)
		if err != nil {
			return err
		}
		raw, err := s.codec.open(stored.GroupFrame, compressed, nil)
		if err != nil {
			return err
		}
		groups, err := readGroups(raw, stored.Groups, stored.Rows)
		if err != nil {
			return err
		}
		for _, f := range stored.ItemFrames {
			answers, err := part(f)
			if err != nil {
				return err
			}
			b.answers = append(b.answers, answers)
		}
		if err := visit(b, groups); err != nil {
			return err
		}
	}
	return nil
}

// Find returns the rows of those of some sorted ids that are in the segment. Rows are
// numbered through all blocks. Errors: as Load.
func (s *Segment) Find(ids []uuid.UUID) (map[uuid.UUID]int, error) {
	found := map[uuid.UUID]int{}
	ids = s.within(ids)
	if len(ids) == 0 {
		return found, nil
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("read segment: %w", err)
	}
	defer f.Close()
	for k, chunk := range s.header.IDs {
		low, _ := slices.BinarySearchFunc(ids, chunk.First, compareIDs)
		high := len(ids)
		if k+1 < len(s.header.IDs) {
			high, _ = slices.BinarySearchFunc(ids, s.header.IDs[k+1].First, compareIDs)
		}
		if low >= high {
			continue
		}
		compressed := make([]byte, max(0, min(chunk.Frame.Size, mostRaw)))
		if _, err := f.ReadAt(compressed, s.start+chunk.Frame.At); err != nil {
			return nil, errors.Join(errDamaged, err)
		}
		if err := chunk.Frame.check(compressed); err != nil {
			return nil, err
		}
		raw, err := s.codec.open(chunk.Frame, compressed, nil)
		if err != nil {
			return nil, err
		}
		places := readIDs(raw)
		for _, id := range ids[low:high] {
			at := sort.Search(len(places), func(i int) bool { return bytes.Compare(places[i].id[:], id[:]) >= 0 })
			if at < len(places) && places[at].id == id {
				found[id] = int(places[at].row)
			}
		}
	}
	return found, nil
}
