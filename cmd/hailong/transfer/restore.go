package transfer

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey/bolt"
)

// NewRestoreCommand makes the command that puts a backup into an empty store.
func NewRestoreCommand() *cobra.Command {
	var store *shell.StoreOption
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
		Args: shell.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			file, err := os.Open(args[0])
			if err != nil {
				return shell.Unreadable(args[0], err)
			}
			defer func() { _ = file.Close() }()
			from, err := readBackup(ctx, file)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			to, err := store.Own(ctx, shell.Quiet)
			if errors.Is(err, bolt.ErrInUse) {
				return shell.WithWords(fmt.Sprintf("máy chủ đang dùng %[1]s; xin dừng máy chủ, hoặc khôi phục vào tệp mới bằng --store bolt:ĐƯỜNG-DẪN / a server is using %[1]s; stop it first, or restore into another file with --store bolt:PATH, which must be new", store.URL), err)
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
	store = shell.AddStoreFlag(cmd)
	return cmd
}
