package people

import (
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/codes"
)

// User is a member of staff.
type User struct {
	Login      survey.Login  `bson:"_id" json:"login"`
	Rev        int64         `bson:"rev" json:"-"`
	Name       string        `bson:"name" json:"name"`
	Grant      survey.Grant  `bson:"grant" json:"grant"`
	Password   Password      `bson:"password" json:"-"`
	MustChange bool          `bson:"must_change,omitempty" json:"must_change,omitempty"` // the password was made by somebody else
	Disabled   bool          `bson:"disabled,omitempty" json:"disabled,omitempty"`
	Lang       survey.Lang   `bson:"lang,omitempty" json:"lang,omitempty"`
	Invite     *Invite       `bson:"invite,omitempty" json:"-"`  // not yet taken up
	TOTP       *TOTP         `bson:"totp,omitempty" json:"-"`    // second factor
	Devices    []KnownDevice `bson:"devices,omitempty" json:"-"` // where they signed in before
	Notices    []Notice      `bson:"notices,omitempty" json:"-"`
	Created    time.Time     `bson:"created" json:"created"`
}

// Password is an argon2id hash in its usual text form. Empty: the account has
// none and cannot sign in with one.
type Password string

// MinPassword is the least number of characters; NIST SP 800-63B asks for 8,
// and length is the only rule it recommends.
const MinPassword = 10

// passwordCost follows OWASP's recommendation for argon2id (19 MiB, two
// passes, one lane): small enough that a burst of sign-ins does not exhaust a
// small server's memory.
var passwordCost = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// guessable reports whether a password is among the first that anybody tries:
// fewer than four different characters, digits alone, or a run along the
// keyboard or the alphabet with nothing but digits or signs added.
func guessable(password string) bool {
	different, letters := map[rune]bool{}, strings.Builder{}
	for _, r := range strings.ToLower(password) {
		different[r] = true
		if unicode.IsLetter(r) {
			letters.WriteRune(r)
		}
	}
	word := letters.String()
	if len(different) < 4 || word == "" && !strings.ContainsFunc(password, func(r rune) bool { return !unicode.IsDigit(r) }) {
		return true
	}
	for _, common := range []string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qazwsxedcrfvtgbyhnujmikolp"} {
		if len(word) >= 3 && strings.HasPrefix(common, word) {
			return true
		}
	}
	return slices.Contains([]string{"password", "passw", "matkhau", "admin", "administrator", "iloveyou", "hailong", "vietnam", "welcome"}, word)
}

// HashPassword returns the hash of a password, or Invalid if it is too short or
// too easy to guess.
func HashPassword(password string) (Password, error) {
	if utf8.RuneCountInString(password) < MinPassword {
		return "", &survey.Error{
			Kind: survey.Invalid, Op: "set password", Key: "user.password_short", Args: []any{MinPassword},
			Fields: survey.Fields{"password": {Key: "user.password_short", Args: []any{MinPassword}}},
		}
	}
	if guessable(password) {
		return "", &survey.Error{
			Kind: survey.Invalid, Op: "set password", Key: "user.password_common",
			Fields: survey.Fields{"password": {Key: "user.password_common"}},
		}
	}
	cost := passwordCost
	hash, err := argon2id.CreateHash(password, &cost)
	if err != nil {
		return "", survey.NewError(survey.Internal, "hash password", err)
	}
	return Password(hash), nil
}

// Matches reports whether password is the one hashed.
func (p Password) Matches(password string) bool {
	if p == "" {
		return false
	}
	ok, err := argon2id.ComparePasswordAndHash(password, string(p))
	return ok && err == nil
}

// NewPassword makes a password that is easy to read out and to type: four
// groups of four characters, 80 bits.
func NewPassword() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails since Go 1.24
	return strings.ToLower(codes.Groups(codes.Characters(b[:]), 4))
}

var loginPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

// Check returns Invalid, with a message per field, if the user breaks a rule.
func (u User) Check() error {
	fields := survey.Fields{}
	if !loginPattern.MatchString(string(u.Login)) {
		fields.Add("login", "user.bad_login")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(u.Name)); n < 1 || n > 100 {
		fields.Add("name", "user.bad_name")
	}
	u.Grant.Check(fields)
	return fields.Err("check user", "user.invalid")
}

// FirstAdministrator is the login of the account made on an empty store.
const FirstAdministrator survey.Login = "admin"

// EnsureAdministrator makes the first administrator if the store has no user.
// With an empty password it makes one and returns it; it is shown once and must
// be changed at the first sign-in. It returns "" where there is nothing to
// show.
func EnsureAdministrator(ctx context.Context, changes *survey.Changes, password string) (string, error) {
	errFound := errors.New("there is a user")
	switch err := changes.Store.Scan(ctx, survey.Users, "", "", func(bson.Raw) error { return errFound }); {
	case errors.Is(err, errFound):
		return "", nil
	case err != nil:
		return "", err
	}
	show := ""
	if password == "" {
		password = NewPassword()
		show = password
	}
	hash, err := HashPassword(password)
	if err != nil {
		return "", err
	}
	_, err = survey.Change(ctx, changes, survey.Edit[User]{
		Collection: survey.Users, ID: string(FirstAdministrator), Actor: survey.Actor{Shell: "serve"}, Action: "user.create",
		Do: func(u *User) error {
			*u = User{
				Login: FirstAdministrator, Name: "Quản trị hệ thống", Grant: survey.Grant{Role: survey.Administrator},
				Password: hash, MustChange: show != "", Created: changes.Now().UTC().Truncate(time.Millisecond),
			}
			return nil
		},
	})
	if survey.Is(err, survey.Conflict) { // another replica was first
		return "", nil
	}
	return show, err
}
