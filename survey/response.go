package survey

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

// BatchID identifies a batch of paper forms: "sipas-2026-007". It is short
// enough to be written on the pile.
type BatchID string

// ResponseID is a UUID in its canonical form, made before a form is sent, so
// that a retry is recognised. UUIDv7 is preferred because its order is the
// order of time, which the embedded store writes fastest.
//
// An id of ours holds the day and not the minute: in the order of minutes ids would
// tell who stood where in a queue.
type ResponseID string

// NewResponseID makes a UUIDv7 of the beginning of this day.
func NewResponseID() (ResponseID, error) {
	var random [10]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", fmt.Errorf("make a response id: %w", err)
	}
	return ResponseIDOf(DateOf(time.Now()), random), nil
}

// ResponseIDOf is the UUIDv7 of the beginning of a day with other bits that are
// given, of which six are passed over.
func ResponseIDOf(day Date, bits [10]byte) ResponseID {
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(max(day.Time().UnixMilli(), 0))) // not negative
	var id uuid.UUID
	copy(id[:6], ms[2:])
	copy(id[6:], bits[:])
	id[6] = id[6]&0x0f | 0x70 // version 7
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	return ResponseID(id.String())
}

// Day is the day that an id of ours begins with; empty: it is of no day, or not of ours.
func (id ResponseID) Day() Date {
	read, err := uuid.Parse(string(id))
	if err != nil {
		return ""
	}
	var ms [8]byte
	copy(ms[2:], read[:6])
	at := time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:]))) //nolint:gosec // 48 bits
	if day := DateOf(at); day.Time().Equal(at) {
		return day
	}
	return ""
}

// ParseResponseID reads a UUID of any version and returns it in canonical
// form, so that the same id in other letters is the same response.
func ParseResponseID(s string) (ResponseID, error) {
	if len(s) != 36 {
		return "", &Error{Kind: Invalid, Op: "read response id", Key: "response.bad_id"}
	}
	id, err := uuid.Parse(s)
	if err != nil || id == uuid.Nil {
		return "", &Error{Kind: Invalid, Op: "read response id", Key: "response.bad_id", Err: err}
	}
	return ResponseID(id.String()), nil
}

// Proof is what shows that a response comes from somebody who was served at its
// point. A response without one is open: anybody may have sent it.
type Proof string

// The proofs.
const (
	Unverified     Proof = ""
	VerifiedSlip   Proof = "slip"   // a one-time code that was handed over with a transaction
	VerifiedScreen Proof = "screen" // the changing code of a screen at the counter
	VerifiedSerial Proof = "serial" // the serial number of a paper form
	VerifiedDevice Proof = "device" // a kiosk that staff enrolled
)

// Doubt is what speaks against a response that it came as people answer. It is
// no proof of anything and excludes nothing: whoever judges a burst of responses
// reads it. It is a class and never a time or a mark of somebody. Package
// survey/proof decides it.
type Doubt string

// The doubts, the gravest first; a response has the first that applies.
const (
	NoDoubt         Doubt = ""
	DoubtClock      Doubt = "clock"      // it is dated by a clock that was known to be wrong (survey/health)
	DoubtFlood      Doubt = "flood"      // far more came from one network at once than people send
	DoubtUnticketed Doubt = "unticketed" // no form of ours was opened for it, or one form was sent twice
	DoubtLate       Doubt = "late"       // its form was opened too long ago
	DoubtInstant    Doubt = "instant"    // sent sooner than a hand can
	DoubtHasty      Doubt = "hasty"      // sent sooner than its questions can be read
)

