package people

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/ccojocar/zxcvbn-go"

	"hailong/survey"
)

// Password is an argon2id hash in its usual text form. Empty: the account has
// none and cannot sign in with one.
type Password string

// MinPassword is the least number of characters; NIST SP 800-63B asks for 8,
// and length is the only rule it recommends.
const MinPassword = 10

// How a password is judged. The estimator is zxcvbn (Wheeler, USENIX Security 2016), in
// the port that gosec keeps: of those in Go it alone had a release within the last years,
// and it carries the lists of words and of the passwords that are used most.
const (
	minStrength = 3  // of 0 to 4: more than 10⁸ guesses
	judgedRunes = 64 // what comes after is not judged: it only adds, and time grows with the square
)

// passwordCost follows OWASP's recommendation for argon2id (19 MiB, two
// passes, one lane): small enough that a burst of sign-ins does not exhaust a
// small server's memory.
var passwordCost = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// officeWords are what people in offices here put into passwords, without accents, the
// likeliest first: the lists of the estimator know no Vietnamese.
const officeWords = `matkhau hailong ubnd motcua hanhchinh hanhchinhcong vietnam admin quantri bophanmotcua
uyban uybannhandan hdnd noivu phongnoivu giaoduc caicach cchc congchuc vienchuc canbo khaosat sipas dichvucong
tthc thutuc vanphong buudien mattran chinhquyen nhandan xa phuong huyen tinh laichau muongte muong
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly lo vang giang sung thao lu po chang pham
thi van anh lan hoa huong hong hung dung tuan minh thanh linh trang thao hien hanh hai long nam son tien thuy thu
phuong ngoc mai nga nhung quang quan khanh khoa duc dat cuong chien binh bao an ha hang yen xuan tam trung viet
thang thinh phuc loc tho toan tu tung vinh dinh kien giang lam nhat quynh uyen vy my chi diep dao cuc sen
anhyeuem iloveyou xinchao camon hanhphuc thuongyeu giadinh conyeu`

// guessable reports whether a password is among those that are tried early. words are
// what somebody would try who knows the person and the place.
func guessable(password string, words []string) bool {
	inputs := strings.Fields(officeWords)
	for _, word := range words {
		folded := strings.FieldsFunc(asciiOf(word), func(r rune) bool { return !isLetterOrDigit(r) })
		inputs = append(inputs, strings.Join(folded, ""))
		inputs = append(inputs, folded...)
	}
	for _, signs := range [][]string{{"o", "0"}, {"a", "4"}, {"i", "1"}} { // as people write letters by digits
		for _, word := range inputs[:len(inputs):len(inputs)] {
			if written := strings.ReplaceAll(word, signs[0], signs[1]); written != word {
				inputs = append(inputs, written)
			}
		}
	}
	judged := asciiOf(password)
	// Accents and signs between words are the first that whoever guesses leaves out; what
	// remains is a lower bound, and asked for less.
	joined := strings.Map(func(r rune) rune {
		if isLetterOrDigit(r) {
			return r
		}
		return -1
	}, judged)
	return zxcvbn.PasswordStrength(judged, inputs).Score < minStrength ||
		len(joined) > len(judged)/2 && zxcvbn.PasswordStrength(joined, inputs).Score < minStrength-1
}

func isLetterOrDigit(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }

// asciiOf writes the beginning of a text without accents and capitals, as the estimator
// knows it. A letter of another script becomes a sign.
func asciiOf(s string) string {
	if utf8.RuneCountInString(s) > judgedRunes {
		s = string([]rune(s)[:judgedRunes])
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		return '!' + r%15
	}, survey.Fold(s))
}

// HashPassword returns the hash of a password, or Invalid if it is too short or
// too easy to guess for somebody who knows the words.
func HashPassword(password string, words ...string) (Password, error) {
	refused := func(key string, args ...any) error {
		return &survey.Error{
			Kind: survey.Invalid, Op: "set password", Key: key, Args: args,
			Fields: survey.Fields{"password": {Key: key, Args: args}},
		}
	}
	if utf8.RuneCountInString(password) < MinPassword {
		return "", refused("user.password_short", MinPassword)
	}
	if guessable(password, words) {
		return "", refused("user.password_common")
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

// placesKnown bounds the place names that a password is compared with.
const placesKnown = 500

// hashFor is HashPassword for somebody: their names, and the places of the catalogue, are
// what is tried first. Schools, of which there are many, are left out.
func hashFor(ctx context.Context, store survey.Store, user *User, password string) (Password, error) {
	units, err := (survey.Documents[survey.Unit]{Store: store, Collection: survey.Units}).All(ctx)
	if err != nil {
		return "", err
	}
	words := []string{string(user.Login), user.Name}
	for i := range units {
		if units[i].Kind != survey.School && len(words) < placesKnown {
			words = append(words, units[i].Name.In(survey.Vietnamese))
		}
	}
	return HashPassword(password, words...)
}
