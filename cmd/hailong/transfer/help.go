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
ngay bằng “hailong release”. Còn bao nhiêu phiếu chờ được báo ra màn hình. Ai giữ một tệp cũ sẽ thấy tệp mới
không còn dòng nào: chỉ đưa tệp cho người có quyền, và không đưa nhiều lần. Muốn chuyển toàn bộ dữ liệu sang
máy khác, dùng “hailong backup” hoặc “hailong copy”.

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
a header and no rows; "hailong release" cuts one now. How many wait is told on standard error. Who holds an
earlier file sees which of its rows a later one has no more: give files to those alone who may have them, and
not often. To move all data to another server, use "hailong backup" or "hailong copy".

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

const backupHelp = `Ghi toàn bộ dữ liệu của kho vào một tệp mới rồi đọc lại để kiểm tra; máy chủ vẫn chạy bình
thường. Việc sao lưu được ghi vào nhật ký. Thư mục khóa (--keys) không bao giờ nằm trong tệp này.

Niêm phong: với --recipient age1… tệp chỉ mở được bằng khóa mở tương ứng (tạo bằng age-keygen). Khóa mở
không để trên máy chủ: in ra giấy, cất trong két, hoặc ở máy khác. Không niêm phong thì ai có tệp cũng đọc
được mọi phiếu và mã băm mật khẩu. Mất khóa mở là mất bản sao lưu: nên niêm phong cho hai khóa.

Chữ ký: bản sao lưu ký bằng khóa nằm trong thư mục khóa. Xin in “hailong backup --public-key” và giữ ở cơ
quan: máy mới cần nó để khôi phục mà biết chắc không ai sửa tệp.

Với --keep, --out là thư mục: tệp mới được đặt tên theo giờ, rồi bản cũ bị xóa theo 7d,4w,12m (bản mới nhất
của từng ngày, tuần, tháng). Chỉ xóa bản sao lưu của chính kho này, và chỉ sau khi bản mới đã nguyên vẹn.

Tệp là dữ liệu tại một thời điểm, dù máy chủ vẫn nhận phiếu; mọi thứ đã lưu trước khi lệnh chạy đều có trong đó.
Trong lúc lệnh chạy phải còn chỗ cho một bản nữa của kho: với bbolt là cạnh kho, với MongoDB là cạnh bản sao lưu.

Writes every document of a store to a new file, and reads it back. The server may go on meanwhile. That it
was made is noted in the audit log. The directory of keys (--keys) is never in it.

Seal: with --recipient age1… only the identity of that key opens the file (age-keygen makes both). Keep the
identity away from the server: on paper in the safe, or on another machine. Without a seal whoever has the
file reads every response and the hashes of passwords. Without the identity the backup is lost: seal for two.

Signature: the backup is signed by a key in the directory of keys. Print "hailong backup --public-key" and
keep it in the office: a new machine needs it to be sure that nobody altered the file.

With --keep, --out is a directory: the new file is named by time, and older ones go as 7d,4w,12m says (the
newest of each day, week and month stays). Only backups of this store go, and only after the new one is whole.

It is everything as of one moment, although responses go on coming in; whatever was stored before the command
began is in it. While it runs there must be room for a second copy of the store: with bbolt beside the store,
with MongoDB beside the backup.`

const restoreHelp = `Đưa bản sao lưu vào một kho trống (bbolt hoặc MongoDB) rồi so sánh hai bên. Cả bản sao lưu
được kiểm tra trước, cùng chữ ký: nếu bị cắt, bị sửa hoặc do người khác ký thì không khôi phục gì. Lần khôi
phục bị ngắt được làm tiếp bằng chính lệnh ấy; trước đó không lệnh nào khác mở kho. Chỉ chạy máy chủ sau khi xong.

Khóa tin cậy lấy từ thư mục khóa; trên máy mới thì ghi --trust-key (khóa mà cơ quan đã giữ). Bản sao lưu của
phiên bản cũ không có chữ ký: thêm --unsigned nếu chắc chắn là của cơ quan. Bản đã niêm phong cần --identity.

--drill là diễn tập: khôi phục vào kho tạm, kiểm tra, so với kho đang dùng rồi xóa. Nên làm mỗi tháng.

Puts the documents of a backup into an empty store of either kind, and compares both at the end. The whole
backup is checked first, with its signature: if it is cut off, altered, or signed by somebody else, nothing is
restored. A restore that was interrupted is completed by the same command; until then nothing else opens the
store. Start the server only afterwards: it puts documents of its own into an empty store.

The key that is trusted is that of the directory of keys; on a new machine give --trust-key (the key that the
office has kept). Backups of older versions are not signed: add --unsigned if you are sure that it is yours.
A sealed one needs --identity.

--drill is a trial: it restores into a temporary store, checks that, compares it with the one in use, and
removes it. Do it every month.`
