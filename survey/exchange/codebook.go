package exchange

import (
	"github.com/xuri/excelize/v2"

	"hailong/survey"
	"hailong/survey/spreadsheet"
)

// writeCodebook adds the sheet that explains the columns: what was asked and
// what each code means.
func writeCodebook(file *excelize.File, layout *Layout) error {
	if _, err := file.NewSheet(codebookSheet); err != nil {
		return err
	}
	sheet, err := file.NewStreamWriter(codebookSheet)
	if err != nil {
		return err
	}
	rows := [][]any{{"cột / column", "mã / code", "tiếng Việt", "English", "loại / type", "yếu tố / factor", "phiếu / form"}}
	for _, column := range layout.Columns {
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
		if err := spreadsheet.SetRow(sheet, i+1, row); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

var fieldMeaning = map[ResponseField]survey.Text{
	FieldID:       {"vi": "số dòng, không dẫn đến người trả lời", "en": "number of the row; it leads to nobody"},
	FieldCampaign: {"vi": "đợt khảo sát", "en": "campaign"},
	FieldForm:     {"vi": "mẫu phiếu", "en": "questionnaire"},
	FieldVersion:  {"vi": "phiên bản mẫu phiếu", "en": "version of the questionnaire"},
	FieldPoint:    {"vi": "mã điểm khảo sát", "en": "code of the point"},
	FieldUnit:     {"vi": "đơn vị", "en": "unit"},
	FieldSector:   {"vi": "lĩnh vực", "en": "sector"},
	FieldChannel:  {"vi": "kênh trả lời", "en": "channel"},
	FieldLang:     {"vi": "ngôn ngữ", "en": "language"},
	FieldDay:      {"vi": "ngày trả lời; phiếu về trường học chỉ ghi tháng", "en": "day of the answer; of a response about a school the month"},
	FieldVoided:   {"vi": "lý do hủy; phiếu đã hủy không được tính vào kết quả", "en": "why it was voided; figures leave voided responses out"},
	FieldNA:       {"vi": "các câu trả lời “không áp dụng, không biết”", "en": "items answered “not applicable, don’t know”"},
}
