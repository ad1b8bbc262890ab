package main

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/exchange"
)

func newExportCommand() *cobra.Command {
	var campaign, format, out string
	var voided bool
	cmd := &cobra.Command{
		Use:   "export --campaign ID|all",
		Short: "Xuất phiếu ra CSV hoặc XLSX / writes responses to CSV or XLSX",
		Long: `Mỗi phiếu một dòng, cột đầu là mã phiếu. Ô câu hỏi ghi mã câu trả lời; nhiều lựa chọn thì cách nhau bằng dấu
cách; câu không áp dụng để trống và ghi ở cột "na", nên "hailong analyze" đọc được ngay. CSV mở được bằng Excel
(UTF-8 có BOM); ô mà bảng tính có thể hiểu là công thức có dấu nháy đơn ở trước. XLSX có thêm bảng mã giải thích
từng cột, từng mã. Phiếu đã hủy không được xuất, cũng như không được tính; --voided xuất cả phiếu đã hủy, kèm lý
do. "hailong import" đọc lại được cả hai dạng, trừ phiếu đã hủy. Tệp không có thông tin liên hệ; việc xuất được
ghi vào nhật ký.

Writes one row per response, its id first, in the order of ids. Item cells hold codes; several choices are
separated by spaces; an item that does not apply has an empty cell and stands in the column "na", so that
"hailong analyze" reads the file as it is. CSV opens in Excel (UTF-8 with BOM); a text that a spreadsheet would
take for a formula has an apostrophe before it. XLSX has a second sheet that explains every column and code.
Voided responses are left out, as figures leave them out; --voided writes them too, with the reason in the column
"voided". "hailong import" reads either back, all but what was voided. The file holds no contacts; that it was written is
noted in the audit log.`,
		Args: exactly(0),
	}
	store := addStoreFlag(cmd)
	cmd.Flags().StringVar(&campaign, "campaign", "", "mã đợt khảo sát cần xuất, hoặc all (tất cả) / campaign to write, or all")
	cmd.Flags().StringVar(&format, "format", "csv", "csv hoặc xlsx / csv or xlsx")
	cmd.Flags().BoolVar(&voided, "voided", false, "xuất cả phiếu đã hủy, kèm lý do / write voided responses too, with the reason")
	cmd.Flags().StringVar(&out, "out", "", "tệp sẽ ghi, chưa được có sẵn; không ghi thì in ra đầu ra chuẩn / file to write, it must not exist yet; without it standard output")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if campaign == "" || format != "csv" && format != "xlsx" {
			return usageError{errors.New("cần --campaign MÃ|all và --format csv|xlsx / export needs --campaign ID|all and --format csv|xlsx")}
		}
		s, err := store.open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		c, err := survey.LoadCatalog(cmd.Context(), s)
		if err != nil {
			return err
		}
		campaigns, err := chosenCampaigns(c, campaign)
		if err != nil {
			return err
		}
		ids := make([]survey.CampaignID, len(campaigns))
		for i, k := range campaigns {
			ids[i] = k.ID
		}
		audit := audit.New(s, time.Now)
		if err := audit.Record(cmd.Context(), shellActor(), "response.export", "responses", nil, exported{ids, format}); err != nil {
			return explained(err)
		}
		e := exporter{store: s, catalog: c, campaigns: campaigns, voided: voided, layout: exchange.NewLayout(c, campaigns...)}
		write := e.csv
		if format == "xlsx" {
			write = e.xlsx
		}
		if out == "" {
			return write(cmd.Context(), cmd.OutOrStdout())
		}
		return writeNew(out, func(file io.Writer) error { return write(cmd.Context(), file) })
	}
	return cmd
}

// exported is what the audit log keeps of an export: no contacts are in it.
type exported struct {
	Campaigns []survey.CampaignID `json:"campaigns"`
	Format    string              `json:"format"`
}

