package survey

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Token lets a program use the JSON interface, with a role and a scope, until a
// day. The program holds the secret; the store holds its hash.
type Token struct {
	ID      string    `bson:"_id" json:"-"` // hash of the secret
	Rev     int64     `bson:"rev" json:"-"`
	Name    string    `bson:"name" json:"name"` // which program it is for
	Grant   Grant     `bson:"grant" json:"grant"`
	By      Login     `bson:"by,omitempty" json:"by,omitempty"` // who made it
	Created time.Time `bson:"created" json:"created"`
	Expires Date      `bson:"expires,omitempty" json:"expires,omitempty"` // the last day it is good for; empty: no end
	Used    Date      `bson:"used,omitempty" json:"used,omitempty"`       // the last day it was used
	Revoked time.Time `bson:"revoked,omitempty" json:"revoked,omitzero"`
}

// ShortID is the part of the id that may be shown.
func (t Token) ShortID() string { return shortName(t.ID) }

// Live reports whether the token opens anything.
func (t Token) Live(now time.Time) bool {
	return t.Revoked.IsZero() && (t.Expires == "" || DateOf(now) <= t.Expires)
}

// tokenPrefix lets people and scanners of source code recognise a token.
const tokenPrefix = "hailong_"

func (a *Accounts) tokens() Table[Token] { return Table[Token]{a.store, Tokens} }

// AllTokens returns every token, revoked ones too, the newest first.
func (a *Accounts) AllTokens(ctx context.Context) ([]Token, error) {
	all, err := a.tokens().All(ctx)
	slices.SortFunc(all, func(x, y Token) int { return y.Created.Compare(x.Created) })
	return all, err
}

// IssueToken makes a token and returns its secret, which is nowhere else.
// Invalid names the field that is wrong.
func (a *Accounts) IssueToken(ctx context.Context, actor Actor, name string, grant Grant, expires Date) (secret string, err error) {
	name = strings.TrimSpace(name)
	fields := map[string]Message{}
	if n := utf8.RuneCountInString(name); n < 1 || n > 100 {
		fields["name"] = Message{Key: "token.bad_name"}
	}
	if expires != "" && (!expires.Valid() || expires < DateOf(a.now())) {
		fields["expires"] = Message{Key: "token.bad_expires"}
	}
	grant.check(fields)
	if len(fields) > 0 {
		return "", &Error{Kind: Invalid, Op: "issue token", Key: "token.invalid", Fields: fields}
	}
	secret = tokenPrefix + NewSecret()
	token := Token{ID: HashSecret(secret), Rev: 1, Name: name, Grant: grant, By: actor.Login, Created: a.time(), Expires: expires}
	if err := a.tokens().Insert(ctx, token); err != nil {
		return "", err
	}
	return secret, a.audit.Record(ctx, actor, "token.create", "tokens/"+token.ShortID(), nil, token)
}

// Token returns the token of a secret, or Unauthenticated, and notes the day
// it was used.
func (a *Accounts) Token(ctx context.Context, secret string) (Token, error) {
	token, err := a.tokens().Get(ctx, HashSecret(secret))
	switch {
	case err != nil && KindOf(err) != NotFound:
		return Token{}, err
	case err != nil || !token.Live(a.now()):
		return Token{}, &Error{Kind: Unauthenticated, Op: "check token", Key: "token.refused"}
	}
	if today := DateOf(a.now()); token.Used != today {
		used := token
		used.Used, used.Rev = today, token.Rev+1
		// Of several requests of the day one notes it.
		if err := a.tokens().Replace(ctx, token.Rev, used); err != nil && KindOf(err) != Conflict {
			return Token{}, err
		}
	}
	return token, nil
}

// Actor is the token as the audit log names it.
func (t Token) Actor() Actor { return Actor{Token: t.ShortID()} }

// RevokeToken ends a token, named by its id or the beginning that is shown.
// NotFound if there is none, or several.
func (a *Accounts) RevokeToken(ctx context.Context, actor Actor, short string) error {
	for {
		all, err := a.tokens().All(ctx)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(t Token) bool { return len(short) < sessionNameSize || !strings.HasPrefix(t.ID, short) })
		if len(all) != 1 {
			return &Error{Kind: NotFound, Op: "revoke token", Key: "token.unknown"}
		}
		before := all[0]
		if !before.Revoked.IsZero() {
			return nil
		}
		after := before
		after.Revoked, after.Rev = a.time(), before.Rev+1
		err = a.tokens().Replace(ctx, before.Rev, after)
		if err != nil && KindOf(err) == Conflict { // it was used meanwhile
			continue
		}
		if err != nil {
			return err
		}
		return a.audit.Record(ctx, actor, "token.revoke", "tokens/"+before.ShortID(), before, after)
	}
}
