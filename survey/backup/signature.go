package backup

import (
	"crypto/ed25519"
	"encoding/base32"
	"errors"
	"strings"

	"hailong/survey/keys"
)

// SigningKey is the name of the key in the directory of keys.
const SigningKey = "backup-signing"

// signed stands before the bytes that are signed, so that a signature of this key means
// nothing elsewhere.
const signed = "hailong backup manifest\n"

// PublicKey is by whom a backup is signed, as people write it down.
type PublicKey string

var keyText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ErrKey is about a text that is no public key.
var ErrKey = errors.New("không phải khóa công khai của bản sao lưu; xem “hailong backup --public-key” / this is not the public key of backups; \"hailong backup --public-key\" shows it")

// ParsePublicKey reads a key as people type it: in capitals, with spaces.
func ParsePublicKey(s string) (PublicKey, error) {
	k := PublicKey(strings.ToLower(strings.Join(strings.Fields(s), "")))
	if k.bytes() == nil {
		return "", ErrKey
	}
	return k, nil
}

func (k PublicKey) bytes() ed25519.PublicKey {
	b, err := keyText.DecodeString(string(k))
	if err != nil || len(b) != ed25519.PublicKeySize || keyText.EncodeToString(b) != string(k) {
		return nil
	}
	return b
}

// Short is the beginning of a key, which stands in the names of files.
func (k PublicKey) Short() string { return string(k[:min(len(k), 8)]) }

// verify reports whether a signature of a manifest is by the key.
func (k PublicKey) verify(manifest, signature []byte) bool {
	key := k.bytes()
	return key != nil && ed25519.Verify(key, append([]byte(signed), manifest...), signature)
}

// Signer signs backups.
type Signer struct{ key ed25519.PrivateKey }

// NewSigner makes a signer from a secret key of the directory of keys.
func NewSigner(secret []byte) (*Signer, error) {
	if len(secret) != keys.Size {
		return nil, errors.New("the key that signs backups has another length")
	}
	return &Signer{ed25519.NewKeyFromSeed(secret)}, nil
}

// PublicKey is by which others know the signer.
func (s *Signer) PublicKey() PublicKey {
	public, _ := s.key.Public().(ed25519.PublicKey)
	return PublicKey(keyText.EncodeToString(public))
}

func (s *Signer) sign(manifest []byte) []byte {
	return ed25519.Sign(s.key, append([]byte(signed), manifest...))
}
