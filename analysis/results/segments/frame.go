package segments

import (
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/zstd"
)

// frame says where a compressed part of a file is, counted from the end of the header.
type frame struct {
	At   int64  `json:"at"`
	Size int    `json:"size"`
	Sum  uint32 `json:"sum"` // CRC-32C of the compressed bytes
	Raw  int    `json:"raw"` // bytes before compression
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// mostRaw bounds what a part may become: no file makes a reader take more.
const mostRaw = 1 << 28

// errDamaged is the cause of the error of a file that is not as it was written.
var errDamaged = errors.New("the segment is damaged")

// codec compresses and decompresses parts. Any number of goroutines may use it.
type codec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newCodec() (codec, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return codec{}, fmt.Errorf("compress segments: %w", err)
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(mostRaw))
	if err != nil {
		return codec{}, fmt.Errorf("decompress segments: %w", err)
	}
	return codec{e, d}, nil
}

// add compresses a part behind others.
func (c codec) add(body, raw []byte) ([]byte, frame) {
	start := len(body)
	body = c.encoder.EncodeAll(raw, body)
	return body, frame{At: int64(start), Size: len(body) - start, Sum: crc32.Checksum(body[start:], castagnoli), Raw: len(raw)}
}

// check reports whether compressed bytes are those of a frame.
func (f frame) check(compressed []byte) error {
	if len(compressed) != f.Size || crc32.Checksum(compressed, castagnoli) != f.Sum {
		return errDamaged
	}
	return nil
}

// open decompresses a part into a slice that is reused if it is large enough.
func (c codec) open(f frame, compressed, into []byte) ([]byte, error) {
	if f.Raw < 0 || f.Raw > mostRaw {
		return nil, errDamaged
	}
	if cap(into) < f.Raw {
		into = make([]byte, 0, f.Raw)
	}
	raw, err := c.decoder.DecodeAll(compressed, into[:0])
	if err != nil || len(raw) != f.Raw {
		return nil, errors.Join(errDamaged, err)
	}
	return raw, nil
}
