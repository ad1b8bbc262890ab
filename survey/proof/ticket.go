package proof

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"time"

	"hailong/survey"
)

const (
	ticketLife       = 14 * 24 * time.Hour // a telephone without a network keeps what was sent so long
	screenTicketLife = 24 * time.Hour
	ticketSeal       = 11 // bytes: a seal can be tried at this server alone
	ticketSize       = 4 + 1 + ticketSeal
)

// TicketLength is how long a ticket is as text.
const TicketLength = 22

// Ticket is what a form's ticket says. The zero value is no ticket.
type Ticket struct {
	Age    time.Duration // since the form was opened
	Screen bool          // it was opened by the code of a screen at the counter

	sealed bool // by us, for this point and this response
}

// Issue returns the ticket of a form that is opened now at a point, for the
// response of an id. code is the changing code it was opened by, empty where
// there was none; one that is not, or no longer, good makes an ordinary ticket.
// The error is that of the store of keys.
func (p *Proofs) Issue(ctx context.Context, point survey.PointCode, id survey.ResponseID, code string) (string, error) {
	screen, err := p.exchange(ctx, point, code)
	if err != nil {
		return "", err
	}
	var b [ticketSize]byte
	binary.BigEndian.PutUint32(b[:4], uint32(p.now().Unix())) //nolint:gosec // seconds until the year 2106
	if screen {
		b[4] = 1
	}
	seal, err := p.seal(ctx, b[:5], point, id)
	if err != nil {
		return "", err
	}
	copy(b[5:], seal)
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// Read returns what a ticket says that came with a response; nothing if it is not
// this response's. The error is that of the store of keys.
func (p *Proofs) Read(ctx context.Context, point survey.PointCode, id survey.ResponseID, text string) (Ticket, error) {
	if len(text) != TicketLength {
		return Ticket{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Ticket{}, nil //nolint:nilerr // what is no ticket of ours is no fault of ours
	}
	seal, err := p.seal(ctx, b[:5], point, id)
	if err != nil || !hmac.Equal(seal, b[5:]) {
		return Ticket{}, err
	}
	opened := time.Unix(int64(binary.BigEndian.Uint32(b[:4])), 0)
	return Ticket{Age: p.now().Sub(opened), Screen: b[4] == 1, sealed: true}, nil
}

// seal is over what a ticket says, the point, and the id of the one response.
func (p *Proofs) seal(ctx context.Context, said []byte, point survey.PointCode, id survey.ResponseID) ([]byte, error) {
	sum, err := p.mac(ctx, "ticket", said, []byte(point), []byte(id))
	return sum[:ticketSeal], err
}
