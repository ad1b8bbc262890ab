package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hailong/survey"
	"hailong/survey/keys"
)

// KeysOption is the flag that names the directory of keys.
type KeysOption struct {
	Dir string
}

// AddKeysFlag gives a command its --keys flag.
func AddKeysFlag(cmd *cobra.Command) *KeysOption {
	o := &KeysOption{}
	cmd.Flags().StringVar(&o.Dir, "keys", "", "thư mục khóa bí mật, không bao giờ có trong bản sao lưu; không ghi thì nằm cạnh tệp bbolt (hailong.keys); với MongoDB thì bắt buộc, và chung cho mọi máy chủ / directory of secret keys, never in a backup; without it beside the bbolt file (hailong.keys); needed with MongoDB, the same for all servers")
	return o
}

// errNoKeys is about a MongoDB, which has no place beside it.
var errNoKeys = errors.New("kho MongoDB cần --keys THƯ-MỤC, nằm ngoài MongoDB và chung cho mọi máy chủ / a MongoDB store needs --keys DIR, outside MongoDB and the same for all servers")

// Open opens the keys that go with a store, and makes the directory where there is
// none.
func (o *KeysOption) Open(store *StoreOption) (*keys.Keys, error) {
	dir, err := o.place(store)
	if err != nil {
		return nil, err
	}
	if dir == "" {
		return nil, Misused(errNoKeys)
	}
	return keys.Open(dir)
}

// OpenExisting is Open that makes no directory; nil where there is none.
func (o *KeysOption) OpenExisting(store *StoreOption) (*keys.Keys, error) {
	dir, err := o.place(store)
	if err != nil || dir == "" {
		return nil, err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if o.Dir != "" {
			return nil, Misused(fmt.Errorf("--keys: không có thư mục %[1]s / there is no directory %[1]s", o.Dir))
		}
		return nil, nil
	}
	return keys.Open(dir)
}

// CheckEmptied returns an error for a file of a store that has no byte though keys beside
// it were used: a disk that lost its power leaves such a file, and a new store must not be
// begun in it without a word.
func (o *KeysOption) CheckEmptied(store *StoreOption) error {
	path, err := store.BoltPath()
	if err != nil || path == "" {
		return err
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 0 {
		return nil //nolint:nilerr // whoever opens it says what is wrong
	}
	dir, err := o.place(store)
	if err != nil {
		return err
	}
	used, err := filepath.Glob(filepath.Join(dir, "*.key"))
	if err != nil || len(used) == 0 {
		return err
	}
	return survey.NewError(survey.Invalid, "open store "+path, errors.New("tệp kho rỗng mà khóa bên cạnh đã được dùng: dữ liệu có thể đã mất khi mất điện; khôi phục bản sao lưu gần nhất (“hailong restore”), hoặc xóa tệp rỗng để bắt đầu kho mới / "+
		"the file is empty though the keys beside it were used: its content may have gone with a power cut; restore the last backup (\"hailong restore\"), or remove the empty file to begin a new store"))
}

// place is the directory of the keys of a store, "" for a MongoDB without the flag.
func (o *KeysOption) place(store *StoreOption) (string, error) {
	if o.Dir != "" {
		return o.Dir, nil
	}
	path, err := store.BoltPath()
	if err != nil || path == "" {
		return "", err
	}
	return strings.TrimSuffix(path, ".db") + ".keys", nil
}
