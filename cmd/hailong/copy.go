package main

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"
)

func newCopyCommand() *cobra.Command {
	var from, to storeOption
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
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case from.url == "" || to.url == "":
				return usageError{errors.New("cần cả --from và --to / copy needs both --from and --to")}
			case sameStore(&from, &to):
				return usageError{errors.New("--from và --to là cùng một kho dữ liệu / --from and --to are the same store")}
			}
			if _, err := to.boltPath(); err != nil {
				return err
			}
			ctx := cmd.Context()
			source, err := from.open(ctx)
			if err != nil {
				return err
			}
			defer source.Close()
			// Nobody else may use the target meanwhile.
			target, err := to.own(ctx, quiet)
			if err != nil {
				return err
			}
			contents, err := transfer(ctx, source, target)
			if err = errors.Join(err, target.Close()); err != nil {
				return err
			}
			return report(cmd.OutOrStdout(), contents)
		},
	}
	for _, o := range []struct {
		option *storeOption
		flag   string
		usage  string
	}{{&from, "from", "kho nguồn: bolt:ĐƯỜNG-DẪN hoặc mongodb://MÁY/TÊN / store to copy: bolt:PATH or mongodb://HOST/NAME"}, {&to, "to", "kho đích, phải trống / empty store to copy into"}} {
		o.option.flag = o.flag
		cmd.Flags().StringVar(&o.option.url, o.flag, "", o.usage)
	}
	return cmd
}

func sameStore(a, b *storeOption) bool {
	if a.url == b.url {
		return true
	}
	pathA, _ := a.boltPath()
	pathB, _ := b.boltPath()
	if pathA == "" || pathB == "" {
		return false
	}
	pathA, errA := filepath.Abs(pathA)
	pathB, errB := filepath.Abs(pathB)
	return errA == nil && errB == nil && pathA == pathB
}
