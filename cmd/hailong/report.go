package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/privacy"
)

// newReportCommand writes reports that are made from what is stored.
func newReportCommand() *cobra.Command {
	var (
		store     *shell.StoreOption
		isPrivacy bool
		out, lang string
	)
	cmd := &cobra.Command{
		Use:   "report --privacy",
		Short: "Lập báo cáo từ dữ liệu đang lưu / writes a report of what is stored",
		Long: `--privacy lập dự thảo hồ sơ xử lý dữ liệu cá nhân (đánh giá tác động) theo Luật 91/2025/QH15: bên kiểm
soát, mục đích, những gì thật sự đang lưu, thời hạn, người được xem, biện pháp bảo vệ. Tệp dạng Markdown,
không có dữ liệu của ai; chỗ cơ quan phải điền được đánh dấu.

--privacy writes a draft of the record of processing of personal data (impact assessment) that Law
91/2025/QH15 asks for: controller, purpose, what is really stored, retention, recipients, measures. It is
Markdown and holds nobody's data; what the office has to fill in is marked.`,
		Args: shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !isPrivacy {
				return shell.Misused(errors.New("cần --privacy / report needs --privacy"))
			}
			if lang != string(survey.Vietnamese) && lang != string(survey.English) {
				return shell.Misused(errors.New("--lang phải là vi hoặc en / --lang must be vi or en"))
			}
			from, err := store.Open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = from.Close() }()
			inventory, err := privacy.Read(cmd.Context(), from, time.Now())
			if err != nil {
				return fmt.Errorf("report: %w", err)
			}
			if out == "" {
				return inventory.WriteRecord(cmd.OutOrStdout(), survey.Lang(lang))
			}
			return shell.WriteNew(out, func(w io.Writer) error { return inventory.WriteRecord(w, survey.Lang(lang)) })
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().BoolVar(&isPrivacy, "privacy", false, "hồ sơ xử lý dữ liệu cá nhân / the record of processing of personal data")
	cmd.Flags().StringVar(&out, "out", "", "tệp sẽ ghi, chưa được có sẵn; không ghi thì in ra / file to write, which must not exist yet; without it the record is printed")
	cmd.Flags().StringVar(&lang, "lang", string(survey.Vietnamese), "tiếng của hồ sơ: vi hoặc en / language of the record: vi or en")
	return cmd
}
