package quarantine

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/verification"
)

// Origin is a class of network or device that a response came from: a keyed hash
// whose key is of the day. It means nothing to anybody else. 0: not known.
type Origin uint64

// arrival is what the rules need of a response.
type arrival struct {
	id       uuid.UUID
	kind     *kind
	answers  uint64 // hash of all answers, and of the sector
	second   int32  // of the day in Viet Nam in which it arrived
	blurred  bool   // second tells the hour alone
	verified bool
	device   bool // sent by an enrolled kiosk
	doubt    survey.Doubt
	held     bool                     // figures leave it out
	cluster  verification.SuspectSign // with which it was found in a cluster, while seconds were known
	origin   Origin
}

func (a *arrival) hour() int { return int(a.second) / 3600 }

// hurried reports whether the form was filled in faster than it can be.
func (a *arrival) hurried() bool {
	return a.doubt == survey.DoubtInstant || a.doubt == survey.DoubtHasty
}

// gravity orders doubts: what is in graver doubt goes first where some must go.
func gravity(d survey.Doubt) int {
	switch d {
	case survey.DoubtFlood:
		return 5
	case survey.DoubtInstant:
		return 4
	case survey.DoubtHasty:
		return 3
	case survey.DoubtUnticketed:
		return 2
	case survey.DoubtLate:
		return 1
	case survey.NoDoubt, survey.DoubtClock: // the clock says nothing of its sender
	}
	return 0
}

// kind is the responses whose answers can be compared: people at a kiosk answer
// otherwise than those who open the form on their own phone.
type kind struct {
	campaign survey.CampaignID
	form     survey.FormRef
	verified bool
}

// judged reports whether a response is one that its sender sent without anybody
// who signed in. A numbered paper form is none, whatever way it came: those of a
// village arrive at once, and its households answer alike.
func judged(r *survey.Response) bool {
	if r.Point == "" || r.Batch != "" || r.By != "" || r.Proof == survey.VerifiedSerial {
		return false
	}
	switch r.Channel {
	case survey.ChannelQR, survey.ChannelKiosk, survey.ChannelLink:
		return true
	case survey.ChannelPaper, survey.ChannelFile, survey.ChannelAPI:
	}
	return false
}

func isVerified(r *survey.Response) bool {
	return verification.ClassOf(r.Proof, r.Batch) == verification.Verified
}

// newArrival takes what is needed of a response, and the day of its arrival.
func newArrival(r *survey.Response, k *kind, now time.Time) (arrival, survey.Date, error) {
	id, err := uuid.Parse(string(r.ID))
	if err != nil {
		return arrival{}, "", survey.NewError(survey.Internal, "judge response", err)
	}
	at := r.Received.In(survey.Zone)
	midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, survey.Zone)
	return arrival{
		id: id, kind: k, answers: answersHash(r), blurred: blurred(r.Received, now),
		second:   int32(at.Sub(midnight) / time.Second), //nolint:gosec // at most a day
		verified: isVerified(r), device: r.Proof == survey.VerifiedDevice, doubt: r.Doubt,
		held: r.Doubt == survey.DoubtClock, // HoldUndated; markSuspects says what was decided
	}, survey.Date(at.Format(time.DateOnly)), nil
}

// answersHash is the same for the same answers about the same sector. Texts are
// no part of it: a script writes others each time.
func answersHash(r *survey.Response) uint64 {
	h := fnv.New64a()
	var b [8]byte
	text := func(s string) {
		_, _ = h.Write([]byte(s)) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	number := func(n uint64) {
		binary.LittleEndian.PutUint64(b[:], n)
		_, _ = h.Write(b[:])
	}
	text(string(r.Sector))
	for _, a := range r.Answers {
		text(a.Item)
		for _, code := range a.Codes {
			number(uint64(code)) //nolint:gosec // a code is small
		}
		if len(a.Codes) == 0 {
			number(uint64(int64(a.Number * 1000))) //nolint:gosec // the same bits, to be hashed
		}
	}
	return h.Sum64()
}
