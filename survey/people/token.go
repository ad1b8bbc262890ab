package people

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hailong/survey"
)

// Token lets a program use the JSON interface, with a role and a scope, until a
// day. The program holds the secret; the store holds its hash.
type Token struct {
	ID      string       `bson:"_id" json:"-"` // hash of the secret
	Rev     int64        `bson:"rev" json:"-"`
	Name    string       `bson:"name" json:"name"` // which program it is for
	Grant   survey.Grant `bson:"grant" json:"grant"`
	By      survey.Login `bson:"by,omitempty" json:"by,omitempty"` // who made it
	Created time.Time    `bson:"created" json:"created"`
	Expires survey.Date  `bson:"expires,omitempty" json:"expires,omitempty"` // the last day it is good for; empty: no end
	Used    survey.Date  `bson:"used,omitempty" json:"used,omitempty"`       // the last day it was used
	Revoked time.Time    `bson:"revoked,omitempty" json:"revoked,omitzero"`
}

// ShortID is the part of the id that may be shown.
func (t Token) ShortID() string { return shortName(t.ID) }

// Live reports whether the token opens anything.
func (t Token) Live(now time.Time) bool {
	return t.Revoked.IsZero() && (t.Expires == "" || survey.DateOf(now) <= t.Expires)
}

// tokenPrefix lets people and scanners of source code recognise a token.
const tokenPrefix = "hailong_"

func (a *Accounts) tokens() survey.Documents[Token] {
	return survey.Documents[Token]{Store: a.store, Collection: survey.Tokens}
}

// AllTokens returns every token, revoked ones too, the newest first.
func (a *Accounts) AllTokens(ctx context.Context) ([]Token, error) {
	all, err := a.tokens().All(ctx)
	slices.SortFunc(all, func(x, y Token) int { return y.Created.Compare(x.Created) })
	return all, err
}

// IssueToken makes a token and returns its secret, which is nowhere else.
// Invalid names the field that is wrong.
func (a *Accounts) IssueToken(ctx context.Context, actor survey.Actor, name string, grant survey.Grant, expires survey.Date) (secret string, err error) {
	name = strings.TrimSpace(name)
	fields := survey.Fields{}
	if n := utf8.RuneCountInString(name); n < 1 || n > 100 {
		fields.Add("name", "token.bad_name")
	}
	if expires != "" && (!expires.Valid() || expires < survey.DateOf(a.now())) {
		fields.Add("expires", "token.bad_expires")
	}
	grant.Check(fields)
	if err := fields.Err("issue token", "token.invalid"); err != nil {
		return "", err
	}
	secret = tokenPrefix + NewSecret()
	token := Token{ID: HashSecret(secret), Name: name, Grant: grant, By: actor.Login, Created: a.time(), Expires: expires}
	_, err = a.changeToken(ctx, actor, "token.create", token, func(stored *Token) { *stored = token })
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Token returns the token of a secret, or Unauthenticated, and notes the day
// it was used.
func (a *Accounts) Token(ctx context.Context, secret string) (Token, error) {
	token, err := a.tokens().Get(ctx, HashSecret(secret))
	switch {
	case err != nil && !survey.Is(err, survey.NotFound):
		return Token{}, err
	case err != nil || !token.Live(a.now()):
		return Token{}, &survey.Error{Kind: survey.Unauthenticated, Op: "check token", Key: "token.refused"}
	}
	if today := survey.DateOf(a.now()); token.Used != today {
		err := survey.Mark(ctx, a.changes, survey.Tokens, token.ID, func(t *Token) bool {
			noted := t.Used == today // by another request of the day
			t.Used = today
			return !noted
		})
		if err != nil {
			return Token{}, err
		}
	}
	return token, nil
}

// Actor is the token as the audit log names it.
func (t Token) Actor() survey.Actor { return survey.Actor{Token: t.ShortID()} }

// TokenMakers tells who made each token, revoked ones too: both as Actor.String writes
// them. Whoever made one may know its secret, so that what a program says is what they
// say. One that nobody who signs in made is not there.
func (a *Accounts) TokenMakers(ctx context.Context) (map[string]string, error) {
	all, err := a.tokens().All(ctx)
	makers := map[string]string{}
	for _, t := range all {
		if t.By != "" {
			makers[t.Actor().String()] = survey.Actor{Login: t.By}.String()
		}
	}
	return makers, err
}

// RevokeToken ends a token, named by its id or the beginning that is shown.
// NotFound if there is none, or several.
func (a *Accounts) RevokeToken(ctx context.Context, actor survey.Actor, short string) error {
	for {
		all, err := a.tokens().All(ctx)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(t Token) bool { return len(short) < sessionNameSize || !strings.HasPrefix(t.ID, short) })
		if len(all) != 1 {
			return &survey.Error{Kind: survey.NotFound, Op: "revoke token", Key: "token.unknown"}
		}
		before := all[0]
		if !before.Revoked.IsZero() {
			return nil
		}
		_, err = a.changeToken(ctx, actor, "token.revoke", before, func(t *Token) { t.Revoked = a.time() })
		if !survey.Is(err, survey.Conflict) { // Conflict: it was used meanwhile
			return err
		}
	}
}

// changeToken changes a token as it was seen. The log names it by its short name.
func (a *Accounts) changeToken(ctx context.Context, actor survey.Actor, action survey.Action, seen Token, do func(*Token)) (Token, error) {
	return survey.Change(ctx, a.changes, survey.Edit[Token]{
		Collection: survey.Tokens, ID: seen.ID, Seen: seen.Rev, Actor: actor, Action: action, Subject: "tokens/" + seen.ShortID(),
		Do: func(t *Token) error {
			do(t)
			return nil
		},
	})
}
