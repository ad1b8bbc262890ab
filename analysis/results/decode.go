package results

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/survey"
)

// decoded is what figures need of a response.
type decoded struct {
	id                               uuid.UUID
	campaign                         string
	form, unit, sector, channel, day string
	answers                          []answer
}

type answer struct {
	item string
	code uint8
}

// decodeResponse takes what figures need from a response.
func decodeResponse(r *survey.Response) (decoded, error) {
	id, err := uuid.Parse(string(r.ID))
	if err != nil {
		return decoded{}, fmt.Errorf("response id %q: %w", r.ID, err)
	}
	rec := decoded{
		id: id, campaign: string(r.Campaign), form: string(r.Form.Code), unit: string(r.Unit),
		sector: string(r.Sector), channel: string(r.Channel), day: string(r.Day),
	}
	for _, a := range r.Answers {
		if len(a.Codes) == 1 {
			rec.answers = append(rec.answers, answer{a.Item, columnCode(a.Codes[0])})
		}
	}
	return rec, nil
}

// columnCode is the byte of a code in a column.
func columnCode(code int) uint8 {
	switch {
	case code == survey.NotApplicable:
		return analysis.NotApplicable
	case code < 1 || code > survey.MaxCode:
		return analysis.Missing
	}
	return uint8(code)
}

// interned keeps one copy of each of the few strings that fill a million
// documents. It is not safe for several goroutines.
type interned map[string]string

func (w interned) of(b []byte) string {
	if s, ok := w[string(b)]; ok {
		return s
	}
	s := string(b)
	w[s] = s
	return s
}

var errCutOff = errors.New("the document is cut off")

// BSON types that a response holds.
const (
	bsonDouble   = 0x01
	bsonString   = 0x02
	bsonDocument = 0x03
	bsonArray    = 0x04
	bsonBinary   = 0x05
	bsonBool     = 0x08
	bsonDateTime = 0x09
	bsonNull     = 0x0A
	bsonInt32    = 0x10
	bsonInt64    = 0x12
)

// walk visits the elements of a BSON document. survey.EachField does the same
// for every type and checks more; this one allocates nothing, because a million
// documents of thirty elements go through it when figures are loaded. The
// slices point into doc.
func walk(doc []byte, visit func(key []byte, kind byte, value []byte) error) error {
	if len(doc) < 5 || uint64(binary.LittleEndian.Uint32(doc)) != uint64(len(doc)) || doc[len(doc)-1] != 0 {
		return errCutOff
	}
	rest := doc[4 : len(doc)-1]
	for len(rest) > 0 {
		kind := rest[0]
		end := 1
		for end < len(rest) && rest[end] != 0 {
			end++
		}
		if end == len(rest) {
			return errCutOff
		}
		key := rest[1:end]
		rest = rest[end+1:]
		size, err := valueSize(kind, rest)
		if err != nil {
			return err
		}
		if err := visit(key, kind, rest[:size]); err != nil {
			return err
		}
		rest = rest[size:]
	}
	return nil
}

// valueSize is the length of the value that rest begins with.
func valueSize(kind byte, rest []byte) (int, error) {
	size := uint64(0)
	switch kind {
	case bsonDouble, bsonDateTime, bsonInt64:
		size = 8
	case bsonInt32:
		size = 4
	case bsonBool:
		size = 1
	case bsonNull:
	case bsonString, bsonBinary, bsonDocument, bsonArray:
		if len(rest) < 4 {
			return 0, errCutOff
		}
		size = uint64(binary.LittleEndian.Uint32(rest))
		switch kind {
		case bsonString:
			size += 4
		case bsonBinary:
			size += 5
		}
		if size < 5 {
			return 0, errCutOff
		}
	default:
		return 0, fmt.Errorf("a value of BSON type 0x%02x is not known here", kind)
	}
	if size > uint64(len(rest)) {
		return 0, errCutOff
	}
	return int(size), nil //nolint:gosec // at most len(rest)
}

// read decodes a stored response. r.answers is reused.
func (r *decoded) read(doc []byte, w interned) error {
	*r = decoded{answers: r.answers[:0]}
	err := walk(doc, func(key []byte, kind byte, value []byte) error {
		switch kind {
		case bsonString:
			text := value[4 : len(value)-1]
			switch string(key) {
			case "_id":
				id, err := uuid.ParseBytes(text)
				if err != nil {
					return fmt.Errorf("response id %q: %w", text, err)
				}
				r.id = id
			case "campaign":
				r.campaign = w.of(text)
			case "form":
				r.form = w.of(text)
			case "unit":
				r.unit = w.of(text)
			case "sector":
				r.sector = w.of(text)
			case "channel":
				r.channel = w.of(text)
			case "day":
				r.day = w.of(text)
			}
		case bsonDocument:
			if string(key) == "answers" {
				return walk(value, func(item []byte, kind byte, value []byte) error {
					if kind == bsonInt32 {
						code := int32(binary.LittleEndian.Uint32(value)) //nolint:gosec // as BSON has it
						r.answers = append(r.answers, answer{w.of(item), columnCode(int(code))})
					}
					return nil
				})
			}
		}
		return nil
	})
	if err == nil && r.id == uuid.Nil {
		err = errors.New("the document is no response: it has no id")
	}
	return err
}
