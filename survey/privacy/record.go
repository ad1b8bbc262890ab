package privacy

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"hailong/survey"
	"hailong/survey/retention"
)

// WriteRecord writes the record of processing as Markdown, in Vietnamese or English.
// It is a draft: what only the office knows is left open and marked.
func (v *Inventory) WriteRecord(w io.Writer, lang survey.Lang) error {
	r := record{Inventory: v, lang: lang}
	r.head()
	r.data()
	r.keeping()
	r.recipients()
	r.measures()
	r.rights()
	r.open()
	_, err := io.WriteString(w, r.out.String())
	return err
}

// record is a record being written.
type record struct {
	*Inventory
	lang survey.Lang
	out  strings.Builder
}

// say chooses the language.
func (r *record) say(vi, en string) string { return words(vi, en).In(r.lang) }

func (r *record) line(format string, args ...any) { fmt.Fprintf(&r.out, format+"\n", args...) }

func (r *record) section(vi, en string) { r.line("\n## %s\n", r.say(vi, en)) }

// row writes a row of a table; what would end a cell is taken out of it.
func (r *record) row(cells ...any) {
	for _, c := range cells {
		fmt.Fprintf(&r.out, "| %s ", strings.NewReplacer("|", "/", "\n", " ").Replace(fmt.Sprint(c)))
	}
	r.line("|")
}

func (r *record) header(cells ...any) {
	r.row(cells...)
	r.line("%s|", strings.Repeat("|---", len(cells)))
}

// orOpen is a text, or the mark of what the office has to fill in.
func (r *record) orOpen(s string) string {
	return cmp.Or(s, r.say("**[cần điền]**", "**[to be filled in]**"))
}

func (r *record) date(d survey.Date) string {
	if d == "" {
		return "–"
	}
	return d.Time().Format("02/01/2006")
}

func (r *record) head() {
	r.line("# %s", r.say("Hồ sơ xử lý dữ liệu cá nhân (dự thảo đánh giá tác động)", "Record of the processing of personal data (draft impact assessment)"))
	r.line("\n%s", r.say(
		"Lập tự động từ dữ liệu đang lưu, ngày "+r.date(r.On)+". Căn cứ: Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15, Nghị định 356/2025/NĐ-CP. Chỗ **[cần điền]** là việc của cơ quan.",
		"Made from what is stored on "+r.date(r.On)+". Basis: Law 91/2025/QH15 on personal data protection, Decree 356/2025/NĐ-CP. What is **[to be filled in]** is for the office."))
	r.section("1. Bên kiểm soát dữ liệu", "1. Controller")
	r.line("- %s: %s", r.say("Cơ quan", "Office"), r.orOpen(r.Rules.Controller.In(r.lang)))
	r.line("- %s: %s", r.say("Địa chỉ", "Address"), r.orOpen(r.Rules.Address))
	r.line("- %s: %s", r.say("Liên hệ", "Contact"), r.orOpen(r.Rules.Contact()))
	r.section("2. Mục đích", "2. Purpose")
	r.line("%s", r.Rules.PurposeText().In(r.lang))
}

func (r *record) data() {
	r.section("3. Dữ liệu đang lưu", "3. What is stored")
	r.header(r.say("Bộ dữ liệu", "Collection"), r.say("Số tài liệu", "Documents"), r.say("Nội dung", "What it is"), r.say("Trường", "Fields"))
	for _, c := range r.Collections {
		r.row("`"+string(c.Collection)+"`", c.Documents, cmp.Or(contentWords[c.Collection].In(r.lang), r.orOpen("")), strings.Join(c.Fields, ", "))
	}
	r.line("\n%s", r.say(
		fmt.Sprintf("Phiếu do chính người gửi rút: %d. Phiếu của những ngày trước còn giữ phút nhận: %d. Thông tin liên hệ của người được rút mẫu: %d đã niêm phong, %d chưa.", r.TakenBack, r.Exact, r.Contacts.Sealed, r.Contacts.Plain),
		fmt.Sprintf("Responses taken back by their senders: %d. Responses of former days whose minute is still there: %d. Contacts of drawn people: %d sealed, %d not.", r.TakenBack, r.Exact, r.Contacts.Sealed, r.Contacts.Plain)))
}

