package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"hailong/survey"
)

// TOTP is a second factor: codes of six digits that a telephone and the server
// work out from a shared secret and the time (RFC 6238).
type TOTP struct {
	Secret   string   `bson:"secret"`             // base 32
	Step     int64    `bson:"step"`               // of the last code taken: none is taken twice
	Recovery []string `bson:"recovery,omitempty"` // hashes of the codes for when the telephone is lost
}

const (
	totpPeriod    = 30
	totpIssuer    = "Hài Lòng"
	recoveryCodes = 8
)

// newTOTPSecret makes a secret for a second factor.
func newTOTPSecret() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails since Go 1.24
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// TOTPAddress is what a telephone reads from a QR code to take a secret over.
func TOTPAddress(login survey.Login, secret string) string {
	query := url.Values{"secret": {secret}, "issuer": {totpIssuer}, "period": {strconv.Itoa(totpPeriod)}}
	// Some telephones show a plus sign where a space is meant.
	return "otpauth://totp/" + url.PathEscape(totpIssuer+":"+string(login)) + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// totpStep returns the time step that a code belongs to: the current one or a
// neighbour, because clocks differ.
func totpStep(secret, code string, now time.Time) (int64, bool) {
	for _, skew := range []int64{0, -1, 1} {
		step := now.Unix()/totpPeriod + skew
		want, err := totp.GenerateCode(secret, time.Unix(step*totpPeriod, 0))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

var errWrongCode = &survey.Error{
	Kind: survey.Invalid, Op: "check second factor", Key: "account.invalid",
	Fields: survey.Fields{"passcode": {Key: "account.code_wrong"}},
}

// SecondFactor checks the code of a person who has given the password: six
// digits of the telephone, or a recovery code, which is then used up. Errors:
// Invalid at the field "passcode", RateLimited.
func (a *Accounts) SecondFactor(ctx context.Context, actor survey.Actor, login survey.Login, code string, client AttemptSource) error {
	return a.secondFactor(ctx, guessCode, actor, login, code, client)
}

func (a *Accounts) secondFactor(ctx context.Context, kind guessKind, actor survey.Actor, login survey.Login, code string, client AttemptSource) error {
	code = strings.Join(strings.Fields(code), "")
	user, err := a.User(ctx, login)
	if err != nil || user.TOTP == nil {
		return err
	}
	attempt, err := a.reserve(ctx, kind, login, &user, client)
	if err != nil {
		return err
	}
	taken := false
	err = survey.Mark(ctx, a.changes, survey.Users, string(login), func(u *User) bool {
		taken = false
		if u.TOTP == nil {
			return false
		}
		if step, ok := totpStep(u.TOTP.Secret, code, a.now()); ok && step > u.TOTP.Step {
			u.TOTP.Step, taken = step, true
		}
		return taken
	})
	if err == nil && !taken {
		err = a.useRecoveryCode(ctx, actor, login, HashSecret(strings.ToLower(code)))
	}
	switch {
	case err == nil:
		return attempt.succeeded(ctx)
	case errors.Is(err, errWrongCode):
		return err
	}
	return errors.Join(err, attempt.notMade(ctx))
}

// useRecoveryCode uses a recovery code up.
func (a *Accounts) useRecoveryCode(ctx context.Context, actor survey.Actor, login survey.Login, hash string) error {
	_, err := survey.Change(ctx, a.changes, survey.Edit[User]{
		Collection: survey.Users, ID: string(login), Seen: survey.AnyRevision, Actor: actor, Action: "account.recovery_code",
		Do: func(u *User) error {
			if u.TOTP == nil {
				return errWrongCode
			}
			i := slices.Index(u.TOTP.Recovery, hash)
			if i < 0 {
				return errWrongCode
			}
			u.TOTP.Recovery = slices.Delete(u.TOTP.Recovery, i, i+1)
			return nil
		},
		Show: func(u *User) any { return map[string]int{"left": len(u.TOTP.Recovery)} },
	})
	return err
}

// Offer is a secret that a session was offered for a second factor. The server
// remembers it: what a form says of a secret means nothing.
type Offer struct {
	Secret  string    `bson:"secret"`
	Expires time.Time `bson:"expires"`
}

// offerLength is how long an offered secret is good for.
const offerLength = 15 * time.Minute

// OfferTOTP returns the secret that a session is offered: the one it was offered before,
// which is in the telephone by now, or a new one where that has expired.
func (a *Accounts) OfferTOTP(ctx context.Context, session Session) (string, error) {
	now := a.time()
	if session.Offer != nil && now.Before(session.Offer.Expires) {
		return session.Offer.Secret, nil
	}
	session, err := a.changeSession(ctx, session.ID, func(s *Session) {
		if s.Offer == nil || !now.Before(s.Offer.Expires) { // else another tab was faster
			s.Offer = &Offer{Secret: newTOTPSecret(), Expires: now.Add(offerLength)}
		}
	})
	if err != nil {
		return "", err
	}
	return session.Offer.Secret, nil
}

// SetTOTP switches on the second factor that a session was offered, after a code has
// shown that the telephone has the secret, ends the person's other sessions, and
// returns the recovery codes, which are shown once. Errors: Invalid at the field
// "passcode", also where nothing is offered any more; Conflict if there is one already.
func (a *Accounts) SetTOTP(ctx context.Context, actor survey.Actor, session Session, code string) ([]string, error) {
	stored, err := a.sessions().Get(ctx, session.ID)
	switch {
	case survey.Is(err, survey.NotFound):
		return nil, errNoSession
	case err != nil:
		return nil, err
	case stored.Offer == nil || !a.now().Before(stored.Offer.Expires):
		return nil, survey.InvalidField("switch on second factor", "account.invalid", "passcode", "account.totp.expired")
	}
	secret := stored.Offer.Secret
	step, ok := totpStep(secret, strings.Join(strings.Fields(code), ""), a.now())
	if !ok {
		return nil, errWrongCode
	}
	codes := make([]string, recoveryCodes)
	hashes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = NewPassword()
		hashes[i] = HashSecret(codes[i])
	}
	err = a.changeAndSignOut(ctx, actor, stored.Login, "account.totp_on", stored.ID, func(u *User) error {
		if u.TOTP != nil {
			return survey.NewError(survey.Conflict, "switch on second factor", errors.New("there is one"))
		}
		u.TOTP = &TOTP{Secret: secret, Step: step, Recovery: hashes}
		u.notice("account.totp_on", actor, a.time())
		return nil
	})
	if err != nil {
		return nil, err
	}
	_, err = a.changeSession(ctx, stored.ID, func(s *Session) { s.Offer = nil })
	return codes, err
}

// DropTOTP switches a second factor off and ends the person's sessions but one, whose
// id may be empty.
func (a *Accounts) DropTOTP(ctx context.Context, actor survey.Actor, login survey.Login, keep string) error {
	return a.changeAndSignOut(ctx, actor, login, "account.totp_off", keep, func(u *User) error {
		if u.TOTP == nil {
			return survey.NewError(survey.NotFound, "switch off second factor", errors.New("there is none"))
		}
		u.TOTP = nil
		u.notice("account.totp_off", actor, a.time())
		return nil
	})
}
