package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/check"
)

// NewCheckCommand returns the command that looks for damage, and gets out of it.
func NewCheckCommand() *cobra.Command {
	var (
		store   *shell.StoreOption
		asJSON  bool
		receipt receiptCheck
		out     string // of a salvage
	)
	cmd := &cobra.Command{
		Use:   "check --store STORE",
		Short: "Kiểm tra kho có hư hỏng không / checks a store for damage",
		Long: `Đọc toàn bộ kho: từng trang của tệp, mã kiểm chứng của từng tài liệu, số tài liệu của từng
nhóm, sổ phiếu, sổ đối chứng, nhật ký, định dạng. In mỗi phần đã xem bao nhiêu, hỏng gì, và phải làm gì. Không sửa gì trong
kho. Chạy được khi máy chủ đang chạy (máy chủ tự đọc), khi máy chủ đã dừng, và với MongoDB (từng tài
liệu; không thấy được tài liệu bị mất). Mã thoát 0 chỉ khi mọi phần đều nguyên vẹn. Phần mất mà lần cứu dữ liệu
trước đã ghi nhận thì không tính là hỏng.

Với --salvage KHO, mọi thứ còn đọc được của kho hỏng được chép sang kho mới đó (một tệp mới, hoặc kho trống),
kể cả khi phần đầu tệp hay phần giữa đã hỏng. Kho hỏng không bị ghi gì. Báo cáo nói mất gì: theo nhóm, theo
ngày và điểm. Phiếu đã rút hay dữ liệu đã xóa không trở lại. Bị ngắt thì chạy lại đúng lệnh ấy.

Với --receipt TỆP: chỉ kiểm tra tệp bằng chứng mà người gửi phiếu tải ở trang “Kiểm tra phiếu”, không cần kho và
không cần mạng. Mã thoát 0 khi phiếu có trong sổ đối chứng đã ký bằng khóa --key, và có trong bản đối chứng
--mirror nếu ghi.

Reads a whole store: every page of the file, the checksum of every document, how many documents each
collection holds, the ledger of responses, the signed log, the audit log, the format. Prints for each part how much was looked at, what is
damaged, and what to do. It changes nothing in the store. It works while a server runs (the server
reads then), on the file of one that was stopped, and on MongoDB (each document; one that is missing
is not noticed there). The exit code is 0 only if every part is whole. What an earlier salvage stated as
lost does not count as damage.

With --salvage STORE everything that can still be read of a damaged store goes into that new one (a new
file, or an empty store), also where the beginning of the file or what leads to its parts is damaged. Nothing is written to the
damaged store. The report says what is missing: by collection, by day and point. Responses that were taken back and data that
were deleted do not come back. After an interruption, run the same command again.

With --receipt FILE: only verifies the file of a proof that the sender of a response downloaded, without a
store and without a network. The exit code is 0 if the response is in the log that was signed by --key, and in
the mirror that --mirror names.`,
		Args: shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := receipt.misused(); err != nil {
				return err
			}
			if receipt.file != "" {
				return receipt.run(cmd.OutOrStdout())
			}
			if out != "" {
				return newSalvage(cmd, store, out, asJSON).run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			bar := shell.NewProgress("đã đọc / bytes read", -1)
			report, err := store.Check(cmd.Context(), func(bytes int) error {
				bar.Add(bytes)
				return cmd.Context().Err()
			})
			bar.Finish()
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(report)
			} else {
				err = printCheck(cmd.OutOrStdout(), report)
			}
			if err == nil && !report.Whole() {
				err = errNotWhole
			}
			return err
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().StringVar(&receipt.file, "receipt", "", "kiểm tra tệp bằng chứng phiếu có trong sổ đối chứng, không cần kho / verify the file of a proof that a response is in the signed log, without a store")
	cmd.Flags().StringVar(&receipt.key, "key", "", "cùng --receipt: khóa kiểm chứng mà cơ quan đã công bố / with --receipt: verifier key that the office published")
	cmd.Flags().StringVar(&receipt.mirror, "mirror", "", "cùng --receipt: thư mục của “hailong mirror” / with --receipt: directory of \"hailong mirror\"")
	cmd.Flags().BoolVar(&asJSON, "json", false, "in kết quả dạng JSON / print the result as JSON")
	cmd.Flags().StringVar(&out, "salvage", "", "chép mọi thứ còn đọc được sang kho mới này / put everything that can be read into this new store")
	return cmd
}

// errNotWhole says what to do about a store that is not whole.
var errNotWhole = errors.New("kho không nguyên vẹn: dừng máy chủ, giữ nguyên tệp và chép sang đĩa khác; cứu những gì còn đọc được sang kho mới bằng “hailong check --store KHO --salvage TỆP-MỚI”; nếu mất quá nhiều thì khôi phục bản sao lưu gần nhất vào tệp mới; phần nào chỉ báo “định dạng” thì chạy chương trình một lần / " +
	"the store is not whole: stop the server, keep the file as it is and copy it to another disk; put what can be read into a new store with \"hailong check --store STORE --salvage NEW-FILE\"; if too much is missing, restore the last backup into a new file; if only its format is named, start the program once")

// partNames are what the parts of a report are called.
var partNames = map[string]string{
	check.Pages:     "Trang và nhóm tài liệu / pages and collections",
	check.Documents: "Tài liệu / documents",
	check.Format:    "Định dạng / format",
	check.Ledger:    "Sổ phiếu (phiếu bị sửa, mất hoặc chen vào) / ledger (responses changed, missing or put in)",
	check.Log:       "Sổ đối chứng (mục, phần sổ phiếu đã khóa, đầu sổ của các bản công bố) / log (records, closed parts of the ledger, heads of editions)",
	check.Audit:     "Nhật ký / audit log",
	check.Acts:      "Việc dở dang (khởi động lại sẽ làm nốt) / unfinished acts (the next start finishes them)",
}

// printCheck writes a report for people.
func printCheck(out io.Writer, report check.Findings) error {
	var b strings.Builder
	for _, p := range report.Parts {
		switch {
		case p.Skipped:
			fmt.Fprintf(&b, "%s: chưa xem, vì dữ liệu hỏng / not looked at, because the data are damaged\n", partNames[p.Name])
			continue
		case len(p.Wrong) == 0:
			fmt.Fprintf(&b, "%s: %d, nguyên vẹn / whole\n", partNames[p.Name], p.Looked)
		default:
			fmt.Fprintf(&b, "%s: %d, hỏng / damaged: %d\n", partNames[p.Name], p.Looked, len(p.Wrong)+p.More)
		}
		if p.Stated > 0 {
			fmt.Fprintf(&b, "  mất do hư hỏng, đã ghi nhận khi cứu dữ liệu: %[1]d / lost in damage, as a salvage stated: %[1]d\n", p.Stated)
		}
		for _, d := range p.Wrong {
			fmt.Fprintf(&b, "  %s\n", placeOf(d))
		}
		if p.More > 0 {
			fmt.Fprintf(&b, "  … và %[1]d chỗ nữa / and %[1]d more\n", p.More)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// placeOf says where damage is, as far as that is known.
func placeOf(d survey.Damage) string {
	var where []string
	for _, w := range []string{string(d.Collection), d.ID} {
		if w != "" {
			where = append(where, w)
		}
	}
	place := strings.Join(where, "/")
	if d.Day != "" {
		place += fmt.Sprintf(", ngày / day %s", d.Day)
	}
	if d.Point != "" {
		place += fmt.Sprintf(", điểm / point %s", d.Point)
	}
	return strings.TrimPrefix(place+": "+d.What, ": ")
}
