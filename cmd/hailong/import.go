package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hailong/survey"
	"hailong/survey/exchange"
	"hailong/survey/intake"
	"hailong/web/page"
)

// importOptions are the settings of an import.
type importOptions struct {
	store    *storeOption
	campaign string
	point    string
	report   string
	dryRun   bool
	lang     string
}

func newImportCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE --campaign ID",
		Short: "Nhập phiếu từ CSV hoặc XLSX / reads responses from CSV or XLSX",
		Long: `Mỗi dòng là một phiếu. Cột được nhận ra theo tiêu đề: mã hoặc lời của câu hỏi, và id (mã phiếu), form (mẫu
phiếu), point (mã điểm), unit (đơn vị: định danh, mã hoặc tên), sector (lĩnh vực), channel (kênh trả lời), day
(ngày), na (không áp dụng). Câu trả lời là mã hoặc lời; nhiều câu trả lời thì cách nhau bằng dấu cách hoặc dấu
chấm phẩy. Dòng không ghi ngày là của hôm nay.

Dòng không đọc được ghi trong báo cáo, kèm lý do; các dòng khác được lưu. Nhập lại cùng tệp, kể cả sau khi sửa,
không làm phiếu nào bị tính hai lần. Có dòng bị loại thì mã thoát là 1.

Reads one response a row. Columns are found by their headers: the codes of items or their labels, and
id (mã phiếu), form (mẫu phiếu), point (mã điểm), unit (đơn vị: id, code or name), sector (lĩnh vực),
channel (kênh), day (ngày), na (không áp dụng). Answers are codes or the words of the answer; several are
separated by spaces or semicolons; "4.0" is read as 4, but "04" and "+4" are no answers. Rows without a day
are of today.

Each row that cannot be read stands in the report with its reason; the others are stored. The same file may
be read again, also after rows were mended: a response is known by its id, else by the number in the column
"mã phiếu", else by the content of its row, equal rows being counted. A row whose number was stored before with
other answers, or belongs to another form, unit or point, is rejected: what was stored first is kept. Exit
status 1 if any row was rejected.`,
		Args: exactly(1),
	}
	o.store = addStoreFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.campaign, "campaign", "", "đợt khảo sát của các phiếu / campaign that the responses belong to")
	f.StringVar(&o.point, "point", "", "mã điểm khảo sát, cho những dòng không ghi / code of the point, for rows that name none")
	f.StringVar(&o.report, "report", "", "tệp ghi các dòng bị loại; không ghi thì là TỆP.rejected.csv / file for the rejected rows; without it FILE.rejected.csv")
	f.BoolVar(&o.dryRun, "dry-run", false, "chỉ đọc và kiểm tra, không lưu gì / read and check everything, store nothing")
	f.StringVar(&o.lang, "lang", "vi", "ngôn ngữ của thông báo: vi hoặc en / language of messages: vi or en")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if o.campaign == "" {
			return usageError{errors.New("cần --campaign MÃ / import needs --campaign ID")}
		}
		if o.lang != "vi" && o.lang != "en" {
			return usageError{fmt.Errorf("--lang phải là vi hoặc en / --lang is vi or en, not %q", o.lang)}
		}
		s, err := o.store.open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		return o.run(cmd.Context(), s, args[0], cmd.ErrOrStderr())
	}
	return cmd
}

// importBatch is how many responses are stored in one write.
const importBatch = 2000

// imported counts what became of the rows.
type imported struct {
	rows, stored, known, rejected int
}

