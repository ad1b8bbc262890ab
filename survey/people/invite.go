package people

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"hailong/survey"
)

// Invite lets a person choose their first password, once, until a time.
type Invite struct {
	Hash    string    `bson:"hash"` // of the secret in the link
	Expires time.Time `bson:"expires"`
}

// InviteLength is how long an invitation is good for.
const InviteLength = 7 * 24 * time.Hour

// invitation is the text in the link: login and secret.
func invitation(login survey.Login, secret string) string { return string(login) + "~" + secret }

// Invited returns the person an invitation is for. NotFound if it was taken
// up, has run out, or never was.
func (a *Accounts) Invited(ctx context.Context, text string) (User, error) {
	gone := &survey.Error{Kind: survey.NotFound, Op: "open invitation", Key: "account.invite_gone"}
	login, secret, found := strings.Cut(text, "~")
	if !found {
		return User{}, gone
	}
	user, err := a.User(ctx, survey.Login(login))
	switch {
	case survey.Is(err, survey.NotFound):
		return User{}, gone
	case err != nil:
		return User{}, err
	case user.Invite == nil || user.Disabled || a.now().After(user.Invite.Expires),
		subtle.ConstantTimeCompare([]byte(user.Invite.Hash), []byte(HashSecret(secret))) != 1:
		return User{}, gone
	}
	return user, nil
}

// TakeInvite sets the first password of an invited person. The invitation is
// then used up.
func (a *Accounts) TakeInvite(ctx context.Context, text, password string) (User, error) {
	invited, err := a.Invited(ctx, text)
	if err != nil {
		return User{}, err
	}
	hash, err := hashFor(ctx, a.store, &invited, password)
	if err != nil {
		return User{}, err
	}
	taken := invited.Invite.Hash
	return a.change(ctx, survey.Actor{Login: invited.Login}, invited.Login, "account.invited", func(u *User) error {
		if u.Invite == nil || u.Invite.Hash != taken { // somebody was faster
			return &survey.Error{Kind: survey.NotFound, Op: "take invitation", Key: "account.invite_gone"}
		}
		u.Password, u.MustChange, u.Invite = hash, false, nil
		return nil
	})
}