// writeNew has a file written that must not be there yet. What could not be
// finished is not left behind.
func writeNew(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // as the user's umask has it
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%[1]s đã có; xin chọn tên khác / %[1]s exists; choose a new name", path)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// chosenCampaigns returns the campaign with an id, or all.
func chosenCampaigns(c *survey.Catalog, id string) ([]*survey.Campaign, error) {
	var chosen []*survey.Campaign
	var ids []string
	for i := range c.Campaigns {
		k := &c.Campaigns[i]
		ids = append(ids, string(k.ID))
		if id == "all" || id == string(k.ID) {
			chosen = append(chosen, k)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("không có đợt khảo sát %[1]q / there is no campaign %[1]q; there are: %[2]s", id, strings.Join(ids, ", "))
	}
	return chosen, nil
}

// exporter writes the responses of some campaigns.
type exporter struct {
	store     survey.Store
	catalog   *survey.Catalog
	campaigns []*survey.Campaign
	voided    bool // those too
	layout    *exchange.Layout
}

// each visits the responses of the campaigns, one in memory at a time.
func (e *exporter) each(ctx context.Context, visit func(cells []string) error) error {
	wanted := map[survey.CampaignID]bool{}
	for _, k := range e.campaigns {
		wanted[k.ID] = true
	}
	voided, err := survey.VoidedResponses(ctx, e.store)
	if err != nil {
		return err
	}
	bar := newProgress("export", -1)
	defer bar.finish()
	cells := make([]string, len(e.layout.Columns))
	var r survey.Response
	return e.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		if err := r.UnmarshalBSON(doc); err != nil {
			return err
		}
		if !wanted[r.Campaign] {
			return nil
		}
		var void *survey.Void
		if v, ok := voided[r.ID]; ok {
			if !e.voided {
				return nil
			}
			void = &v
		}
		if err := e.layout.Row(&r, void, cells); err != nil {
			return err
		}
		bar.add(1)
		return visit(cells)
	})
}

func (e *exporter) csv(ctx context.Context, out io.Writer) error {
	buffer := bufio.NewWriterSize(out, 1<<16)
	if _, err := buffer.WriteString("\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(buffer)
	if err := w.Write(e.layout.Headers()); err != nil {
		return err
	}
	err := e.each(ctx, func(cells []string) error {
		for i, cell := range cells {
			cells[i] = exchange.Defuse(cell)
		}
		return w.Write(cells)
	})
	if err != nil {
		return err
	}
	w.Flush()
	return errors.Join(w.Error(), buffer.Flush())
}

// Names of the sheets of an Excel file. Responses beyond what a sheet holds go
// on in "Phiếu 2" and so on.
const (
	responseSheet = "Phiếu"
	codebookSheet = "Bảng mã"
	sheetRows     = 1_048_576 // of Excel, the header included
)

// sheetName is the name of the nth sheet of responses.
func sheetName(n int) string {
	if n == 1 {
		return responseSheet
	}
	return responseSheet + " " + strconv.Itoa(n)
}

func (e *exporter) xlsx(ctx context.Context, out io.Writer) (err error) {
	file := excelize.NewFile()
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.SetSheetName(file.GetSheetName(0), responseSheet); err != nil {
		return err
	}
	var sheet *excelize.StreamWriter
	sheets, row := 0, 0
	values := make([]any, len(e.layout.Columns))
	write := func() error {
		row++
		cell, err := excelize.CoordinatesToCellName(1, row)
		if err != nil {
			return err
		}
		return sheet.SetRow(cell, values)
	}
	begin := func() error {
		if sheet != nil {
			if err := sheet.Flush(); err != nil {
				return err
			}
		}
		sheets, row = sheets+1, 0
		if sheets > 1 {
			if _, err := file.NewSheet(sheetName(sheets)); err != nil {
				return err
			}
		}
		var err error
		if sheet, err = file.NewStreamWriter(sheetName(sheets)); err != nil {
			return err
		}
		for i, header := range e.layout.Headers() {
			values[i] = header
		}
		return write()
	}
	if err := begin(); err != nil {
		return err
	}
	err = e.each(ctx, func(cells []string) error {
		if row == sheetRows {
			if err := begin(); err != nil {
				return err
			}
		}
		for i, cell := range cells {
			values[i] = cellValue(e.layout.Columns[i], cell)
		}
		return write()
	})
	if err != nil {
		return err
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	if err := e.codebook(file); err != nil {
		return err
	}
	// The library would hold the whole compressed file in memory; it only needs
	// to be told where to write instead.
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(out) })
	return file.Write(io.Discard)
}

