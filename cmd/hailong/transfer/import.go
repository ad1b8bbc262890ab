package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/exchange"
	"hailong/survey/intake"
	"hailong/survey/ledger"
	"hailong/survey/spreadsheet"
)

// importOptions are the settings of an import.
type importOptions struct {
	store                   *shell.StoreOption
	campaign, point, report string
	dryRun                  bool
	shell.Language
}

// NewImportCommand makes the command that reads responses from a file.
func NewImportCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE --campaign ID",
		Short: "Nhập phiếu từ CSV hoặc XLSX / reads responses from CSV or XLSX",
		Long:  importHelp,
		Args:  shell.Exactly(1),
	}
	o.store = shell.AddStoreFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.campaign, "campaign", "", "đợt khảo sát của các phiếu / campaign that the responses belong to")
	f.StringVar(&o.point, "point", "", "mã điểm khảo sát, cho những dòng không ghi / code of the point, for rows that name none")
	f.StringVar(&o.report, "report", "", "tệp ghi các dòng bị loại; không ghi thì là TỆP.rejected.csv / file for the rejected rows; without it FILE.rejected.csv")
	f.BoolVar(&o.dryRun, "dry-run", false, "chỉ đọc và kiểm tra, không lưu gì / read and check everything, store nothing")
	f.StringVar(&o.Lang, "lang", "vi", "ngôn ngữ của thông báo: vi hoặc en / language of messages: vi or en")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		switch {
		case o.Lang != "vi" && o.Lang != "en":
			return shell.Misused(fmt.Errorf("--lang phải là vi hoặc en / --lang is vi or en, not %q", o.Lang))
		case o.campaign == "" || o.campaign == "all":
			return shell.Misused(errors.New("mỗi lần nhập một đợt khảo sát: --campaign MÃ / import needs one campaign: --campaign ID"))
		}
		s, err := o.store.Open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		return o.run(cmd.Context(), s, args[0], cmd.ErrOrStderr())
	}
	return cmd
}

// imported is what the audit log keeps of an import: of which file, and what was to
// become of its rows, but nothing that anybody answered.
type imported struct {
	Campaign survey.CampaignID `json:"campaign"`
	File     string            `json:"file"` // its name without its folder
	SHA256   string            `json:"sha256"`
	New      int               `json:"new"`
	Known    int               `json:"known"`
	Refused  int               `json:"refused"`
}

// run reads the whole file first and stores nothing, then records the import, and then
// stores. The entry comes before the first response: whoever ends the command halfway
// leaves an import in the log of which less is stored, and never the other way round.
// The same file, imported again, stores the rest.
func (o *importOptions) run(ctx context.Context, store survey.Store, path string, messages io.Writer) (err error) {
	c, campaigns, err := shell.ChooseCampaigns(ctx, store, o.campaign)
	if err != nil {
		return err
	}
	file, err := copyOf(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.remove()) }()
	o.report = cmp.Or(o.report, path+".rejected.csv")
	work := importWork{options: o, store: store, ledger: ledger.New(store, time.Now), catalog: c, campaign: campaigns[0], file: file, messages: messages}
	n, err := work.read(ctx, o.dryRun)
	if err != nil {
		return err
	}
	if !o.dryRun {
		entry := imported{campaigns[0].ID, filepath.Base(path), file.sum, n.Stored, n.Known, n.Rejected}
		if err := audit.New(store, time.Now).Record(ctx, shell.Actor(), "response.import", "campaigns/"+string(entry.Campaign), nil, entry); err != nil {
			return shell.Explained(err)
		}
		work.stores, work.messages = true, io.Discard
		if n, err = work.read(ctx, true); err != nil {
			return err
		}
		if err := work.ledger.Seal(ctx); err != nil {
			return shell.Explained(err)
		}
	}
	fmt.Fprintf(messages, o.Say("Đã đọc %d dòng: %d phiếu mới, %d phiếu đã có, %d dòng bị loại.\n", "Rows read: %d. Responses saved: %d, known before: %d. Rows rejected: %d.\n"), n.Rows, n.Stored, n.Known, n.Rejected)
	if o.dryRun {
		fmt.Fprint(messages, o.Say("Chạy thử: chưa lưu gì.\n", "A trial run: nothing was saved.\n"))
	}
	if n.Rejected > 0 {
		return fmt.Errorf(o.Say("%d dòng bị loại; lý do từng dòng ở %s", "rows rejected: %d; the reason of each is in %s"), n.Rejected, filepath.Clean(o.report))
	}
	return nil
}

// importWork reads a file once, from its first row to its last.
type importWork struct {
	options  *importOptions
	store    survey.Store
	ledger   *ledger.Ledger
	catalog  *survey.Catalog
	campaign *survey.Campaign
	file     importFile
	messages io.Writer
	stores   bool
}

// read reads the file, and writes the report of rejected rows if that is asked for.
func (w *importWork) read(ctx context.Context, report bool) (n exchange.Imported, err error) {
	o := w.options
	work, err := exchange.NewImporter(&intake.Intake{Store: w.store, Ledger: w.ledger, Catalog: func() *survey.Catalog { return w.catalog }, Now: time.Now}, w.campaign, o.point)
	switch {
	case survey.Is(err, survey.NotFound):
		return n, fmt.Errorf("--point %s: không có điểm này; xem “hailong points list” / there is no such point; \"hailong points list\" shows them", o.point)
	case err != nil:
		return n, fmt.Errorf("đợt khảo sát %[1]s: chỉ nhập được phiếu vào đợt đang mở hoặc đã đóng / campaign %[1]s is %[2]s: only an open or closed campaign takes responses from a file", w.campaign.ID, w.campaign.State)
	}
	rows, err := spreadsheet.OpenRows(w.file.copied)
	if err != nil {
		return n, fmt.Errorf("%s: %w", w.file.path, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	ignored, err := work.ReadHeader(ctx, rows)
	if err != nil {
		return n, shell.WithWords(w.file.path+": "+o.Explain(err), err)
	}
	if len(ignored) > 0 {
		fmt.Fprintf(w.messages, o.Say("Các cột không đọc: %s\n", "Columns that are not read: %s\n"), strings.Join(ignored, ", "))
	}
	if report {
		rejected := o.rejectionList()
		defer func() { err = errors.Join(err, rejected.Close()) }()
		work.Reject = rejected.Add
	}
	what := "check"
	if w.stores {
		what = "import"
	}
	bar := shell.NewProgress(what, -1)
	defer bar.Finish()
	work.DryRun, work.Progress = !w.stores, func() { bar.Add(1) }
	return work.Run(ctx)
}

// rejectionList is the file of rejected rows, which is there if a row is.
func (o *importOptions) rejectionList() *exchange.RejectionList {
	return &exchange.RejectionList{
		Explain: o.Sentence,
		Create: func() (io.WriteCloser, error) {
			file, err := os.OpenFile(o.report, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // rows of responses
			if err != nil {
				err = fmt.Errorf("không ghi được báo cáo; xin chọn tệp khác bằng --report / the report cannot be written; choose another file with --report: %w", err)
			}
			return file, err
		},
	}
}
