package evidence

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/audit"
)

// NewAuditCommand returns the commands about the audit log.
func NewAuditCommand() *cobra.Command {
	return shell.NewGroup("audit", "Nhật ký: kiểm tra tính nguyên vẹn / the audit log: verify", newAuditVerifyCommand())
}

func newAuditVerifyCommand() *cobra.Command {
	var (
		store *shell.StoreOption
		seen  string
	)
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Kiểm tra chuỗi băm của nhật ký và dữ liệu theo nhật ký / checks the chain of hashes, and the data against it",
		Long: `Đọc toàn bộ nhật ký, nêu mục hỏng đầu tiên và tài liệu đầu tiên không đúng như nhật ký ghi: bị sửa, bị thêm hoặc
bị xóa ngoài chương trình. In số thứ tự, mã băm của mục mới nhất. Xin giữ dòng ấy ở nơi khác
và lần sau ghi mã băm vào --seen: khi đó phát hiện được cả việc nhật ký bị cắt cuối hoặc bị
làm lại từ đầu.

Walks the whole log, names the first broken entry, if any, and the first document that is
not as an entry says: it was changed, made or removed behind the program's back. Prints
the number and the hash of the newest entry. Keep that
line elsewhere and give its hash with --seen the next time: then it is also noticed if
the end was cut off or the whole chain was made anew.`,
		Args: shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := store.Open(cmd.Context())
			if err != nil {
				return err
			}
			err = verify(cmd, audit.New(from, time.Now), seen)
			return errors.Join(shell.Explained(err), from.Close())
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().StringVar(&seen, "seen", "", "mã băm mà lần kiểm tra trước đã in; mã ấy phải còn trong nhật ký / hash that an earlier verify printed; it must still be there")
	return cmd
}

// verify checks a log, and that an entry that was seen before is still in it.
func verify(cmd *cobra.Command, log *audit.Log, seen string) error {
	report, err := log.Verify(cmd.Context())
	if err != nil {
		return err
	}
	if !report.Documents {
		fmt.Fprintln(cmd.ErrOrStderr(), "Nhật ký do phiên bản cũ ghi: chỉ kiểm tra chuỗi, chưa so được dữ liệu; xin khởi động chương trình một lần / the log was written by an older version: the chain was checked, the data were not; start the program once")
	}
	for _, w := range report.Waiting {
		what := "bị bỏ / is removed"
		if w.Change.ID != "" {
			what = fmt.Sprintf("%s, %s, %s", w.Change.Action, w.Change.Actor, w.Change.At.In(survey.Zone).Format("02/01/2006 15:04:05"))
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s; sẽ vào nhật ký khi khởi động lại; nếu không ai đang làm việc, xin kiểm tra / the log gets it at the next start; if nobody is at work, look into it\n", w.Subject, what)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d %s\n", report.Number, report.Hash)
	if seen == "" {
		return nil
	}
	found := errors.New("found")
	err = log.Each(cmd.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		if e.Hash == seen {
			return found
		}
		return nil
	})
	switch {
	case err == nil:
		return errors.New("chuỗi còn nguyên nhưng không có mục của --seen: nhật ký đã bị thay hoặc bị cắt cuối / the chain is whole, but the entry of --seen is not in it: the log was replaced or its end cut off")
	case !errors.Is(err, found):
		return err
	}
	return nil
}
