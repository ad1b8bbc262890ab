package people

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"hailong/survey"
)

// Accounts is who may come in: people with their passwords and second factors,
// the sessions they opened, and the tokens of programs. Every change is in the
// audit log.
type Accounts struct {
	changes *survey.Changes
	store   survey.Store
	guesses *guesses
	now     func() time.Time
	hashing chan struct{} // bounds the passwords hashed at once, each of which takes 19 MiB
}

// passwordsAtOnce is how many passwords are hashed at the same time.
const passwordsAtOnce = 4

// NewAccounts returns the accounts of the store that changes are made in. Where nobody
// signs in, keys may be nil.
func NewAccounts(changes *survey.Changes, keys KeySource) *Accounts {
	a := &Accounts{changes: changes, store: changes.Store, now: changes.Now, hashing: make(chan struct{}, passwordsAtOnce)}
	a.guesses = &guesses{docs: survey.Documents[guessCounts]{Store: a.store, Collection: survey.Guesses}, keys: keys, now: a.now}
	return a
}

func (a *Accounts) users() survey.Documents[User] {
	return survey.Documents[User]{Store: a.store, Collection: survey.Users}
}

func (a *Accounts) sessions() survey.Documents[Session] {
	return survey.Documents[Session]{Store: a.store, Collection: survey.Sessions}
}

func (a *Accounts) time() time.Time { return a.now().UTC().Truncate(time.Millisecond) }

// User returns the person with a login, or NotFound.
func (a *Accounts) User(ctx context.Context, login survey.Login) (User, error) {
	return a.users().Get(ctx, string(login))
}

// People returns everybody, in the order of logins.
func (a *Accounts) People(ctx context.Context) ([]User, error) { return a.users().All(ctx) }

// HowMany counts the people who can sign in and may do something, anywhere.
func (a *Accounts) HowMany(ctx context.Context, may survey.Permission) (n int, err error) {
	all, err := a.People(ctx)
	for i := range all {
		if !all[i].Disabled && all[i].Grant.May(may) {
			n++
		}
	}
	return n, err
}

// matches compares a password with a hash while not too many others do.
func (a *Accounts) matches(ctx context.Context, hash Password, password string) (bool, error) {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
		return hash.Matches(password), nil
	case <-ctx.Done():
		return false, survey.NewError(survey.Unavailable, "check password", ctx.Err())
	}
}

// nobody is the hash that a guess for an unknown login is compared with, so
// that it takes as long as for a known one.
const nobody Password = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Zm9yIG5vYm9keSBhdCBhbGwsIG5vdCBldmVuIG1lISE"

// guess lets somebody who claims a login try a password. It reports whether the
// password is right; the attempt is counted before that is looked at.
func (a *Accounts) guess(ctx context.Context, kind guessKind, login survey.Login, user *User, password string, client AttemptSource) (bool, error) {
	attempt, err := a.reserve(ctx, kind, login, user, client)
	if err != nil {
		return false, err
	}
	hash := user.Password
	if hash == "" {
		hash = nobody
	}
	right, err := a.matches(ctx, hash, password)
	if err != nil {
		return false, errors.Join(err, attempt.notMade(ctx))
	}
	if !right || user.Password == "" {
		return false, nil
	}
	return true, attempt.succeeded(ctx)
}

// SignIn checks a login and a password and returns whose they are. Errors:
// Unauthenticated, the same for an unknown login and a wrong password;
// RateLimited, with the seconds to wait as its argument; Forbidden for an
// account that is disabled, which only somebody who knows the password learns.
func (a *Accounts) SignIn(ctx context.Context, login survey.Login, password string, client AttemptSource) (User, error) {
	login = survey.NormalLogin(string(login))
	user, err := a.User(ctx, login)
	if err != nil && !survey.Is(err, survey.NotFound) {
		return User{}, err
	}
	right, err := a.guess(ctx, guessPassword, login, &user, password, client)
	switch {
	case err != nil:
		return User{}, err
	case !right:
		return User{}, &survey.Error{Kind: survey.Unauthenticated, Op: "sign in", Key: "account.wrong"}
	case user.Disabled:
		return User{}, &survey.Error{Kind: survey.Forbidden, Op: "sign in", Key: "account.disabled"}
	}
	return user, nil
}

// change lets edit change a person, whatever their revision.
func (a *Accounts) change(ctx context.Context, actor survey.Actor, login survey.Login, action survey.Action, edit func(*User) error) (User, error) {
	user, err := survey.Change(ctx, a.changes, survey.Edit[User]{
		Collection: survey.Users, ID: string(login), Seen: survey.AnyRevision, Actor: actor, Action: action, Do: edit,
	})
	if err != nil {
		return User{}, err
	}
	return user, nil
}

// changeAndSignOut is change as one act with the end of the person's sessions,
// but of one, whose id may be empty, and with what more adds to it.
func (a *Accounts) changeAndSignOut(ctx context.Context, actor survey.Actor, login survey.Login, action survey.Action, keep string, edit func(*User) error, more ...func(*survey.Act) error) error {
	for {
		before, err := a.User(ctx, login)
		if err != nil {
			return err
		}
		after, err := survey.Clone(before)
		if err != nil {
			return err
		}
		if err := edit(&after); err != nil {
			return err
		}
		act := a.changes.Begin(actor).Entry(action, "users/"+string(login), before, after)
		survey.Update(act, survey.Users, before.Rev, after)
		sessions, err := a.sessions().All(ctx)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			if s.Login == login && s.ID != keep {
				act.RemoveAny(survey.Sessions, s.ID)
			}
		}
		for _, add := range more {
			if err := add(act); err != nil {
				return err
			}
		}
		if err := act.Do(ctx); !survey.Is(err, survey.Conflict) {
			return err
		}
	}
}

// ChangePassword sets a person's own password after checking the current one,
// and ends their sessions but the one they use. Invalid names the field that
// is wrong.
func (a *Accounts) ChangePassword(ctx context.Context, actor survey.Actor, login survey.Login, current, wanted string, client AttemptSource, keep Session) error {
	user, err := a.User(ctx, login)
	if err != nil {
		return err
	}
	right, err := a.guess(ctx, guessConfirm, login, &user, current, client)
	if err != nil {
		return err
	}
	if !right {
		return survey.InvalidField("change password", "account.invalid", "current_password", "account.password_wrong")
	}
	if subtle.ConstantTimeCompare([]byte(current), []byte(wanted)) == 1 {
		return survey.InvalidField("change password", "account.invalid", "password", "account.password_same")
	}
	hash, err := hashFor(ctx, a.store, &user, wanted)
	if err != nil {
		return err
	}
	return a.changeAndSignOut(ctx, actor, login, "account.password", keep.ID, func(u *User) error {
		u.Password, u.MustChange, u.Invite = hash, false, nil
		u.forgetDevices(client.Device) // another one may be that of whoever knew the old password
		u.notice("account.password", actor, a.time())
		return nil
	})
}