func (r *record) keeping() {
	r.section("4. Thời hạn lưu", "4. Retention")
	r.header(r.say("Đợt", "Campaign"), r.say("Phiếu", "Responses"),
		r.say("Có câu trả lời nhạy cảm", "With sensitive answers"), r.say("Xóa từ ngày", "Deleted from"),
		r.say("Có lời góp ý", "With texts"), r.say("Xóa từ ngày", "Deleted from"), r.say("Đã xóa", "Deleted so far"))
	for i := range r.Campaigns {
		c := &r.Campaigns[i]
		r.row(c.Campaign.Title.In(r.lang), c.Responses, c.Sensitive, r.due(c.SensitiveDue, c.Keep.Sensitive), c.Texts, r.due(c.TextsDue, c.Keep.Texts), r.erased(c.Erased))
	}
	r.line("\n%s", r.say(
		fmt.Sprintf("Bản sao lưu: giữ %d ngày. Nhật ký: không xóa.", r.Rules.DaysOfBackups()),
		fmt.Sprintf("Backups: kept for %d days. The audit log is not deleted.", r.Rules.DaysOfBackups())))
	r.aged()
}

// agedWords say what is forgotten of each kind, and when.
var agedWords = map[retention.AgedKind]survey.Text{
	retention.AgedSlips:    words("mã dùng một lần, 31 ngày sau ngày cuối dùng được", "one-time codes, 31 days after their last day"),
	retention.AgedLinks:    words("liên kết dùng một lần kiểu cũ, 31 ngày sau ngày cuối dùng được", "one-time links of the old kind, 31 days after their last day"),
	retention.AgedDossiers: words("mã băm của hồ sơ đã được phát mã, sau 24 tháng", "hashes of applications that got a code, after 24 months"),
	retention.AgedDevices:  words("máy đã thu hồi, sau 12 tháng", "devices, 12 months after they were revoked"),
	retention.AgedMoments: words(
		"giờ phút nhận phiếu, khi hết ngày: phiếu do người dân tự gửi còn giữ giờ trong 101 ngày để phát hiện gửi phiếu hàng loạt, sau đó chỉ giữ ngày; phiếu khác chỉ giữ ngày",
		"the minutes at which responses came in, when the day is over: of what people send themselves the hour is kept for 101 days, to find ballot stuffing, and the day after that; of others the day"),
	retention.AgedAttempts: words("số lần thử rút phiếu, khi hết giờ", "counts of attempts to take a response back, after the hour"),
	retention.AgedSessions: words("phiên đăng nhập đã hết", "sessions that ran out"),
	retention.AgedGuesses:  words("số lần thử đăng nhập", "counts of attempts to sign in"),
}

// aged says what is forgotten by its age, and how much was.
func (r *record) aged() {
	r.line("\n%s", r.say("Tự xóa khi không còn tác dụng (trong ngoặc: đã xóa):", "Deleted when it is of no more use (in brackets: so far):"))
	for _, kind := range retention.AgedKinds {
		r.line("- %s (%d)", agedWords[kind].In(r.lang), r.Aged.Forgotten[kind])
	}
}

// due says when a part is deleted, or how long after an end that is not known yet.
func (r *record) due(on survey.Date, months int) string {
	if on != "" {
		return r.date(on)
	}
	return r.say(fmt.Sprintf("%d tháng sau khi kết thúc", months), fmt.Sprintf("months after its end: %d", months))
}

func (r *record) erased(all []retention.Erasure) string {
	if len(all) == 0 {
		return "–"
	}
	parts := make([]string, len(all))
	for i, e := range all {
		what := r.say("câu trả lời nhạy cảm", "sensitive answers")
		if e.Part == retention.Texts {
			what = r.say("lời góp ý", "texts")
		}
		parts[i] = fmt.Sprintf("%s: %s %d", r.date(e.Day), what, e.Responses)
	}
	return strings.Join(parts, "; ")
}

