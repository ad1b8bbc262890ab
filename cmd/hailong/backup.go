package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
)

func newBackupCommand() *cobra.Command {
	var store *storeOption
	var out string
	cmd := &cobra.Command{
		Use:   "backup --store STORE --out FILE",
		Short: "Sao lưu toàn bộ dữ liệu vào một tệp / writes everything to one file",
		Long: `Ghi toàn bộ dữ liệu của kho vào một tệp mới rồi đọc lại để kiểm tra; máy chủ vẫn chạy bình
thường. Tệp là một tệp zip, có mã băm của mật khẩu và thông tin liên hệ của người được rút
mẫu: chỉ để ở nơi người vận hành đọc được, và xóa khi đến hạn xóa thông tin liên hệ. Việc
sao lưu được ghi vào nhật ký.

Với bbolt, tệp là dữ liệu tại một thời điểm; cạnh --out phải còn chỗ cho một bản nữa của kho
trong lúc lệnh chạy. Với MongoDB, tệp có mọi thứ đã lưu trước khi lệnh chạy, và những gì
chúng nhắc đến.

Writes every document of a store to a new file, and reads it back. The server may
go on meanwhile. The file is a zip with the documents of each collection as BSON;
it holds the accounts' password hashes and the contacts of drawn people, so keep
it where only the operator reads, and delete it when the contacts are due to be
erased. That it was made is noted in the audit log.

From bbolt it is everything as of one moment; beside --out there must be room
for a second copy of the store while the command runs. From MongoDB it is
everything that was stored before the command began, and of what came later at
least what the documents in it refer to.`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New("cần --out TỆP / backup needs --out FILE")}
			}
			from, err := store.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := recordBackup(cmd.Context(), from); err != nil {
				// A disk that takes no more entries is a reason to back up, not to refuse.
				fmt.Fprintf(cmd.ErrOrStderr(), "warning: the backup could not be noted in the audit log: %v\n", explained(err))
			}
			m, err := backup(cmd.Context(), from, out)
			if err = errors.Join(err, from.Close()); err != nil {
				return fmt.Errorf("back up: %w", err)
			}
			return report(cmd.OutOrStdout(), m.Contents)
		},
	}
	store = addStoreFlag(cmd)
	cmd.Flags().StringVar(&out, "out", "", "tệp sẽ ghi; tệp này chưa được có sẵn / file to write; it must not exist yet")
	return cmd
}

// recordBackup notes in the audit log that everything is read, and how many
// people's contacts are in it.
func recordBackup(ctx context.Context, from openStore) error {
	contacts := 0
	err := from.Scan(ctx, survey.Contacts, "", "", func(bson.Raw) error {
		contacts++
		return nil
	})
	if err != nil {
		return err
	}
	return audit.New(from, time.Now).Record(ctx, shellActor(), "store.backup", "store", nil, map[string]int{"contacts": contacts})
}

// snapshotter is a store that can copy itself as of one moment.
type snapshotter interface {
	Snapshot(ctx context.Context, path string) error
}

// backup writes a store's content to a new file and reads it back. The file is
// there under its name only when it is whole.
func backup(ctx context.Context, from openStore, out string) (m manifest, err error) {
	if _, err := os.Lstat(out); err == nil {
		return m, fmt.Errorf("%[1]s đã có; xin chọn tên khác / %[1]s exists; choose a new name", out)
	}
	dir, err := os.MkdirTemp(filepath.Dir(out), ".hailong-backup-")
	if err != nil {
		return m, explainedError{fmt.Sprintf("cannot write into %s: it is missing or closed to this account; choose another --out", filepath.Dir(out)), err}
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
	if m, err = writeBackup(ctx, from, unfinished); err != nil {
		return m, err
	}
	if err := os.Link(unfinished, out); err != nil { // unlike renaming, it never replaces a file
		return m, os.Rename(unfinished, out) // a file system without links
	}
	return m, nil
}

func writeBackup(ctx context.Context, from source, path string) (m manifest, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if m, err = writeArchive(ctx, file, from, currentVersion(), time.Now()); err != nil {
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

func newRestoreCommand() *cobra.Command {
	var store *storeOption
	cmd := &cobra.Command{
		Use:   "restore FILE --store STORE",
		Short: "Khôi phục dữ liệu từ bản sao lưu / puts a backup into an empty store",
		Long: `Đưa bản sao lưu vào một kho trống (bbolt hoặc MongoDB) rồi so sánh hai bên. Cả bản sao lưu
được kiểm tra trước: nếu bị cắt hoặc bị sửa thì không khôi phục gì. Lần khôi phục bị ngắt
được làm tiếp bằng chính lệnh ấy. Chỉ chạy máy chủ sau khi xong.

Puts the documents of a backup into an empty store of either kind, and compares
both at the end. The whole backup is checked first: if it is cut off or altered,
nothing is restored. A restore that was interrupted is completed by the same
command. Start the server only afterwards: it puts documents of its own into an
empty store.`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			file, err := os.Open(args[0])
			if err != nil {
				return unreadable(args[0], err)
			}
			defer func() { _ = file.Close() }()
			from, err := readBackup(ctx, file)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			to, err := store.own(ctx, quiet)
			if errors.Is(err, bolt.ErrInUse) {
				return explainedError{"a server is using " + store.url + "; stop it first, or restore into another file with --store bolt:PATH, which must be new", err}
			}
			if err != nil {
				return err
			}
			contents, err := transfer(ctx, from, to)
			if err = errors.Join(err, to.Close()); err != nil {
				return fmt.Errorf("restore: %w", err)
			}
			return report(cmd.OutOrStdout(), contents)
		},
	}
	store = addStoreFlag(cmd)
	return cmd
}