// Response is a fact: what one person answered. It is never edited;
// corrections are further documents that point at it. It is erased, in whole or in
// part, when its sender takes it back (survey/takeback) or the time has come that
// the consent names (survey/retention). It holds no name, no
// address, no phone number and no network address.
type Response struct {
	ID       ResponseID
	Campaign CampaignID
	Form     FormRef
	Point    PointCode // empty where it came from a file without one
	Unit     UnitID
	Sector   SectorID // empty where the family has none
	Channel  Channel
	Lang     Lang
	Day      Date      // on which it was answered
	Received time.Time // by this server: to the millisecond, and once its day is over to the hour or the day (survey/moments)
	Batch    BatchID   // of paper forms that it was entered from; empty: none
	By       Login     // who keyed it in; empty: the respondent, a file or a program
	Proof    Proof     // as it was checked when the response came in
	Doubt    Doubt     // as it was found then
	Answers  []Answer
	Texts    []Words

	// Retry is a keyed hash of what the device drew that sent the response (see
	// survey/takeback); 0: it drew nothing. It is written under RetryField and never read
	// into a Response: whatever reads responses cannot hold it, and whatever rewrites one
	// takes it off. Only survey/intake looks for it, when a response comes again. It is
	// of use for the day on which the response came.
	Retry int64

	// Salt makes what the ledger says of the response (see Commitment) tell nobody what was
	// answered. Package ledger draws it; it is written and never read into a Response, as
	// Retry, so that whatever rewrites a response takes it off; then nobody can find what was
	// erased by trying all answers.
	Salt [SaltSize]byte

	// TakenBack says that this is no response but what is left of one; see the type.
	TakenBack bool
}

// RetryField is the field of a stored response that Retry is written to.
const RetryField = "retry"

// PassingFields are the fields of a stored response that are of use on the day of
// receipt alone. Package moments takes them off when it is over.
var PassingFields = []string{RetryField}

// The encoding is written by hand because it is the hot path on both sides: a
// response is encoded for every submission and decoded a million times when
// figures are loaded. A code is an int32, several codes an array of int32, a
// number a double; so the type tells which it is, and nothing is written twice.

// MarshalBSON encodes the response as the document that every store keeps.
func (r Response) MarshalBSON() ([]byte, error) {
	i, dst := bsoncore.AppendDocumentStart(make([]byte, 0, 384))
	dst = bsoncore.AppendStringElement(dst, "_id", string(r.ID))
	dst = bsoncore.AppendStringElement(dst, "campaign", string(r.Campaign))
	dst = bsoncore.AppendStringElement(dst, "form", string(r.Form.Code))
	dst = bsoncore.AppendInt32Element(dst, "version", int32(r.Form.Version)) //nolint:gosec // versions are small
	for _, e := range [...]struct{ key, value string }{
		{"point", string(r.Point)},
		{"unit", string(r.Unit)},
		{"sector", string(r.Sector)},
		{"channel", string(r.Channel)},
		{"lang", string(r.Lang)},
		{"day", string(r.Day)},
		{"batch", string(r.Batch)},
		{"by", string(r.By)},
		{"proof", string(r.Proof)},
		{"doubt", string(r.Doubt)},
	} {
		if e.value != "" {
			dst = bsoncore.AppendStringElement(dst, e.key, e.value)
		}
	}
	dst = bsoncore.AppendDateTimeElement(dst, "received", r.Received.UnixMilli())
	if r.Retry != 0 {
		dst = bsoncore.AppendInt64Element(dst, RetryField, r.Retry)
	}
	if r.Salt != [SaltSize]byte{} {
		dst = bsoncore.AppendBinaryElement(dst, saltField, bson.TypeBinaryGeneric, r.Salt[:])
	}
	a, dst := bsoncore.AppendDocumentElementStart(dst, "answers")
	for _, answer := range r.Answers {
		dst = appendAnswer(dst, answer)
	}
	dst, err := bsoncore.AppendDocumentEnd(dst, a)
	if err != nil {
		return nil, fmt.Errorf("encode response: %w", err)
	}
	if len(r.Texts) > 0 {
		t, d := bsoncore.AppendDocumentElementStart(dst, "texts")
		for _, w := range r.Texts {
			d = bsoncore.AppendStringElement(d, w.Item, w.Text)
		}
		if dst, err = bsoncore.AppendDocumentEnd(d, t); err != nil {
			return nil, fmt.Errorf("encode response: %w", err)
		}
	}
	if dst, err = bsoncore.AppendDocumentEnd(dst, i); err != nil {
		return nil, fmt.Errorf("encode response: %w", err)
	}
	return dst, nil
}

