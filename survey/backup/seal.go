package backup

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// sealStart begins every sealed backup.
const sealStart = "age-encryption.org/v1\n"

// ErrSealed is about a sealed backup without an identity that opens it.
var ErrSealed = errors.New("bản sao lưu đã niêm phong; xin chỉ tệp khóa mở bằng --identity TỆP / the backup is sealed; name the file of an identity that opens it with --identity FILE")

// ErrIdentity is about an identity that does not open a sealed backup.
var ErrIdentity = errors.New("khóa trong --identity không mở được bản sao lưu này; nó được niêm phong cho khóa khác / the identity does not open this backup; it is sealed for another one")

// Recipients reads for whom a backup is sealed: keys ("age1…"), and names of files with
// a key on each line.
func Recipients(given []string) ([]age.Recipient, error) {
	var all []age.Recipient
	for _, g := range given {
		text := io.Reader(strings.NewReader(g))
		if !strings.HasPrefix(g, "age1") {
			file, err := os.Open(g) //nolint:gosec // the operator names it
			if err != nil {
				return nil, fmt.Errorf("%[1]q không phải khóa age1… và không phải tệp / %[1]q is neither a key age1… nor a file: %[2]w", g, err)
			}
			defer func() { _ = file.Close() }()
			text = file
		}
		recipients, err := age.ParseRecipients(text)
		if err != nil {
			return nil, fmt.Errorf("%[1]q: không đọc được khóa niêm phong / no key of a recipient: %[2]w", g, err)
		}
		all = append(all, recipients...)
	}
	return all, nil
}

// Identities reads the file that opens sealed backups. Its content is not repeated in an
// error.
func Identities(path string) ([]age.Identity, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	identities, err := age.ParseIdentities(file)
	if err != nil {
		return nil, fmt.Errorf("%[1]s không có khóa mở (AGE-SECRET-KEY-…) / %[1]s holds no identity (AGE-SECRET-KEY-…)", path)
	}
	return identities, nil
}

// seal seals what is written for the recipients. The identity that it returns opens the
// file too, so that whoever wrote it can read it back; it is in memory only.
func seal(w io.Writer, recipients []age.Recipient) (io.WriteCloser, age.Identity, error) {
	for _, r := range recipients {
		if _, ok := r.(*age.HybridRecipient); ok {
			own, err := age.GenerateHybridIdentity()
			if err != nil {
				return nil, nil, err
			}
			sealed, err := age.Encrypt(w, append(recipients[:len(recipients):len(recipients)], own.Recipient())...)
			return sealed, own, err
		}
	}
	own, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, nil, err
	}
	sealed, err := age.Encrypt(w, append(recipients[:len(recipients):len(recipients)], own.Recipient())...)
	return sealed, own, err
}

// unseal opens a sealed backup.
func unseal(r io.ReaderAt, size int64, identities []age.Identity) (io.ReaderAt, int64, error) {
	if len(identities) == 0 {
		return nil, 0, ErrSealed
	}
	clear, n, err := age.DecryptReaderAt(r, size, identities...)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return nil, 0, ErrIdentity
	case err != nil:
		return nil, 0, fmt.Errorf("%w (%w)", ErrNotWhole, err)
	}
	return clear, n, nil
}
