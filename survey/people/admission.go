package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"hailong/survey"
)

// Admission is the way in that an administrator gives somebody. Both are shown
// once and stored as a hash.
type Admission struct {
	Password   string // to be changed at the first sign-in
	Invitation string // for the link where a person chooses their own password
}

// admit gives a person a new way in in the place of any other.
func (a *Accounts) admit(u *User, invite bool) (Admission, error) {
	if invite {
		secret := NewSecret()
		u.Password, u.MustChange = "", false
		u.Invite = &Invite{Hash: HashSecret(secret), Expires: a.time().Add(InviteLength)}
		return Admission{Invitation: invitation(u.Login, secret)}, nil
	}
	password := NewPassword()
	hash, err := HashPassword(password)
	if err != nil {
		return Admission{}, err
	}
	u.Password, u.MustChange, u.Invite = hash, true, nil
	return Admission{Password: password}, nil
}

// Hire makes an account, with an invitation or a password. Errors: Invalid
// with its Fields, also for a login that is taken.
func (a *Accounts) Hire(ctx context.Context, actor survey.Actor, login survey.Login, name string, grant survey.Grant, invite bool) (User, Admission, error) {
	user := User{Login: login, Name: name, Grant: grant, Created: a.time()}
	if err := user.Check(); err != nil {
		return User{}, Admission{}, err
	}
	admission, err := a.admit(&user, invite)
	if err != nil {
		return User{}, Admission{}, err
	}
	user, err = survey.Change(ctx, a.changes, survey.Edit[User]{
		Collection: survey.Users, ID: string(login), Actor: actor, Action: "user.create",
		Do: func(stored *User) error {
			*stored = user
			return nil
		},
	})
	if survey.Is(err, survey.Conflict) {
		return User{}, Admission{}, survey.InvalidField("make account", "user.invalid", "login", "user.login_taken")
	}
	if err != nil {
		return User{}, Admission{}, err
	}
	return user, admission, nil
}

// Profile is what an administrator edits of a person, as a short fingerprint
// that tells whether somebody else edited it meanwhile. A sign-in changes the
// document but not the profile.
func (u User) Profile() string {
	b, _ := json.Marshal(struct { // strings alone: cannot fail
		Name  string
		Grant survey.Grant
	}{u.Name, u.Grant})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Edit changes name, role and scope of a person whose profile was seen. Errors:
// Invalid, NotFound, Conflict if somebody edited the profile since, and
// Forbidden if no administrator would be left.
func (a *Accounts) Edit(ctx context.Context, actor survey.Actor, login survey.Login, seen, name string, grant survey.Grant) (User, error) {
	edit := func(u *User) error {
		if u.Profile() != seen {
			return survey.NewError(survey.Conflict, "edit user", nil)
		}
		u.Name, u.Grant = name, grant
		return u.Check()
	}
	if grant.Role != survey.Administrator {
		user, err := a.User(ctx, login)
		if err == nil {
			err = edit(&user) // what is refused anyway announces nothing
		}
		if err == nil {
			err = a.keepAdministrator(ctx, login)
		}
		if err != nil {
			return User{}, err
		}
	}
	return a.change(ctx, actor, login, "user.edit", edit)
}

// Reset gives a person a new way in, in the place of any other: it ends their sessions
// and takes the identities at a provider away that are bound to the account.
func (a *Accounts) Reset(ctx context.Context, actor survey.Actor, login survey.Login, invite bool) (Admission, error) {
	var admission Admission
	err := a.changeAndSignOut(ctx, actor, login, "user.reset", "", func(u *User) (err error) {
		u.Devices = nil // whoever knew the old way in waits like everybody else
		u.notice("user.reset", actor, a.time())
		admission, err = a.admit(u, invite)
		return err
	}, func(act *survey.Act) error {
		bound, err := a.IdentitiesOf(ctx, login)
		for _, b := range bound {
			act.Remove(survey.Identities, b.ID, b.Rev)
		}
		return err
	})
	if err != nil {
		return Admission{}, err
	}
	return admission, nil
}

// Disable takes the way in from a person, who keeps their name in the records,
// and ends their sessions. Forbidden if no administrator would be left.
func (a *Accounts) Disable(ctx context.Context, actor survey.Actor, login survey.Login) error {
	if err := a.keepAdministrator(ctx, login); err != nil {
		return err
	}
	return a.changeAndSignOut(ctx, actor, login, "user.disable", "", func(u *User) error { u.Disabled = true; return nil })
}

// Enable undoes Disable.
func (a *Accounts) Enable(ctx context.Context, actor survey.Actor, login survey.Login) error {
	_, err := a.change(ctx, actor, login, "user.enable", func(u *User) error { u.Disabled = false; return nil })
	return err
}

// SecurityRules is what the administrator decided for everybody.
type SecurityRules struct {
	ID           string        `bson:"_id" json:"-"`
	Rev          int64         `bson:"rev" json:"-"`
	SecondFactor []survey.Role `bson:"second_factor" json:"second_factor"` // roles that must have one
}

const securityRulesID = "security"

func (a *Accounts) rules() survey.Documents[SecurityRules] {
	return survey.Documents[SecurityRules]{Store: a.store, Collection: survey.Settings}
}

// Rules returns the rules in force.
func (a *Accounts) Rules(ctx context.Context) (SecurityRules, error) {
	rules, err := a.rules().Get(ctx, securityRulesID)
	if survey.Is(err, survey.NotFound) {
		return SecurityRules{ID: securityRulesID}, nil
	}
	return rules, err
}

// SetRules replaces the rules of revision rev; Conflict if they have another.
func (a *Accounts) SetRules(ctx context.Context, actor survey.Actor, rev int64, secondFactor []survey.Role) error {
	_, err := survey.Change(ctx, a.changes, survey.Edit[SecurityRules]{
		Collection: survey.Settings, ID: securityRulesID, Seen: rev, Actor: actor, Action: "security.rules",
		Do: func(rules *SecurityRules) error {
			rules.ID, rules.SecondFactor = securityRulesID, secondFactor
			return nil
		},
	})
	return err
}

// NeedsTOTP reports whether a person must set up a second factor before
// anything else.
func (a *Accounts) NeedsTOTP(ctx context.Context, u User) (bool, error) {
	if u.TOTP != nil {
		return false, nil
	}
	rules, err := a.Rules(ctx)
	return slices.Contains(rules.SecondFactor, u.Grant.Role), err
}
