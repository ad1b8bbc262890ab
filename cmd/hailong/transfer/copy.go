package transfer

import (
	"errors"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey/backup"
)

// NewCopyCommand makes the command that copies a store into another one.
func NewCopyCommand() *cobra.Command {
	var from, to shell.StoreOption
	cmd := &cobra.Command{
		Use:   "copy --from STORE --to STORE",
		Short: "Chép toàn bộ dữ liệu sang kho khác / copies everything into another store",
		Long: `Chép toàn bộ dữ liệu từ kho này sang kho khác, giữa bbolt và MongoDB theo chiều nào cũng được,
giữ nguyên từng byte, rồi so sánh hai bên.

Kho đích phải trống. Lần chép bị ngắt được làm tiếp bằng chính lệnh ấy. Hãy dừng máy chủ đang
ghi vào kho nguồn trước: những gì lưu trong lúc chép có thể không được chép.

Copies every document from one store into another, either way between bbolt and
MongoDB, byte for byte, and compares both at the end.

The target must be empty. A copy that was interrupted is completed by the same
command. Stop the server that writes to the source first: what it stores during
the copy may be left behind.`,
		Args: shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case from.URL == "" || to.URL == "":
				return shell.Misused(errors.New("cần cả --from và --to / copy needs both --from and --to"))
			case shell.SameStore(&from, &to):
				return shell.Misused(errors.New("--from và --to là cùng một kho dữ liệu / --from and --to are the same store"))
			}
			if _, err := to.BoltPath(); err != nil {
				return err
			}
			ctx := cmd.Context()
			source, err := from.Open(ctx)
			if err != nil {
				return err
			}
			defer source.Close()
			// Nobody else may use the target meanwhile.
			var contents []backup.Content
			err = to.Fill(ctx, func(target shell.FilledStore) (err error) {
				contents, err = transfer(ctx, source, target, "copy")
				return err
			})
			if err != nil {
				return err
			}
			return report(cmd.OutOrStdout(), contents)
		},
	}
	for _, o := range []struct {
		option *shell.StoreOption
		flag   string
		usage  string
	}{{&from, "from", "kho nguồn: bolt:ĐƯỜNG-DẪN hoặc mongodb://MÁY/TÊN / store to copy: bolt:PATH or mongodb://HOST/NAME"}, {&to, "to", "kho đích, phải trống / empty store to copy into"}} {
		*o.option = *shell.NewStoreOption(cmd, o.flag)
		cmd.Flags().StringVar(&o.option.URL, o.flag, "", o.usage)
	}
	return cmd
}
