package people

import (
	"errors"
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"

	"hailong/survey"
)

func TestPassword(t *testing.T) {
	t.Parallel()
	const right = "Ngựa ăn cỏ"
	hash, err := HashPassword(right)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(hash), right) || !strings.HasPrefix(string(hash), "$argon2id$") {
		t.Errorf("not an argon2id hash: %s", hash)
	}
	if !hash.Matches(right) {
		t.Error("the right password does not match")
	}
	for _, wrong := range []string{"", right + " ", strings.ToUpper(right)} {
		if hash.Matches(wrong) {
			t.Errorf("%q matches", wrong)
		}
	}
	if Password("").Matches("") {
		t.Error("an account without a password takes the empty one")
	}
	_, err = HashPassword("ngắn")
	var e *survey.Error
	if !errors.As(err, &e) || e.Kind != survey.Invalid || e.Fields["password"].Key == "" {
		t.Errorf("short password: %v", err)
	}
}

// A guess for an unknown login must cost as much as one for a known login.
func TestNobodyIsCompared(t *testing.T) {
	t.Parallel()
	params, _, _, err := argon2id.DecodeHash(string(nobody))
	if err != nil || *params != passwordCost {
		t.Errorf("%+v %v, want %+v", params, err, passwordCost)
	}
	if nobody.Matches("") || nobody.Matches("nobody") {
		t.Error("a password matches that of nobody")
	}
}

func TestNewPassword(t *testing.T) {
	t.Parallel()
	a, b := NewPassword(), NewPassword()
	if a == b {
		t.Error("the same password twice")
	}
	if _, err := HashPassword(a); err != nil {
		t.Errorf("%q is refused: %v", a, err)
	}
}

func TestUserCheck(t *testing.T) {
	t.Parallel()
	good := User{Login: "lan.nt", Name: "Nguyễn Thị Lan", Grant: survey.Grant{Role: survey.Surveyor}}
	tests := []struct {
		name   string
		change func(*User)
		field  string
	}{
		{"Good", func(*User) {}, ""},
		{"LoginWithSpace", func(u *User) { u.Login = "lan nt" }, "login"},
		{"LoginEmpty", func(u *User) { u.Login = "" }, "login"},
		{"LoginUpper", func(u *User) { u.Login = "Lan" }, "login"},
		{"NoName", func(u *User) { u.Name = "  " }, "name"},
		{"NoRole", func(u *User) { u.Grant.Role = "" }, "role"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := good
			tt.change(&u)
			err := u.Check()
			if tt.field == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var e *survey.Error
			if !errors.As(err, &e) || e.Fields[tt.field].Key == "" {
				t.Errorf("no message at %s: %v", tt.field, err)
			}
		})
	}
}

func TestCommonPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	places := []string{"lan.nt", "Nguyễn Thị Lan", "Xã Mù Cả", "UBND xã Bum Tở"}
	for _, password := range []string{
		"1234567890", "0987654321", "aaaaaaaaaaaa", "qwertyuiop", "Qwerty123456", "abcdefghij", "Password123!", "matkhau@2026",
		"ubndxamuca2026", "UBND xã Mù Cả 2026", "Nguyễn Thị Lan 1990", "hailong2026!", "motcua@123456", "M0tcua@2026", "lan.nt.2026", "HanhChinhCong1",
		"xabumto12345", "anhyeuem2026", "iloveyou1234", "letmein12345", "trustno1trustno1",
	} {
		if _, err := HashPassword(password, places...); !survey.Is(err, survey.Invalid) {
			t.Errorf("%q: %v", password, err)
		}
	}
	for _, password := range []string{"bo cau bay cao", "vui-2026-nhe-em", "đủ dài để dùng", "ngựa ăn cỏ trên mái nhà", "ຂໍຂອບໃຈຫຼາຍໆເດີ້", NewPassword()} {
		if _, err := HashPassword(password, places...); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
}

// However long what somebody types is, judging it is bounded work on bounded text.
func TestAsciiOfIsBounded(t *testing.T) {
	t.Parallel()
	if n := len(asciiOf(strings.Repeat("Ễ ạ 1 中 ", 1<<16))); n > judgedRunes {
		t.Errorf("%d characters are judged, want at most %d", n, judgedRunes)
	}
}
