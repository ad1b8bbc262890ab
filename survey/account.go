package survey

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"
)

// Accounts is who may come in: people with their passwords and second factors,
// the sessions they opened, and the tokens of programs. Every change is in the
// audit log.
type Accounts struct {
	store    Store
	audit    *AuditLog
	throttle *Throttle
	now      func() time.Time
	hashing  chan struct{} // bounds the passwords hashed at once, each of which takes 19 MiB
}

// passwordsAtOnce is how many passwords are hashed at the same time.
const passwordsAtOnce = 4

// NewAccounts returns the accounts of a store.
func NewAccounts(store Store, audit *AuditLog, now func() time.Time) *Accounts {
	return &Accounts{
		store: store, audit: audit, throttle: NewThrottle(now), now: now,
		hashing: make(chan struct{}, passwordsAtOnce),
	}
}

func (a *Accounts) users() Table[User]       { return Table[User]{a.store, Users} }
func (a *Accounts) sessions() Table[Session] { return Table[Session]{a.store, Sessions} }

func (a *Accounts) time() time.Time { return a.now().UTC().Truncate(time.Millisecond) }

// User returns the person with a login, or NotFound.
func (a *Accounts) User(ctx context.Context, login Login) (User, error) {
	return a.users().Get(ctx, string(login))
}

// People returns everybody, in the order of logins.
func (a *Accounts) People(ctx context.Context) ([]User, error) { return a.users().All(ctx) }

// matches compares a password with a hash while not too many others do.
func (a *Accounts) matches(ctx context.Context, hash Password, password string) (bool, error) {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
		return hash.Matches(password), nil
	case <-ctx.Done():
		return false, NewError(Unavailable, "check password", ctx.Err())
	}
}

// nobody is the hash that a guess for an unknown login is compared with, so
// that it takes as long as for a known one.
const nobody Password = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Zm9yIG5vYm9keSBhdCBhbGwsIG5vdCBldmVuIG1lISE"

// wait returns RateLimited if a guess from a client must wait.
func (a *Accounts) wait(login Login, client string) error {
	if wait := a.throttle.Wait(login, client); wait > 0 {
		return &Error{Kind: RateLimited, Op: "sign in", Key: "account.wait", Args: []any{Wait(wait).Seconds()}, Err: Wait(wait)}
	}
	return nil
}

// SignIn checks a login and a password and returns whose they are. client is
// where the guess comes from, a network address; it is not kept. Errors:
// Unauthenticated, the same for an unknown login and a wrong password;
// RateLimited, with the seconds to wait as its argument; Forbidden for an
// account that is disabled, told only to who knows the password.
func (a *Accounts) SignIn(ctx context.Context, login Login, password, client string) (User, error) {
	login = NormalLogin(string(login))
	if err := a.wait(login, client); err != nil {
		return User{}, err
	}
	user, err := a.User(ctx, login)
	if err != nil && KindOf(err) != NotFound {
		return User{}, err
	}
	hash := user.Password
	if hash == "" {
		hash = nobody
	}
	right, err := a.matches(ctx, hash, password)
	switch {
	case err != nil:
		return User{}, err
	case !right || user.Password == "":
		a.throttle.Failed(login, client)
		return User{}, &Error{Kind: Unauthenticated, Op: "sign in", Key: "account.wrong"}
	case user.Disabled:
		return User{}, &Error{Kind: Forbidden, Op: "sign in", Key: "account.disabled"}
	}
	if user.TOTP == nil { // otherwise the second factor has still to be guessed
		a.throttle.Succeeded(login, client)
	}
	return user, nil
}

// NormalLogin is a login as people type it: spaces around it and capitals mean
// nothing.
func NormalLogin(typed string) Login { return Login(strings.ToLower(strings.TrimSpace(typed))) }

// change reads a person, lets edit change them, stores the result and records
// it. It starts over when somebody else was faster.
func (a *Accounts) change(ctx context.Context, actor Actor, login Login, action Action, edit func(*User) error) (User, error) {
	for {
		user, err := a.User(ctx, login)
		if err != nil {
			return User{}, err
		}
		before := user
		before.Grant.Scope.Units = slices.Clone(user.Grant.Scope.Units)
		if err := edit(&user); err != nil {
			return User{}, err
		}
		user.Rev++
		err = a.users().Replace(ctx, before.Rev, user)
		if err != nil && KindOf(err) == Conflict {
			continue
		}
		if err != nil {
			return User{}, err
		}
		return user, a.audit.Record(ctx, actor, action, "users/"+string(login), before, user)
	}
}

// ChangePassword sets a person's own password after checking the current one,
// and ends their sessions but the one they use. Invalid names the field that
// is wrong.
func (a *Accounts) ChangePassword(ctx context.Context, actor Actor, login Login, current, wanted, client string, keep Session) error {
	if err := a.wait(login, client); err != nil {
		return err
	}
	user, err := a.User(ctx, login)
	if err != nil {
		return err
	}
	right, err := a.matches(ctx, user.Password, current)
	if err != nil {
		return err
	}
	if !right {
		a.throttle.Failed(login, client)
		return invalidField("change password", "current_password", "account.password_wrong")
	}
	if subtle.ConstantTimeCompare([]byte(current), []byte(wanted)) == 1 {
		return invalidField("change password", "password", "account.password_same")
	}
	hash, err := HashPassword(wanted)
	if err != nil {
		return err
	}
	_, err = a.change(ctx, actor, login, "account.password", func(u *User) error {
		u.Password, u.MustChange, u.Invite = hash, false, nil
		return nil
	})
	if err != nil {
		return err
	}
	return a.EndSessions(ctx, login, keep.ID)
}

func invalidField(op, field, key string, args ...any) error {
	return &Error{Kind: Invalid, Op: op, Key: "user.invalid", Fields: map[string]Message{field: {Key: key, Args: args}}}
}
