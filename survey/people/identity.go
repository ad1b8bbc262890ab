package people

import (
	"context"
	"slices"
	"time"

	"hailong/survey"
)

// Identity binds somebody at an identity provider to an account here. The provider's
// issuer and the subject that it never gives to anybody else are what binds: a name or
// an e-mail address is changed by whoever has it (OpenID Connect Core 5.7).
type Identity struct {
	ID      string       `bson:"_id" json:"-"` // hash of issuer and subject, so that none has two accounts
	Rev     int64        `bson:"rev" json:"-"`
	Login   survey.Login `bson:"login" json:"login"`
	Issuer  string       `bson:"issuer" json:"issuer"`
	Subject string       `bson:"subject" json:"subject"`
	Linked  time.Time    `bson:"linked" json:"linked"`
}

// Name is the part of the id that may be shown.
func (i Identity) Name() string { return shortName(i.ID) }

func identityID(issuer, subject string) string {
	return HashSecret("identity " + issuer + "\x00" + subject)
}

func (a *Accounts) identities() survey.Documents[Identity] {
	return survey.Documents[Identity]{Store: a.store, Collection: survey.Identities}
}

// IdentityOwner returns whose account somebody at a provider is bound to, or NotFound.
func (a *Accounts) IdentityOwner(ctx context.Context, issuer, subject string) (User, error) {
	identity, err := a.identities().Get(ctx, identityID(issuer, subject))
	if err != nil {
		return User{}, err
	}
	return a.User(ctx, identity.Login)
}

// IdentitiesOf lists what is bound to an account.
func (a *Accounts) IdentitiesOf(ctx context.Context, login survey.Login) ([]Identity, error) {
	all, err := a.identities().All(ctx)
	return slices.DeleteFunc(all, func(i Identity) bool { return i.Login != login }), err
}

// LinkIdentity binds somebody at a provider to an account. Conflict if they are bound to
// another one.
func (a *Accounts) LinkIdentity(ctx context.Context, actor survey.Actor, login survey.Login, issuer, subject string) error {
	return a.bind(ctx, actor, login, "account.identity_link", issuer, subject, func(u *User) error {
		u.notice("account.identity_link", actor, a.time())
		return nil
	})
}

// TakeInviteBy takes an invitation up with an identity instead of a password. NotFound as
// for TakeInvite; Conflict if the identity is bound to another account.
func (a *Accounts) TakeInviteBy(ctx context.Context, text, issuer, subject string) (User, error) {
	invited, err := a.Invited(ctx, text)
	if err != nil {
		return User{}, err
	}
	taken := invited.Invite.Hash
	err = a.bind(ctx, survey.Actor{Login: invited.Login}, invited.Login, "account.invited", issuer, subject, func(u *User) error {
		if u.Invite == nil || u.Invite.Hash != taken { // somebody was faster
			return &survey.Error{Kind: survey.NotFound, Op: "take invitation", Key: "account.invite_gone"}
		}
		u.MustChange, u.Invite = false, nil
		return nil
	})
	if err != nil {
		return User{}, err
	}
	return a.User(ctx, invited.Login)
}

// bind makes an identity and changes the person in one act: after a kill between the two
// writes the act is finished at the next start.
func (a *Accounts) bind(ctx context.Context, actor survey.Actor, login survey.Login, action survey.Action, issuer, subject string, edit func(*User) error) error {
	identity := Identity{ID: identityID(issuer, subject), Rev: 1, Login: login, Issuer: issuer, Subject: subject, Linked: a.time()}
	for {
		bound, err := a.identities().Get(ctx, identity.ID)
		switch {
		case err != nil && !survey.Is(err, survey.NotFound):
			return err
		case err == nil && bound.Login == login && action == "account.identity_link":
			return nil
		case err == nil:
			return &survey.Error{Kind: survey.Conflict, Op: "bind identity", Key: "account.identity_taken"}
		}
		before, err := a.User(ctx, login)
		if err != nil {
			return err
		}
		after, err := survey.Clone(before)
		if err == nil {
			err = edit(&after)
		}
		if err != nil {
			return err
		}
		act := a.changes.Begin(actor).Entry(action, "users/"+string(login), nil, identity)
		survey.Update(act, survey.Users, before.Rev, after)
		survey.Create(act, survey.Identities, identity)
		if err := act.Do(ctx); !survey.Is(err, survey.Conflict) {
			return err
		}
	}
}

// UnlinkIdentity takes the binding of an account away, named by its short name, and ends
// the sessions of its person but the one in which they do it themselves: one may be of
// whoever came in by that identity. NotFound
// if there is none; Forbidden if the account would be left with no way in.
func (a *Accounts) UnlinkIdentity(ctx context.Context, actor survey.Actor, login survey.Login, name string) error {
	for {
		user, err := a.User(ctx, login)
		if err != nil {
			return err
		}
		bound, err := a.IdentitiesOf(ctx, login)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(bound, func(b Identity) bool { return b.Name() == name })
		switch {
		case i < 0:
			return survey.NewError(survey.NotFound, "unlink identity", nil)
		case user.Password == "" && len(bound) == 1 && actor.Login == login:
			return &survey.Error{Kind: survey.Forbidden, Op: "unlink identity", Key: "account.identity_last"}
		}
		after, err := survey.Clone(user)
		if err != nil {
			return err
		}
		after.notice("account.identity_unlink", actor, a.time())
		act := a.changes.Begin(actor).Entry("account.identity_unlink", "users/"+string(login), bound[i], nil)
		survey.Update(act, survey.Users, user.Rev, after)
		act.Remove(survey.Identities, bound[i].ID, bound[i].Rev)
		sessions, err := a.sessions().All(ctx)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			if s.Login == login && !(actor.Login == login && s.Name() == actor.Session) {
				act.RemoveAny(survey.Sessions, s.ID)
			}
		}
		if err := act.Do(ctx); !survey.Is(err, survey.Conflict) {
			return err
		}
	}
}

// PendingIdentity is somebody at a provider who waits for the person of the session to
// say that it is them.
type PendingIdentity struct {
	Issuer  string    `bson:"issuer"`
	Subject string    `bson:"subject"`
	Expires time.Time `bson:"expires"`
}

// OfferIdentity keeps who answered at the provider in the session, until the person
// confirms it: a browser that somebody else signed in there must not bind them.
func (a *Accounts) OfferIdentity(ctx context.Context, session Session, issuer, subject string) error {
	_, err := a.changeSession(ctx, session.ID, func(s *Session) {
		s.Pending = &PendingIdentity{Issuer: issuer, Subject: subject, Expires: a.time().Add(offerLength)}
	})
	return err
}

// TakeIdentity binds whom a session was offered. NotFound if nobody is, or not any more.
func (a *Accounts) TakeIdentity(ctx context.Context, actor survey.Actor, session Session) error {
	if session.Pending == nil || !a.now().Before(session.Pending.Expires) {
		return survey.NewError(survey.NotFound, "bind identity", nil)
	}
	if err := a.LinkIdentity(ctx, actor, session.Login, session.Pending.Issuer, session.Pending.Subject); err != nil {
		return err
	}
	_, err := a.changeSession(ctx, session.ID, func(s *Session) { s.Pending = nil })
	return err
}
