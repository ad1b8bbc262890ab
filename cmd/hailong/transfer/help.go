package transfer

const importHelp = `Mỗi dòng là một phiếu. Cột được nhận ra theo tiêu đề: mã hoặc lời của câu hỏi, và id (mã phiếu), form (mẫu
phiếu), point (mã điểm), unit (đơn vị: định danh, mã hoặc tên), sector (lĩnh vực), channel (kênh trả lời), day
(ngày), na (không áp dụng). Câu trả lời là mã hoặc lời; nhiều câu trả lời thì cách nhau bằng dấu cách hoặc dấu
chấm phẩy. Dòng không ghi ngày là của hôm nay. Cột batch và by, nếu có, ghi mã lô phiếu của đợt khảo sát và tên
đăng nhập của người nhập: phải có ở máy chủ này. Mỗi lần nhập có một dòng trong nhật ký.

Dòng không đọc được ghi trong báo cáo, kèm lý do; các dòng khác được lưu. Nhập lại cùng tệp, kể cả sau khi sửa,
không làm phiếu nào bị tính hai lần. Tệp do “hailong export” ghi cũng vậy: cột id là số dòng, chỉ máy chủ đã ghi mới
tìm lại được phiếu từ số ấy; ở máy chủ khác thì mỗi dòng chỉ được tính một lần. Có dòng bị loại thì mã thoát là 1.

Reads one response a row. Columns are found by their headers: the codes of items or their labels, and
id (mã phiếu), form (mẫu phiếu), point (mã điểm), unit (đơn vị: id, code or name), sector (lĩnh vực),
channel (kênh), day (ngày), na (không áp dụng). Answers are codes or the words of the answer; several are
separated by spaces or semicolons; "4.0" is read as 4, but "04" and "+4" are no answers. Rows without a day
are of today. The columns batch and by, where there are any, hold the code of a batch of the campaign and the
username of who entered the form: this server must have both. Each import leaves an entry in the audit log.

Each row that cannot be read stands in the report with its reason; the others are stored. The same file may
be read again, also after rows were mended: a response is known by its id, else by the number in the column
"mã phiếu", else by the content of its row, equal rows being counted. So is a file that "hailong export"
wrote: its column id holds row numbers that lead back to responses here alone, so that nothing is counted a second
time; on another server each row counts once. A row whose number was stored before with
other answers, or belongs to another form, unit or point, is rejected: what was stored first is kept. Exit
status 1 if any row was rejected.`

const exportHelp = `Xuất những phiếu có trong bản chốt số liệu: phiếu mới của một đơn vị vào cùng nhau, từ 5 phiếu (trường học:
10), để không ai so hai tệp mà biết một người trả lời gì. Đợt chưa có bản chốt thì tệp chỉ có dòng tiêu đề; chốt
ngay bằng “hailong release”. Còn bao nhiêu phiếu chờ được báo ra màn hình. Muốn chuyển toàn bộ dữ liệu sang máy
khác, dùng “hailong backup” hoặc “hailong copy”.

Mỗi phiếu một dòng, cột đầu là số dòng. Số dòng không dẫn đến phiếu, thời điểm hay người trả lời, và mỗi tệp
một khác, trừ khi ghi cùng --name; các dòng xếp theo số ấy. Phiếu về trường học chỉ ghi tháng. Tệp không ghi
ai nhập phiếu giấy và lô nào. Ô câu hỏi ghi mã câu trả lời; nhiều lựa chọn thì cách nhau bằng dấu cách; câu
không áp dụng để trống và ghi ở cột "na", nên "hailong analyze" đọc được ngay. CSV mở được bằng Excel (UTF-8
có BOM); ô mà bảng tính có thể hiểu là công thức có dấu nháy đơn ở trước. XLSX có thêm bảng mã giải thích
từng cột, từng mã. Phiếu đã hủy không được xuất, cũng như không được tính; --voided xuất cả phiếu đã hủy,
kèm lý do, khi bản chốt đã loại phiếu đó. "hailong import" đọc lại được cả hai dạng, trừ phiếu đã hủy, và không tính phiếu nào hai lần. Tệp
không có thông tin liên hệ; việc xuất được ghi vào nhật ký.

Writes the responses that the release of a campaign holds. New ones of a unit enter it together, by five or
more (schools: ten), so that two files do not tell what one person answered. A campaign without a release has
a header and no rows; "hailong release" cuts one now. How many wait is told on standard error. To move all
data to another server, use "hailong backup" or "hailong copy".

Writes one row per response, a row number first. The number leads to no response, time or person, and is
another in each file, unless files are given the same --name; rows stand in the order of these numbers. A
response about a school has its month only. Who entered a paper form, and its batch, are left out. Item
cells hold codes; several choices are separated by spaces; an item that does not apply has an empty cell and
stands in the column "na", so that "hailong analyze" reads the file as it is. CSV opens in Excel (UTF-8 with
BOM); a text that a spreadsheet would take for a formula has an apostrophe before it. XLSX has a second
sheet that explains every column and code. Voided responses are left out, as figures leave them out;
--voided writes them too, with the reason in the column "voided", once the release leaves them out. "hailong import" reads either back, all
but what was voided, and counts nothing twice. The file holds no contacts; that it was written is noted in
the audit log.`
