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

// NewTOTPSecret makes a secret for a second factor.
func NewTOTPSecret() string {
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
func (a *Accounts) SecondFactor(ctx context.Context, actor survey.Actor, login survey.Login, code, client string) error {
	if err := a.wait(login, client); err != nil {
		return err
	}
	code = strings.Join(strings.Fields(code), "")
	for {
		user, err := a.User(ctx, login)
		if err != nil {
			return err
		}
		if user.TOTP == nil {
			return nil
		}
		factor, action := *user.TOTP, survey.Action("")
		recovery := HashSecret(strings.ToLower(code))
		if step, ok := totpStep(factor.Secret, code, a.now()); ok && step > factor.Step {
			factor.Step = step
		} else if i := slices.Index(factor.Recovery, recovery); i >= 0 {
			factor.Recovery = slices.Delete(slices.Clone(factor.Recovery), i, i+1)
			action = "account.recovery_code"
		} else {
			a.throttle.Failed(login, client)
			return errWrongCode
		}
		rev := user.Rev
		user.TOTP, user.Rev = &factor, rev+1
		err = a.users().Replace(ctx, rev, user)
		if err != nil && survey.KindOf(err) == survey.Conflict {
			continue
		}
		if err != nil {
			return err
		}
		a.throttle.Succeeded(login, client)
		if action == "" {
			return nil
		}
		return a.audit.Record(ctx, actor, action, "users/"+string(login), nil, map[string]int{"left": len(factor.Recovery)})
	}
}

// SetTOTP switches a second factor on, after a code has shown that the
// telephone has the secret, and returns the recovery codes, which are shown
// once.
func (a *Accounts) SetTOTP(ctx context.Context, actor survey.Actor, login survey.Login, secret, code string) ([]string, error) {
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
	_, err := a.change(ctx, actor, login, "account.totp_on", func(u *User) error {
		u.TOTP = &TOTP{Secret: secret, Step: step, Recovery: hashes}
		return nil
	})
	return codes, err
}

// DropTOTP switches a second factor off.
func (a *Accounts) DropTOTP(ctx context.Context, actor survey.Actor, login survey.Login) error {
	_, err := a.change(ctx, actor, login, "account.totp_off", func(u *User) error {
		if u.TOTP == nil {
			return survey.NewError(survey.NotFound, "switch off second factor", errors.New("there is none"))
		}
		u.TOTP = nil
		return nil
	})
	return err
}
