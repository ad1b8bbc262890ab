package transfer

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/exchange"
)

// NewExportCommand makes the command that writes responses to a file.
func NewExportCommand() *cobra.Command {
	var campaign, format, name, out string
	var voided bool
	cmd := &cobra.Command{
		Use:   "export --campaign ID|all",
		Short: "Xuất phiếu ra CSV hoặc XLSX / writes responses to CSV or XLSX",
		Long:  exportHelp,
		Args:  shell.Exactly(0),
	}
	store := shell.AddStoreFlag(cmd)
	cmd.Flags().StringVar(&campaign, "campaign", "", "mã đợt khảo sát cần xuất, hoặc all (tất cả) / campaign to write, or all")
	cmd.Flags().StringVar(&format, "format", "csv", "csv hoặc xlsx / csv or xlsx")
	cmd.Flags().BoolVar(&voided, "voided", false, "xuất cả phiếu đã hủy, kèm lý do / write voided responses too, with the reason")
	cmd.Flags().StringVar(&name, "name", "", "tên tệp, đứng trước số dòng; cùng tên thì cùng số dòng / name of the file, in front of row numbers; the same name gives the same numbers")
	cmd.Flags().StringVar(&out, "out", "", "tệp sẽ ghi, chưa được có sẵn; không ghi thì in ra đầu ra chuẩn / file to write, it must not exist yet; without it standard output")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if campaign == "" || format != "csv" && format != "xlsx" {
			return shell.Misused(errors.New("cần --campaign MÃ|all và --format csv|xlsx / export needs --campaign ID|all and --format csv|xlsx"))
		}
		s, err := store.Open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		c, campaigns, err := shell.ChooseCampaigns(cmd.Context(), s, campaign)
		if err != nil {
			return err
		}
		ids := make([]survey.CampaignID, len(campaigns))
		for i, k := range campaigns {
			ids[i] = k.ID
		}
		log := audit.New(s, time.Now)
		changes := survey.NewChanges(s, log, time.Now)
		numbers, err := exchange.NewRowNumbers(cmd.Context(), changes, shell.Actor(), name)
		if survey.Is(err, survey.Invalid) {
			return shell.Misused(errors.New("--name gồm 1 đến 12 chữ A–Z và chữ số / --name has 1 to 12 letters A to Z and digits"))
		}
		if err != nil {
			return shell.Explained(err)
		}
		if err := log.Record(cmd.Context(), shell.Actor(), "response.export", "responses", nil, exported{ids, format, numbers.Name()}); err != nil {
			return shell.Explained(err)
		}
		bar := shell.NewProgress("export", -1)
		defer bar.Finish()
		e := exchange.NewExporter(s, numbers, c, campaigns...)
		e.Voided, e.Progress = voided, func() { bar.Add(1) }
		write := e.WriteCSV
		if format == "xlsx" {
			write = e.WriteXLSX
		}
		if out == "" {
			err = write(cmd.Context(), cmd.OutOrStdout())
		} else {
			err = shell.WriteNew(out, func(file io.Writer) error { return write(cmd.Context(), file) })
		}
		if survey.Is(err, survey.Unavailable) {
			err = fmt.Errorf("số liệu vừa thay đổi trong khi xuất; xin chạy lại lệnh / what the release holds changed meanwhile; run the command again: %w", err)
		}
		if err == nil {
			bar.Finish()
			tellUnreleased(cmd.ErrOrStderr(), e)
		}
		return err
	}
	return cmd
}

// tellUnreleased says what an export does not have, because no release holds it yet.
func tellUnreleased(messages io.Writer, e *exchange.Exporter) {
	for _, id := range e.Unreleased() {
		fmt.Fprintf(messages, "Đợt %[1]s chưa có bản chốt số liệu nên chưa xuất phiếu nào. Chốt ngay: hailong release --campaign %[1]s\n"+
			"Campaign %[1]s has no release yet, so none of its responses are written. Cut one now: hailong release --campaign %[1]s\n", id)
	}
	if n := e.Waiting(); n > 0 {
		fmt.Fprintf(messages, "Phiếu chờ bản chốt số liệu sau, chưa xuất: %[1]d. / Responses that wait for a later release, not written: %[1]d.\n", n)
	}
}

// exported is what the audit log keeps of an export: no contacts are in it.
type exported struct {
	Campaigns []survey.CampaignID `json:"campaigns"`
	Format    string              `json:"format"`
	Name      string              `json:"name"` // of the file: in front of its row numbers
}
