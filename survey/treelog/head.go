package treelog

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"hailong/survey"
	"hailong/survey/keys"
)

// SigningKey is the name of the key in the directory of keys.
const SigningKey = "log-signing"

// origin is the first line of every head, and the name of the key that signs it. Which
// installation it is, is told by the key.
const origin = "hailong/log"

// longestHead bounds what is read as a head.
const longestHead = 4 << 10

// Errors about heads that somebody else gave.
var (
	ErrKey    = errors.New("không phải khóa kiểm chứng của sổ đối chứng / this is not the key that verifies a log")
	ErrHead   = errors.New("không phải đầu sổ đối chứng / this is not the head of a log")
	ErrSigned = errors.New("đầu sổ đối chứng không có chữ ký của khóa này / the head of the log is not signed by this key")
)

// HeadSigner signs heads.
type HeadSigner struct {
	key      ed25519.PrivateKey
	verifier note.Verifier
	text     string
}

// NewSigner makes a signer from a secret key of the directory of keys.
func NewSigner(secret []byte) (*HeadSigner, error) {
	if len(secret) != keys.Size {
		return nil, errors.New("the key that signs the log has another length")
	}
	key := ed25519.NewKeyFromSeed(secret)
	public, _ := key.Public().(ed25519.PublicKey)
	text, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(text)
	return &HeadSigner{key, verifier, text}, err
}

// Name implements note.Signer.
func (s *HeadSigner) Name() string { return s.verifier.Name() }

// KeyHash implements note.Signer.
func (s *HeadSigner) KeyHash() uint32 { return s.verifier.KeyHash() }

// Sign implements note.Signer.
func (s *HeadSigner) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.key, text), nil }

// Head is a tree with a signature.
func (s *HeadSigner) Head(t Tree) (survey.LogHead, error) {
	signed, err := note.Sign(&note.Note{Text: headText(t)}, s)
	return survey.LogHead{Size: t.Size, Root: t.Root.String(), Signed: string(signed), Key: s.text}, err
}

// headText is what is signed of a tree.
func headText(t Tree) string { return fmt.Sprintf("%s\n%d\n%s\n", origin, t.Size, t.Root) }

// OpenHead reads a signed head and verifies it with a key, as people copy keys. Errors:
// ErrKey, ErrHead and ErrSigned.
func OpenHead(signed, key string) (survey.LogHead, Tree, error) {
	key = strings.TrimSpace(key)
	verifier, err := note.NewVerifier(key)
	if err != nil || verifier.Name() != origin {
		return survey.LogHead{}, Tree{}, ErrKey
	}
	if len(signed) > longestHead {
		return survey.LogHead{}, Tree{}, ErrHead
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if foreign := (*note.UnverifiedNoteError)(nil); errors.As(err, &foreign) {
		return survey.LogHead{}, Tree{}, ErrSigned
	}
	if wrong := (*note.InvalidSignatureError)(nil); errors.As(err, &wrong) {
		return survey.LogHead{}, Tree{}, ErrSigned
	}
	if err != nil {
		return survey.LogHead{}, Tree{}, ErrHead
	}
	t, err := parseTree(opened.Text)
	if err != nil {
		return survey.LogHead{}, Tree{}, err
	}
	// Bits of base64 that mean nothing could be changed otherwise, and lines be added.
	signature, err := base64.StdEncoding.Strict().DecodeString(opened.Sigs[0].Base64)
	if err != nil || signed != headText(t)+"\n— "+origin+" "+base64.StdEncoding.EncodeToString(signature)+"\n" {
		return survey.LogHead{}, Tree{}, ErrHead
	}
	return survey.LogHead{Size: t.Size, Root: t.Root.String(), Signed: signed, Key: key}, t, nil
}

// parseTree reads the text of a head.
func parseTree(text string) (Tree, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != origin {
		return Tree{}, ErrHead
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Tree{}, ErrHead
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Tree{}, ErrHead
	}
	return Tree{size, root}, nil
}
