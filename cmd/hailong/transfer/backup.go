package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
)

// NewBackupCommand makes the command that backs a store up; the backup names the
// version of the program that wrote it.
func NewBackupCommand(version string) *cobra.Command {
	var store *shell.StoreOption
	var out string
	cmd := &cobra.Command{
		Use:   "backup --store STORE --out FILE",
		Short: "Sao lưu toàn bộ dữ liệu vào một tệp / writes everything to one file",
		Long: `Ghi toàn bộ dữ liệu của kho vào một tệp mới rồi đọc lại để kiểm tra; máy chủ vẫn chạy bình
thường. Tệp là một tệp zip, có mã băm của mật khẩu và mọi phiếu: chỉ để ở nơi người vận hành
đọc được. Thông tin liên hệ của người được rút mẫu đã niêm phong bằng khóa riêng; thư mục khóa
(--keys của máy chủ) không bao giờ nằm trong tệp này. Việc sao lưu được ghi vào nhật ký.

Với bbolt, tệp là dữ liệu tại một thời điểm; cạnh --out phải còn chỗ cho một bản nữa của kho
trong lúc lệnh chạy. Với MongoDB, tệp có mọi thứ đã lưu trước khi lệnh chạy, và những gì
chúng nhắc đến.

Writes every document of a store to a new file, and reads it back. The server may
go on meanwhile. The file is a zip with the documents of each collection as BSON;
it holds the accounts' password hashes and every response, so keep it where only
the operator reads. The contacts of drawn people are sealed in it; the directory of
keys (--keys of the server) is never in it. That it was made is noted in the audit
log.

From bbolt it is everything as of one moment; beside --out there must be room
for a second copy of the store while the command runs. From MongoDB it is
everything that was stored before the command began, and of what came later at
least what the documents in it refer to.`,
		Args: shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return shell.Misused(errors.New("cần --out TỆP / backup needs --out FILE"))
			}
			from, err := store.Open(cmd.Context())
			if err != nil {
				return err
			}
			if err := recordBackup(cmd.Context(), from); err != nil {
				// A disk that takes no more entries is a reason to back up, not to refuse.
				fmt.Fprintf(cmd.ErrOrStderr(), "chưa ghi được việc sao lưu vào nhật ký / the backup could not be noted in the audit log: %v\n", shell.Explained(err))
			}
			m, err := backup(cmd.Context(), from, out, version)
			if err == nil {
				recordBackedUp(cmd.Context(), from, cmd.ErrOrStderr())
			}
			if err = errors.Join(err, from.Close()); err != nil {
				return fmt.Errorf("back up: %w", err)
			}
			return report(cmd.OutOrStdout(), m.Contents)
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().StringVar(&out, "out", "", "tệp sẽ ghi; tệp này chưa được có sẵn / file to write; it must not exist yet")
	return cmd
}

// recordBackup notes in the audit log that everything is read, and how many
// people's contacts are in it.
func recordBackup(ctx context.Context, from shell.OpenStore) error {
	contacts := 0
	err := from.Scan(ctx, survey.Contacts, "", "", func(bson.Raw) error {
		contacts++
		return nil
	})
	if err != nil {
		return err
	}
	return audit.New(from, time.Now).Record(ctx, shell.Actor(), "store.backup", "store", nil, map[string]int{"contacts": contacts})
}

// BackedUp is the action in the audit log of a backup that was read back whole.
const BackedUp survey.Action = "store.backed_up"

// recordBackedUp notes in the audit log that a backup is whole, which is what the alarm of
// a server counts from.
func recordBackedUp(ctx context.Context, from shell.OpenStore, messages io.Writer) {
	if err := audit.New(from, time.Now).Record(ctx, shell.Actor(), BackedUp, "store", nil, nil); err != nil {
		fmt.Fprintf(messages, "bản sao lưu đã xong, chưa ghi được vào nhật ký / the backup is whole and could not be noted in the audit log: %v\n", shell.Explained(err))
	}
}

// snapshotter is a store that can copy itself as of one moment.
type snapshotter interface {
	Snapshot(ctx context.Context, path string) error
}

// backup writes a store's content to a new file and reads it back. The file is
// there under its name only when it is whole.
func backup(ctx context.Context, from shell.OpenStore, out, version string) (m manifest, err error) {
	if _, err := os.Lstat(out); err == nil {
		return m, fmt.Errorf("%[1]s đã có; xin chọn tên khác / %[1]s exists; choose a new name", out)
	}
	dir, err := os.MkdirTemp(filepath.Dir(out), ".hailong-backup-")
	if err != nil {
		return m, shell.WithWords(fmt.Sprintf("không ghi được vào %[1]s: không có thư mục này hoặc không có quyền; xin chọn --out khác / cannot write into %[1]s: it is missing or closed to this account; choose another --out", filepath.Dir(out)), err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	if s, ok := from.(snapshotter); ok {
		path := filepath.Join(dir, "snapshot.db")
		if err := s.Snapshot(ctx, path); err != nil {
			return m, err
		}
		still, err := bolt.Open(path)
		if err != nil {
			return m, err
		}
		defer func() { _ = still.Close() }()
		from = still
	}
	unfinished := filepath.Join(dir, "backup.zip")
	if m, err = writeBackup(ctx, from, unfinished, version); err != nil {
		return m, err
	}
	if err := os.Link(unfinished, out); err != nil { // unlike renaming, it never replaces a file
		return m, os.Rename(unfinished, out) // a file system without links
	}
	return m, nil
}

func writeBackup(ctx context.Context, from source, path, version string) (m manifest, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if m, err = writeArchive(ctx, file, from, version, time.Now()); err != nil {
		return m, err
	}
	if err := file.Sync(); err != nil {
		return m, err
	}
	_, err = readBackup(ctx, file)
	return m, err
}

func readBackup(ctx context.Context, file *os.File) (*archive, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return openArchive(ctx, file, info.Size())
}