// cellValue writes codes as numbers, so that a spreadsheet can count them, and
// everything else as text, which is never taken for a formula.
func cellValue(c exchange.Column, cell string) any {
	switch {
	case cell == "":
		return nil
	case c.Item != "" && !c.Words:
		if code, err := strconv.Atoi(cell); err == nil {
			return code
		}
	}
	return cell
}

// codebook explains the columns: what was asked and what each code means.
func (e *exporter) codebook(file *excelize.File) error {
	if _, err := file.NewSheet(codebookSheet); err != nil {
		return err
	}
	sheet, err := file.NewStreamWriter(codebookSheet)
	if err != nil {
		return err
	}
	rows := [][]any{{"cột / column", "mã / code", "tiếng Việt", "English", "loại / type", "yếu tố / factor", "phiếu / form"}}
	for _, column := range e.layout.Columns {
		if column.Item == "" {
			words := fieldMeaning[column.Field]
			rows = append(rows, []any{column.Header, nil, words.In(survey.Vietnamese), words.In(survey.English)})
			continue
		}
		it := column.Form.Item(column.Item)
		kind := string(it.Type)
		if column.Words {
			kind = string(survey.TextItem)
		}
		rows = append(rows, []any{column.Header, nil, it.Label.In(survey.Vietnamese), it.Label.In(survey.English), kind, it.Factor, column.Form.Ref().ID()})
		if column.Words {
			continue
		}
		for _, o := range column.Form.Choices(it) {
			rows = append(rows, []any{column.Header, o.Code, o.Label.In(survey.Vietnamese), o.Label.In(survey.English)})
		}
	}
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := sheet.SetRow(cell, row); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

var fieldMeaning = map[exchange.Field]survey.Text{
	exchange.FieldID:       {"vi": "mã phiếu", "en": "id of the response"},
	exchange.FieldCampaign: {"vi": "đợt khảo sát", "en": "campaign"},
	exchange.FieldForm:     {"vi": "mẫu phiếu", "en": "questionnaire"},
	exchange.FieldVersion:  {"vi": "phiên bản mẫu phiếu", "en": "version of the questionnaire"},
	exchange.FieldPoint:    {"vi": "mã điểm khảo sát", "en": "code of the point"},
	exchange.FieldUnit:     {"vi": "đơn vị", "en": "unit"},
	exchange.FieldSector:   {"vi": "lĩnh vực", "en": "sector"},
	exchange.FieldChannel:  {"vi": "kênh trả lời", "en": "channel"},
	exchange.FieldLang:     {"vi": "ngôn ngữ", "en": "language"},
	exchange.FieldDay:      {"vi": "ngày trả lời", "en": "day of the answer"},
	exchange.FieldBatch:    {"vi": "lô phiếu giấy", "en": "batch of paper forms"},
	exchange.FieldBy:       {"vi": "người nhập phiếu giấy", "en": "who entered the paper form"},
	exchange.FieldVoided:   {"vi": "lý do hủy; phiếu đã hủy không được tính vào kết quả", "en": "why it was voided; figures leave voided responses out"},
	exchange.FieldNA:       {"vi": "các câu trả lời “không áp dụng, không biết”", "en": "items answered “not applicable, don’t know”"},
}
