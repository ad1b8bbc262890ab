package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
)

func newAuditCommand() *cobra.Command {
	return newGroup("audit", "Nhật ký: kiểm tra tính nguyên vẹn / the audit log: verify", newAuditVerifyCommand())
}

func newAuditVerifyCommand() *cobra.Command {
	var (
		store *storeOption
		seen  string
	)
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Kiểm tra chuỗi băm của nhật ký / checks the chain of hashes and names the first broken entry",
		Long: `Đọc toàn bộ nhật ký và in số thứ tự, mã băm của mục mới nhất. Hãy giữ dòng ấy ở nơi khác
và lần sau ghi mã băm vào --seen: khi đó phát hiện được cả việc nhật ký bị cắt cuối hoặc bị
làm lại từ đầu.

Walks the whole log and prints the number and the hash of the newest entry. Keep that
line elsewhere and give its hash with --seen the next time: then it is also noticed if
the end was cut off or the whole chain was made anew.`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd.Context(), store, func(_ survey.Store, _ *people.Accounts, log *audit.Log) error {
				head, err := log.Verify(cmd.Context())
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d %s\n", head.Number, head.Hash)
				if seen == "" {
					return nil
				}
				found := errors.New("found")
				err = log.Each(cmd.Context(), audit.Filter{}, func(e audit.Entry) error {
					if e.Hash == seen {
						return found
					}
					return nil
				})
				if err == nil {
					return errors.New("chuỗi còn nguyên nhưng không có mục của --seen: nhật ký đã bị thay hoặc bị cắt cuối / the chain is whole, but the entry of --seen is not in it: the log was replaced or its end cut off")
				}
				if !errors.Is(err, found) {
					return err
				}
				return nil
			})
		},
	}
	store = addStoreFlag(cmd)
	cmd.Flags().StringVar(&seen, "seen", "", "mã băm mà lần kiểm tra trước đã in; mã ấy phải còn trong nhật ký / hash that an earlier verify printed; it must still be there")
	return cmd
}
