package people

import (
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

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
	admin := User{Login: FirstAdministrator, Name: "Quản trị hệ thống"}
	hash, err := hashFor(ctx, changes.Store, &admin, password)
	if err != nil {
		return "", err
	}
	_, err = survey.Change(ctx, changes, survey.Edit[User]{
		Collection: survey.Users, ID: string(FirstAdministrator), Actor: survey.Actor{Shell: "serve"}, Action: "user.create",
		Do: func(u *User) error {
			*u = User{
				Login: admin.Login, Name: admin.Name, Grant: survey.Grant{Role: survey.Administrator},
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