func (r *record) recipients() {
	r.section("5. Người được xem", "5. Recipients")
	r.header(r.say("Vai trò", "Role"), r.say("Số người", "People"), r.say("Có xác thực hai lớp", "With a second factor"))
	for _, c := range r.Recipients {
		r.row("`"+string(c.Role)+"`", c.People, c.SecondFactors)
	}
	r.line("\n%s", r.say(
		fmt.Sprintf("Phần mềm khác có mã truy cập còn hiệu lực: %d. Công chúng chỉ xem được kết quả tổng hợp; nhóm ít người không hiện. Không chuyển dữ liệu ra nước ngoài, không có dịch vụ theo dõi của bên thứ ba.", r.Programs),
		fmt.Sprintf("Other programs with a token in force: %d. The public sees aggregates only, and no small groups. No data go abroad, and no third party tracks anybody.", r.Programs)))
}

func (r *record) measures() {
	r.section("6. Biện pháp bảo vệ", "6. Measures")
	backup := r.say("chưa có bản nào trong nhật ký", "none is in the audit log")
	if !r.LastBackup.IsZero() {
		backup = r.date(survey.DateOf(r.LastBackup))
	}
	for _, m := range []string{
		r.say("Phiếu không ghi tên, số điện thoại, địa chỉ mạng; mã phiếu không cho biết giờ phút; giờ phút nhận phiếu bị xóa khi hết ngày.", "Responses hold no name, telephone or network address; their ids do not tell the minute, and the minute at which one came in is erased when the day is over."),
		r.say("Người gửi rút được phiếu bằng mã phiếu; hệ thống không biết mã nào là của ai.", "A sender takes a response back by the receipt code; nothing here tells whose code it is."),
		r.say("Thông tin liên hệ niêm phong bằng khóa riêng cho từng đợt, để ngoài cơ sở dữ liệu và bản sao lưu; xóa là hủy khóa.", "Contacts are sealed with a key for each campaign, outside the database and its backups; to delete is to destroy the key."),
		r.say("Tệp dữ liệu được nén lại sau khi xóa, không để sót trong vùng trống.", "The data file is compacted after deletion, so that nothing stays in free space."),
		r.say(fmt.Sprintf("Nhật ký nối chuỗi: %d mục.", r.Entries), fmt.Sprintf("Chained audit log, entries: %d.", r.Entries)),
		r.say("Bản sao lưu gần nhất: "+backup+".", "Last backup: "+backup+"."),
		r.say("Đường truyền mã hóa (HTTPS), nơi đặt máy chủ, sao lưu ở nơi khác: ", "Encryption on the way (HTTPS), where the server stands, where backups lie: ") + r.orOpen(""),
	} {
		r.line("- %s", m)
	}
}

func (r *record) rights() {
	r.section("7. Quyền của người trả lời", "7. Rights of respondents")
	r.line("%s", r.say(
		"Được biết: trang /privacy, câu xin đồng ý trong phiếu. Rút lại sự đồng ý và xóa: trang /y với mã phiếu, có hiệu lực ngay. Xem, sửa: rút phiếu rồi gửi phiếu mới; phiếu không gắn với ai nên không tra được theo tên. Yêu cầu khác: liên hệ ở mục 1, trả lời trong hai ngày làm việc.",
		"To know: the page /privacy, the consent in the form. To withdraw consent and delete: the page /y with the receipt code, at once. To see and correct: take the response back and send another; as no response is tied to anybody, none can be found by name. Other requests: the contact in section 1, answered within two working days."))
}

func (r *record) open() {
	r.section("8. Rủi ro còn lại và việc cần điền", "8. What remains, and what is to be filled in")
	for _, m := range []string{
		r.say("Người viết có thể tự nêu tên mình trong lời góp ý; cán bộ đọc góp ý phải giữ kín.", "People may name themselves in a comment; staff who read comments keep them to themselves."),
		r.say(fmt.Sprintf("Bản sao lưu có trước khi xóa còn giữ nội dung, tối đa %d ngày; phải xóa bản sao lưu đúng hạn.", r.Rules.DaysOfBackups()), fmt.Sprintf("Backups from before a deletion hold the content, for %d days at most; they have to be deleted in time.", r.Rules.DaysOfBackups())),
		r.say("Số, ngày của hồ sơ, người lập, người ký: ", "Number and date of this record, who made and signed it: ") + r.orOpen(""),
		r.say("Xem xét lại sáu tháng một lần; lần tới: ", "Reviewed every six months; next: ") + r.date(survey.DateOf(r.On.Time().AddDate(0, 6, 0))),
	} {
		r.line("- %s", m)
	}
}
