package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"hailong/survey"
)

// Session is a browser that somebody signed in with. The browser holds a
// secret; the store holds its hash alone, so that a copy of the store lets
// nobody in.
type Session struct {
	ID      string       `bson:"_id"` // hash of the secret
	Rev     int64        `bson:"rev"`
	Login   survey.Login `bson:"login"`
	Device  string       `bson:"device,omitempty"` // "Firefox, Windows", to tell one's sessions apart
	Created time.Time    `bson:"created"`
	Seen    time.Time    `bson:"seen"` // to within sessionTouch
	// Confirmed is when the person last showed who they are; zero for an identity
	// provider that does not say when it did.
	Confirmed time.Time `bson:"confirmed,omitempty"`
	// Offer is the secret of a second factor that is being set up.
	Offer *Offer `bson:"offer,omitempty"`
	// Pending is somebody at a provider whom the person is asked to confirm.
	Pending *PendingIdentity `bson:"pending,omitempty"`
	// Half is a session whose person has given the password and owes the second
	// factor. It opens nothing else.
	Half bool `bson:"half,omitempty"`
}

// How long a session lasts.
const (
	SessionIdle     = time.Hour        // without a request
	SessionLength   = 12 * time.Hour   // a working day, whatever happens
	halfSession     = 10 * time.Minute // to find the telephone with the second factor
	sessionTouch    = 2 * time.Minute  // how exactly the last request is known
	sessionNameSize = 8
	secretLength    = 43 // of what NewSecret returns
)

// Name is the part of the id that may be shown and written into logs.
func (s Session) Name() string { return shortName(s.ID) }

func shortName(id string) string { return id[:min(sessionNameSize, len(id))] }

// Ended reports whether the session has run out.
func (s Session) Ended(now time.Time) bool {
	if s.Half {
		return now.Sub(s.Created) > halfSession
	}
	return now.Sub(s.Seen) > SessionIdle || now.Sub(s.Created) > SessionLength
}

// NewSecret returns 256 random bits as text that fits in a URL and a cookie.
func NewSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// HashSecret returns what is stored of a secret. A secret is random and long,
// so that a plain hash cannot be reversed by guessing.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// OpenSession starts a session and returns its secret, which is nowhere else.
// Whoever opens it has just shown who they are. Sessions that have run out are removed
// on the way.
func (a *Accounts) OpenSession(ctx context.Context, login survey.Login, device string, half bool) (secret string, session Session, err error) {
	return a.OpenProviderSession(ctx, login, device, half, a.now())
}

// OpenProviderSession is OpenSession for somebody whom an identity provider knows again:
// shown is when they showed it who they are, zero where it does not say.
func (a *Accounts) OpenProviderSession(ctx context.Context, login survey.Login, device string, half bool, shown time.Time) (secret string, session Session, err error) {
	if _, err := a.ForgetSessions(ctx); err != nil {
		return "", Session{}, err
	}
	now := a.now().UTC().Truncate(time.Millisecond)
	secret = NewSecret()
	session = Session{ID: HashSecret(secret), Rev: 1, Login: login, Device: device, Created: now, Seen: now, Half: half, Confirmed: shown.UTC().Truncate(time.Millisecond)}
	return secret, session, a.sessions().Insert(ctx, session)
}

var errNoSession = &survey.Error{Kind: survey.Unauthenticated, Op: "find session", Key: "account.signed_out"}

// FindSession returns the session of a secret, or Unauthenticated.
func (a *Accounts) FindSession(ctx context.Context, secret string) (Session, error) {
	if secret == "" {
		return Session{}, errNoSession
	}
	session, err := a.sessions().Get(ctx, HashSecret(secret))
	switch {
	case survey.Is(err, survey.NotFound):
		return Session{}, errNoSession
	case err != nil:
		return Session{}, err
	case session.Ended(a.now()):
		return Session{}, errNoSession
	}
	return session, nil
}

// KnowsSession reports whether a secret belongs to a session that is stored, even to
// one that has run out. It lets nobody in.
func (a *Accounts) KnowsSession(ctx context.Context, secret string) (bool, error) {
	if len(secret) != secretLength {
		return false, nil
	}
	_, err := a.sessions().Get(ctx, HashSecret(secret))
	if survey.Is(err, survey.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// TouchSession notes that the session was used now. It writes seldom.
func (a *Accounts) TouchSession(ctx context.Context, session Session) error {
	now := a.now().UTC().Truncate(time.Millisecond)
	if now.Sub(session.Seen) < sessionTouch {
		return nil
	}
	rev := session.Rev
	session.Seen, session.Rev = now, rev+1
	err := a.sessions().Replace(ctx, rev, session)
	if survey.Is(err, survey.Conflict) || survey.Is(err, survey.NotFound) { // a second request did it, or it was ended
		return nil
	}
	return err
}

// SessionsOf returns the sessions of a person that have not run out, the newest first.
func (a *Accounts) SessionsOf(ctx context.Context, login survey.Login) ([]Session, error) {
	all, err := a.sessions().All(ctx)
	if err != nil {
		return nil, err
	}
	now := a.now()
	all = slices.DeleteFunc(all, func(x Session) bool { return x.Login != login || x.Half || x.Ended(now) })
	slices.SortFunc(all, func(a, b Session) int { return b.Seen.Compare(a.Seen) })
	return all, nil
}

// OpenSessions is how many sessions there are that have not run out.
func (a *Accounts) OpenSessions(ctx context.Context) (int, error) {
	all, err := a.sessions().All(ctx)
	if err != nil {
		return 0, err
	}
	now := a.now()
	return len(slices.DeleteFunc(all, func(x Session) bool { return x.Half || x.Ended(now) })), nil
}

// EndSession ends a session. That there is none is no error.
func (a *Accounts) EndSession(ctx context.Context, id string) error {
	for {
		session, err := a.sessions().Get(ctx, id)
		if err == nil {
			err = a.store.Delete(ctx, survey.Sessions, id, session.Rev)
		}
		switch {
		case err == nil || survey.Is(err, survey.NotFound):
			return nil
		case !survey.Is(err, survey.Conflict): // of a conflict, a request touched it meanwhile
			return err
		}
	}
}

// ForgetSessions removes the sessions that have run out, and returns how many: whoever
// closes the browser does not end one. One that cannot be removed keeps no other.
func (a *Accounts) ForgetSessions(ctx context.Context) (forgotten int, err error) {
	all, err := a.sessions().All(ctx)
	if err != nil {
		return 0, err
	}
	now := a.now()
	for _, session := range all {
		if session.Ended(now) {
			failed := a.EndSession(ctx, session.ID)
			if failed == nil {
				forgotten++
			}
			err = errors.Join(err, failed)
		}
	}
	return forgotten, err
}

// EndSessions ends every session of a person but one, whose id may be empty.
func (a *Accounts) EndSessions(ctx context.Context, login survey.Login, except string) error {
	all, err := a.sessions().All(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, session := range all {
		if session.Login == login && session.ID != except {
			failed = errors.Join(failed, a.EndSession(ctx, session.ID))
		}
	}
	return failed
}