func (o *importOptions) run(ctx context.Context, store survey.Store, path string, messages io.Writer) (err error) {
	c, err := survey.LoadCatalog(ctx, store)
	if err != nil {
		return err
	}
	campaigns, err := chosenCampaigns(c, o.campaign)
	if err != nil {
		return err
	}
	if o.campaign == "all" {
		return usageError{errors.New("mỗi lần nhập một đợt khảo sát: --campaign MÃ / import needs one campaign: --campaign ID")}
	}
	campaign := campaigns[0]
	if campaign.State != survey.Open && campaign.State != survey.ClosedDown {
		return fmt.Errorf("đợt khảo sát %[1]s: chỉ nhập được phiếu vào đợt đang mở hoặc đã đóng / campaign %[1]s is %[2]s: only an open or closed campaign takes responses from a file", campaign.ID, campaign.State)
	}
	var point *survey.Point
	if o.point != "" {
		code, err := survey.ParsePointCode(o.point)
		if point = c.Point(code); err != nil || point == nil {
			return fmt.Errorf("--point %s: không có điểm này; xem “hailong points list” / there is no such point; \"hailong points list\" shows them", o.point)
		}
	}
	rows, err := openRows(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	header, err := rows.next()
	header = slices.Clone(header) // rows are reused
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("tệp trống / the file is empty")
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	reader, ignored, err := exchange.NewRowReader(c, campaign, point, time.Now(), header)
	if err != nil {
		return fmt.Errorf("%s: %s", path, o.explain(err))
	}
	if len(ignored) > 0 {
		fmt.Fprintf(messages, o.say("Các cột không đọc: %s\n", "Columns that are not read: %s\n"), strings.Join(ignored, ", "))
	}
	if o.report == "" {
		o.report = path + ".rejected.csv"
	}
	work := &importing{importOptions: o, store: store, reader: reader, header: header, report: &rejections{path: o.report}}
	err = work.all(ctx, rows)
	if err = errors.Join(err, work.report.close()); err != nil {
		return err
	}
	n := work.count
	fmt.Fprintf(messages, o.say("Đã đọc %d dòng: %d phiếu mới, %d phiếu đã có, %d dòng bị loại.\n", "Rows read: %d. Responses saved: %d, known before: %d. Rows rejected: %d.\n"), n.rows, n.stored, n.known, n.rejected)
	if o.dryRun {
		fmt.Fprint(messages, o.say("Chạy thử: chưa lưu gì.\n", "A trial run: nothing was saved.\n"))
	}
	if n.rejected > 0 {
		return fmt.Errorf(o.say("%d dòng bị loại; lý do từng dòng ở %s", "rows rejected: %d; the reason of each is in %s"), n.rejected, filepath.Clean(o.report))
	}
	return nil
}

func (o *importOptions) say(vi, en string) string {
	if o.lang == "en" {
		return en
	}
	return vi
}

func (o *importOptions) explain(err error) string {
	if sentence := page.Explain(err, survey.Lang(o.lang)); sentence != "" {
		return sentence
	}
	return err.Error()
}

// importing is one run of an import.
type importing struct {
	*importOptions
	store  survey.Store
	reader *exchange.RowReader
	header []string
	report *rejections
	count  imported

	batch []survey.Response
	lines []int // row of each response of the batch
	cells [][]string
}

func (w *importing) all(ctx context.Context, rows rowSource) error {
	bar := newProgress("import", -1)
	defer bar.finish()
	for line := 2; ; line++ {
		cells, err := rows.next()
		if errors.Is(err, io.EOF) {
			return w.flush(ctx)
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", line, err)
		}
		if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue
		}
		w.count.rows++
		bar.add(1)
		response, err := w.reader.Read(line, cells)
		if err != nil {
			if err := w.reject(line, cells, err); err != nil {
				return err
			}
			continue
		}
		w.batch, w.lines, w.cells = append(w.batch, response), append(w.lines, line), append(w.cells, slices.Clone(cells))
		if len(w.batch) == importBatch {
			if err := w.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// flush stores the batch. Of a response whose id is taken the stored one is
// kept; unless the row says the same, it is rejected.
func (w *importing) flush(ctx context.Context) error {
	defer func() { w.batch, w.lines, w.cells = w.batch[:0], w.lines[:0], w.cells[:0] }()
	if len(w.batch) == 0 {
		return nil
	}
	fresh := make([]bool, len(w.batch))
	if !w.dryRun {
		receipts, err := (&intake.Intake{Store: w.store}).Keep(ctx, w.batch...)
		if err != nil {
			return err
		}
		for i, r := range receipts {
			fresh[i] = r.Fresh
		}
	}
	stored := survey.Table[survey.Response]{Store: w.store, Collection: survey.Responses}
	for i, r := range w.batch {
		if fresh[i] {
			w.count.stored++
			continue
		}
		have, err := stored.Get(ctx, string(r.ID))
		switch {
		case w.dryRun && survey.KindOf(err) == survey.NotFound && err != nil:
			w.count.stored++
		case err != nil:
			return err
		default:
			key := w.conflict(have, r, w.cells[i])
			if key == "" {
				w.count.known++
				continue
			}
			taken := &survey.Error{Kind: survey.Invalid, Fields: map[string]survey.Message{string(exchange.FieldID): {Key: key}}}
			if err := w.reject(w.lines[i], w.cells[i], taken); err != nil {
				return err
			}
		}
	}
	return nil
}

// conflict says what a row has against the response that is stored under its
// id: that this is of somebody else, or that it says something else; "" if the
// row only repeats it. A row without a day is of the day on which it is read,
// which says nothing.
func (w *importing) conflict(have, row survey.Response, cells []string) string {
	if have.Campaign != row.Campaign || have.Form.Code != row.Form.Code || have.Point != row.Point || have.Unit != row.Unit {
		return "import.id_of_other"
	}
	if at, ok := w.reader.At(string(exchange.FieldDay)); !ok || at >= len(cells) || strings.TrimSpace(cells[at]) == "" {
		row.Day = have.Day
	}
	row.Received = have.Received
	if !reflect.DeepEqual(have, row) {
		return "import.known_differs"
	}
	return ""
}

// reject writes a row into the report, a line for each column at fault.
func (w *importing) reject(line int, cells []string, err error) error {
	var bad *survey.Error
	if !errors.As(err, &bad) || survey.KindOf(err) != survey.Invalid {
		return err
	}
	w.count.rejected++
	for _, column := range slices.Sorted(maps.Keys(bad.Fields)) {
		m := bad.Fields[column]
		reason := w.explain(&survey.Error{Kind: survey.Invalid, Key: m.Key, Args: m.Args})
		value := ""
		if at, ok := w.reader.At(column); ok && at < len(cells) {
			column, value = w.header[at], cells[at]
		}
		if err := w.report.write(strconv.Itoa(line), column, reason, value); err != nil {
			return err
		}
	}
	return nil
}

// rejections is the file of rejected rows, made when there is the first.
type rejections struct {
	path string
	file *os.File
	csv  *csv.Writer
}

func (r *rejections) write(cells ...string) error {
	if r.file == nil {
		file, err := os.Create(r.path)
		if err != nil {
			return fmt.Errorf("không ghi được báo cáo; xin chọn tệp khác bằng --report / the report cannot be written; choose another file with --report: %w", err)
		}
		r.file = file
		if _, err := file.WriteString("\ufeff"); err != nil {
			return err
		}
		r.csv = csv.NewWriter(file)
		if err := r.csv.Write([]string{"dòng / row", "cột / column", "lý do / reason", "giá trị / value"}); err != nil {
			return err
		}
	}
	for i, cell := range cells {
		cells[i] = exchange.Defuse(cell)
	}
	return r.csv.Write(cells)
}

func (r *rejections) close() error {
	if r.file == nil {
		return nil
	}
	r.csv.Flush()
	return errors.Join(r.csv.Error(), r.file.Close())
}