func appendAnswer(dst []byte, a Answer) []byte {
	switch len(a.Codes) {
	case 0:
		return bsoncore.AppendDoubleElement(dst, a.Item, a.Number)
	case 1:
		return bsoncore.AppendInt32Element(dst, a.Item, int32(a.Codes[0])) //nolint:gosec // a code is at most MaxCode
	default:
		i, dst := bsoncore.AppendArrayElementStart(dst, a.Item)
		for n, code := range a.Codes {
			dst = bsoncore.AppendInt32Element(dst, strconv.Itoa(n), int32(code)) //nolint:gosec // a code is at most MaxCode
		}
		dst, _ = bsoncore.AppendArrayEnd(dst, i) // fails only for a wrong index
		return dst
	}
}

// UnmarshalBSON decodes a document that MarshalBSON made. Unknown fields are
// passed over, so that an older program reads what a newer one wrote.
func (r *Response) UnmarshalBSON(data []byte) error {
	*r = Response{}
	return EachField(data, func(key string, v bsoncore.Value) error {
		switch key {
		case "_id":
			r.ID = ResponseID(v.StringValue())
		case "campaign":
			r.Campaign = CampaignID(v.StringValue())
		case "form":
			r.Form.Code = FormCode(v.StringValue())
		case "version":
			r.Form.Version = int(v.Int32())
		case "point":
			r.Point = PointCode(v.StringValue())
		case "unit":
			r.Unit = UnitID(v.StringValue())
		case "sector":
			r.Sector = SectorID(v.StringValue())
		case "channel":
			r.Channel = Channel(v.StringValue())
		case "lang":
			r.Lang = Lang(v.StringValue())
		case "day":
			r.Day = Date(v.StringValue())
		case "batch":
			r.Batch = BatchID(v.StringValue())
		case "by":
			r.By = Login(v.StringValue())
		case "proof":
			r.Proof = Proof(v.StringValue())
		case "doubt":
			r.Doubt = Doubt(v.StringValue())
		case takenBackField:
			r.TakenBack = v.Boolean()
		case "received":
			r.Received = time.UnixMilli(v.DateTime()).UTC()
		case "answers":
			return EachField(v.Document(), func(item string, v bsoncore.Value) error {
				a, err := decodeAnswer(item, v)
				r.Answers = append(r.Answers, a)
				return err
			})
		case "texts":
			return EachField(v.Document(), func(item string, v bsoncore.Value) error {
				r.Texts = append(r.Texts, Words{Item: item, Text: v.StringValue()})
				return nil
			})
		}
		return nil
	})
}

func decodeAnswer(item string, v bsoncore.Value) (Answer, error) {
	switch v.Type {
	case bson.TypeInt32:
		return Answer{Item: item, Codes: []int{int(v.Int32())}}, nil
	case bson.TypeDouble:
		return Answer{Item: item, Number: v.Double()}, nil
	case bson.TypeArray:
		a := Answer{Item: item}
		err := EachField(v.Data, func(_ string, v bsoncore.Value) error {
			code, ok := v.Int32OK()
			if !ok {
				return fmt.Errorf("answer %s: a code is %s", item, v.Type)
			}
			a.Codes = append(a.Codes, int(code))
			return nil
		})
		if err == nil && len(a.Codes) == 0 { // it would pass for the number 0
			err = fmt.Errorf("answer %s is empty", item)
		}
		return a, err
	default:
		return Answer{}, fmt.Errorf("answer %s is %s", item, v.Type)
	}
}

var (
	_ bson.Marshaler   = Response{}
	_ bson.Unmarshaler = (*Response)(nil)
)
