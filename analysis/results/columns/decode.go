package columns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/analysis"
	"hailong/survey"
)

// decoded is what figures need of a response.
type decoded struct {
	id                               uuid.UUID
	campaign, point                  string
	form, unit, sector, channel, day string
	proof                            survey.Proof
	batch                            survey.BatchID
	received                         time.Time
	answers                          []answer
	gone                             bool // it is what is left of a response that was taken back
	counted                          *survey.TakenBackCount
}

type answer struct {
	item string
	code uint8
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

// BSON types that figures are read from.
const (
	bsonString   = 0x02
	bsonDocument = 0x03
	bsonBoolean  = 0x08
	bsonInt32    = 0x10
	bsonDateTime = 0x09
)

// read decodes a stored response. r.answers is reused.
func (r *decoded) read(doc []byte, w interned) error {
	*r = decoded{answers: r.answers[:0]}
	err := survey.EachElement(doc, func(key []byte, kind byte, value []byte) error {
		switch kind {
		case bsonString:
			text := value[4 : len(value)-1] // behind its length, without the zero at its end
			switch string(key) {
			case "_id":
				id, err := uuid.ParseBytes(text)
				if err != nil {
					return fmt.Errorf("response id %q: %w", text, err)
				}
				r.id = id
			case "campaign":
				r.campaign = w.of(text)
			case "point":
				r.point = w.of(text)
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
			case "proof":
				r.proof = survey.Proof(w.of(text))
			case "batch":
				r.batch = survey.BatchID(w.of(text))
			}
		case bsonDateTime:
			if string(key) == "received" {
				r.received = time.UnixMilli(int64(binary.LittleEndian.Uint64(value))).UTC() //nolint:gosec // as BSON has it
			}
		case bsonBoolean:
			r.gone = r.gone || string(key) == "taken_back" && value[0] != 0
		case bsonDocument:
			switch string(key) {
			case "counted": // few documents have it
				r.counted = &survey.TakenBackCount{}
				return bson.Unmarshal(value, r.counted)
			case "answers":
				return survey.EachElement(value, func(item []byte, kind byte, value []byte) error {
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
