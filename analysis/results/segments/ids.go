package segments

import (
	"encoding/binary"
	"slices"

	"github.com/google/uuid"
)

// idsInChunk is how many ids are decompressed to find one.
const idsInChunk = 1 << 12

const (
	idSize    = len(uuid.UUID{})
	placeSize = idSize + 4
)

// placedID is the id of a row, and its place among the rows of all blocks.
type placedID struct {
	id  uuid.UUID
	row uint32
}

// idChunk is ids that are compressed together.
type idChunk struct {
	First uuid.UUID `json:"first"`
	Frame frame     `json:"frame"`
}

// appendIDs writes the ids of a segment, which are sorted, in chunks: byte by byte of all
// ids, because the first ones are of the day and compress well.
func appendIDs(c codec, body []byte, places []placedID) ([]byte, []idChunk) {
	var chunks []idChunk
	for part := range slices.Chunk(places, idsInChunk) {
		raw := make([]byte, placeSize*len(part))
		for i, p := range part {
			var row [4]byte
			binary.LittleEndian.PutUint32(row[:], p.row)
			for k, b := range append(p.id[:], row[:]...) {
				raw[k*len(part)+i] = b
			}
		}
		var f frame
		body, f = c.add(body, raw)
		chunks = append(chunks, idChunk{part[0].id, f})
	}
	return body, chunks
}

// readIDs reads a chunk.
func readIDs(raw []byte) []placedID {
	n := len(raw) / placeSize
	places := make([]placedID, n)
	for i := range places {
		var row [4]byte
		for k := range idSize {
			places[i].id[k] = raw[k*n+i]
		}
		for k := range row {
			row[k] = raw[(idSize+k)*n+i]
		}
		places[i].row = binary.LittleEndian.Uint32(row[:])
	}
	return places
}
