package exchange

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"hailong/survey"
)

// RowNumbers gives the responses of a file numbers in place of their ids.
//
// An id is known to its sender, and its first digits are the millisecond at which
// a form was opened, so that it leads from an answer to a person. A row number
// leads nowhere: it is the id under a cipher, and the key is that of the file. Two
// files number the same response in different ways, unless they were given the
// same name. Only this installation, which keeps the secret behind the keys, finds
// the id of a row again; so a file of its own is not counted a second time when it
// is read back.
type RowNumbers struct {
	name   string
	secret []byte
}

// fileName is what a file may be named: it stands in front of its row numbers.
var fileName = regexp.MustCompile(`^[0-9A-Z]{1,12}$`)

// base32Digits are those of Crockford's base 32: no letter is taken for a digit.
var base32Digits = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// checkBytes of a row number tell a number of this installation from others.
const checkBytes = 4

// NewRowNumbers prepares the numbers of a file. The same name gives the same
// numbers, so that later files continue earlier ones; without a name one is made
// up. actor is who made the first file: the secret is made for it. The error is
// Invalid where a name is not 1 to 12 letters A to Z and digits.
func NewRowNumbers(ctx context.Context, changes *survey.Changes, actor survey.Actor, name string) (*RowNumbers, error) {
	if name == "" {
		var random [5]byte
		_, _ = rand.Read(random[:]) // crypto/rand never fails since Go 1.24
		name = base32Digits.EncodeToString(random[:])
	}
	if !fileName.MatchString(name) {
		return nil, &survey.Error{Kind: survey.Invalid, Op: "number rows", Key: "export.bad_name", Args: []any{name}}
	}
	secret, err := secretOf(ctx, changes.Store)
	for survey.Is(err, survey.NotFound) {
		if err = makeSecret(ctx, changes, actor); err == nil || survey.Is(err, survey.Conflict) { // Conflict: another export was first
			secret, err = secretOf(ctx, changes.Store)
		}
	}
	return &RowNumbers{name, secret}, err
}

// Name is the name of the file: what stands in front of each number.
func (n *RowNumbers) Name() string { return n.name }

// exportSecret is the secret behind the row numbers of all files.
type exportSecret struct {
	ID  string `bson:"_id"`
	Rev int64  `bson:"rev"`
	Key string `bson:"key"` // 256 bits in base 64
}

const exportSecretID = "export"

// secretOf reads the secret of the installation; NotFound where none was made.
func secretOf(ctx context.Context, store survey.Store) ([]byte, error) {
	kept, err := survey.Documents[exportSecret]{Store: store, Collection: survey.Settings}.Get(ctx, exportSecretID)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(kept.Key)
}

// makeSecret makes the secret of the installation, which is never changed.
func makeSecret(ctx context.Context, changes *survey.Changes, actor survey.Actor) error {
	var key [sha256.Size]byte
	_, _ = rand.Read(key[:])
	_, err := survey.Change(ctx, changes, survey.Edit[exportSecret]{
		Collection: survey.Settings, ID: exportSecretID, Actor: actor, Action: "export.secret",
		Do: func(s *exportSecret) error {
			s.ID, s.Key = exportSecretID, base64.StdEncoding.EncodeToString(key[:])
			return nil
		},
		Show: func(*exportSecret) any { return struct{}{} }, // never the key
	})
	return err
}

// cipherOf is the cipher of a file, and the key of its check digits.
func cipherOf(secret []byte, name string) (block cipher.Block, check []byte) {
	derive := func(use string) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(use + "\x00" + name))
		return mac.Sum(nil)
	}
	block, _ = aes.NewCipher(derive("row number")) // 32 bytes are a key
	return block, derive("check of a row number")
}

// checkOf are the check digits of a hidden id.
func checkOf(key, hidden []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(hidden)
	return mac.Sum(nil)[:checkBytes]
}

// rowNumber is the number of a row: NAME-32 digits.
type rowNumber struct {
	hidden [16]byte
	text   string
}

// numbering numbers the rows of one file.
type numbering struct {
	name  string
	block cipher.Block
	check []byte
}

func (n *RowNumbers) numbering() numbering {
	block, check := cipherOf(n.secret, n.name)
	return numbering{n.name, block, check}
}

// of is the number of a response.
func (n *numbering) of(id uuid.UUID) rowNumber {
	var r rowNumber
	n.block.Encrypt(r.hidden[:], id[:])
	r.text = n.name + "-" + base32Digits.EncodeToString(append(r.hidden[:], checkOf(n.check, r.hidden[:])...))
	return r
}

// knownRow is the id behind a row number of this installation.
func knownRow(secret []byte, given string) (id uuid.UUID, ok bool) {
	name, digits, found := strings.Cut(given, "-")
	if !found || len(secret) == 0 || !fileName.MatchString(name) {
		return id, false
	}
	raw, err := base32Digits.DecodeString(digits)
	if err != nil || len(raw) != len(id)+checkBytes {
		return id, false
	}
	block, check := cipherOf(secret, name)
	if !hmac.Equal(raw[len(id):], checkOf(check, raw[:len(id)])) {
		return id, false
	}
	block.Decrypt(id[:], raw[:len(id)])
	return id, true
}
