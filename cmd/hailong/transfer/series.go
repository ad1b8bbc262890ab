package transfer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"hailong/cmd/hailong/shell"
	"hailong/survey/backup"
)

// series is the backups of one store in a directory, of which old ones go.
type series struct {
	dir    string
	policy backup.Policy
	key    backup.PublicKey
}

func newSeries(dir, keep string, signer *backup.Signer) (*series, error) {
	policy, err := backup.ParsePolicy(keep)
	if err != nil {
		return nil, shell.Misused(err)
	}
	if signer == nil { // what is nobody's is not deleted
		return nil, shell.Misused(errUnsignedStore)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, shell.Misused(fmt.Errorf("cùng --keep, --out phải là thư mục có sẵn: %[1]s / with --keep, --out is a directory that is there: %[1]s", dir))
	}
	return &series{dir, policy, signer.PublicKey()}, nil
}

// prune deletes the backups that the policy does not keep, after the new one is whole.
// Only files go that have a name of this series and begin as a backup does; one in clear
// must carry the signature of the series, too.
func (s *series) prune(newest string, out io.Writer) error {
	if s == nil {
		return nil
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	names := map[time.Time][]string{}
	var moments []time.Time
	for _, e := range entries {
		at, ours := backup.ParseFileName(s.key, e.Name())
		if !ours || !e.Type().IsRegular() || !s.holds(filepath.Join(s.dir, e.Name())) {
			continue
		}
		names[at] = append(names[at], e.Name())
		moments = append(moments, at)
	}
	for _, at := range s.policy.Superfluous(moments) {
		for _, name := range names[at] {
			if name == filepath.Base(newest) {
				continue
			}
			if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
				return err
			}
			fmt.Fprintf(out, "đã xóa bản cũ / deleted: %s\n", name)
		}
		names[at] = nil
	}
	return nil
}

// holds reports whether a file is a backup of the series, as far as its reader can tell.
func (s *series) holds(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return false
	}
	m, err := backup.ReadManifest(file, info.Size())
	return err == nil && m.Key == s.key || errors.Is(err, backup.ErrSealed)
}
