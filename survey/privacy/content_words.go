package privacy

import "hailong/survey"

// contentWords says what a collection is for, and whether it tells of people. A test
// holds that every collection is described: a new one is not to be stored unseen.
var contentWords = map[survey.Collection]survey.Text{
	survey.Settings:       words("Thiết lập của hệ thống, gồm quy định về dữ liệu cá nhân và biên bản xóa theo thời hạn.", "Settings, among them the rules of personal data and the records of what was deleted in its time."),
	survey.Units:          words("Đơn vị, trường học. Không có dữ liệu cá nhân.", "Units and schools. No personal data."),
	survey.Sectors:        words("Lĩnh vực. Không có dữ liệu cá nhân.", "Sectors. No personal data."),
	survey.Questionnaires: words("Mẫu phiếu và các phiên bản. Không có dữ liệu cá nhân.", "Questionnaires and their versions. No personal data."),
	survey.Targets:        words("Chỉ tiêu. Không có dữ liệu cá nhân.", "Targets. No personal data."),
	survey.Campaigns:      words("Đợt khảo sát và các bản công bố. Không có dữ liệu cá nhân.", "Campaigns and their editions. No personal data."),
	survey.Points:         words("Điểm khảo sát. Không có dữ liệu cá nhân.", "Survey points. No personal data."),
	survey.Devices:        words("Máy ở quầy được ghi nhận; khóa chỉ lưu dạng băm. Không có dữ liệu cá nhân của người trả lời.", "Enrolled tablets and screens; their keys as hashes. No personal data of respondents."),
	survey.Plans:          words("Số phiếu giao theo kế hoạch. Không có dữ liệu cá nhân.", "Quotas of the plan. No personal data."),
	survey.Samples:        words("Biên bản rút mẫu và phân công điều tra viên.", "Records of draws, and which surveyor works where."),
	survey.DrawnRows:      words("Nơi được chọn và kết quả đến từng nơi; không ghi tên, không dẫn đến phiếu.", "Selected places and what visits came to; no names, nothing that leads to a response."),
	survey.Contacts:       words("Dữ liệu cá nhân: tên, địa chỉ, điện thoại của người được rút mẫu; đã niêm phong, xóa theo hạn của từng đợt.", "Personal data: name, address, telephone of drawn people; sealed, deleted in the time set for each campaign."),
	survey.Snapshots:      words("Số liệu đã công bố, chỉ gồm số tổng hợp.", "Published figures, aggregates only."),
	survey.OneTimeLinks:   words("Mã dùng một lần kiểu cũ; chỉ lưu dạng băm.", "One-time codes of the old kind; hashes only."),
	survey.Releases:       words("Bản chốt số liệu cho cơ quan: phiếu nào được tính, không có câu trả lời.", "Releases for offices: which responses are counted, no answers."),
	survey.SlipIssues:     words("Đợt phát mã dùng một lần: ai phát, điểm nào, bao nhiêu.", "Issues of one-time codes: by whom, for which point, how many."),
	survey.SlipCodes:      words("Mã dùng một lần, dạng băm có khóa, và điểm của mã.", "One-time codes as keyed hashes, with their point."),
	survey.SlipUses:       words("Mã vừa dùng trong ngày, để nhận ra lần gửi lại; xóa sau 24 giờ.", "Codes spent within the day, so that a retry is known; gone after 24 hours."),
	survey.SpentSlips:     words("Tập mã đã dùng, chỉ có mã băm; không dẫn đến phiếu.", "The set of spent codes, hashes only; leads to no response."),
	survey.SlipCounts:     words("Số mã đã dùng theo điểm và ngày.", "Codes spent, by point and day."),
	survey.SlipDossiers:   words("Tập băm có khóa của mã hồ sơ, để không phát hai lần; không dẫn đến mã hay phiếu.", "A set of keyed hashes of application codes, so that none gets two; leads to no code and no response."),
	survey.PaperBatches:   words("Lô phiếu giấy và điều tra viên phụ trách.", "Batches of paper forms and the surveyor of each."),
	survey.Voids:          words("Phiếu bị hủy, lý do và người hủy.", "Voided responses, why and by whom."),
	survey.TakenBackMarks: words("Dấu ghi rằng có phiếu đã được người gửi rút; không còn nội dung.", "Marks that a response was taken back by its sender; nothing of its content."),
	survey.Attempts:       words("Số lần thử rút phiếu trong giờ; địa chỉ mạng chỉ lưu dạng băm có khóa, xóa sau một giờ. Quản trị viên nào sắp mất quyền, trong năm phút.", "Attempts to take back within the hour; network addresses as keyed hashes, gone after the hour. Which administrator is about to lose the right, for five minutes."),
	survey.Transactions:   words("Số lượt giải quyết mỗi ngày của điểm, do cơ quan báo. Không có dữ liệu cá nhân.", "Transactions of a point by day, as offices report them. No personal data."),
	survey.Suspects:       words("Phiếu nghi vấn đang tạm giữ và lý do; không có câu trả lời.", "Suspect responses in quarantine and why; no answers."),
	survey.Misuses:        words("Những ngày mà thiết bị, màn hình hoặc mã dùng một lần của một điểm bị dùng sai: ai ghi, vì sao.", "Days on which a device, a screen or one-time codes of a point were misused: stated by whom, why."),
	survey.BurstDecisions: words("Quyết định về phiếu nghi vấn: ai, vì sao.", "Decisions about suspect responses: by whom, why."),
	survey.Traffic:        words("Số phiếu theo giờ của từng điểm và mạng; mạng chỉ lưu dạng băm có khóa, mỗi ngày một khác, xóa trong ngày.", "Responses by the hour, of points and networks; networks as keyed hashes that change every day, gone within the day."),
	survey.RecheckDraws:   words("Phiếu được chọn để phúc tra.", "Forms drawn for a re-check."),
	survey.RecheckResults: words("Kết quả phúc tra.", "Results of re-checks."),
	survey.Users:          words("Dữ liệu cá nhân của cán bộ: tên đăng nhập, họ tên, vai trò; mật khẩu dạng băm.", "Personal data of staff: username, name, role; passwords as hashes."),
	survey.Identities:     words("Dữ liệu cá nhân của cán bộ: tài khoản ở hệ thống xác thực (nơi cấp và mã định danh) gắn với tên đăng nhập.", "Personal data of staff: issuer and subject at an identity provider, and the username they are bound to."),
	survey.Tokens:         words("Mã truy cập của phần mềm khác, dạng băm.", "Access tokens of other programs, as hashes."),
	survey.Sessions:       words("Phiên đăng nhập của cán bộ, xóa trong ngày.", "Sessions of staff, gone within the day."),
	survey.Guesses:        words("Số lần thử đăng nhập trong giờ; tên đăng nhập và địa chỉ mạng chỉ lưu dạng băm có khóa.", "Attempts to sign in within the hour; usernames and network addresses as keyed hashes."),
	survey.Chains:         words("Sổ phiếu: mỗi máy chủ bắt đầu ghi lúc nào, và mã băm. Không có dữ liệu cá nhân.", "The ledger: when each server began to write, and hashes. No personal data."),
	survey.Ledger:         words("Sổ phiếu của ngày đang chạy: mã phiếu, điểm và mã băm có số ngẫu nhiên, theo thứ tự đến; xóa sau khi hết ngày.", "The ledger of the running day: ids, points and salted hashes of responses, in the order of arrival; gone after the day."),
	survey.LedgerDays:     words("Sổ phiếu của các ngày đã qua: mã phiếu và mã băm có số ngẫu nhiên, không theo thứ tự đến; số phiếu của từng điểm.", "The ledger of days that are over: ids and salted hashes of responses, in no order of arrival; counts by point."),
	survey.LogRecords:     words("Sổ đối chứng: ngày và mã băm của từng phần sổ phiếu đã khóa; không có phiếu nào, không có số phiếu.", "The signed log: day and hashes of each closed part of the ledger; no response, and no count."),
	survey.Audit:          words("Nhật ký việc làm của cán bộ: ai, lúc nào, việc gì.", "The audit log of what staff did: who, when, what."),
	survey.Intents:        words("Việc đang làm dở; bình thường là trống.", "Acts under way; usually empty."),
	survey.Responses:      words("Phiếu: câu trả lời, góp ý, ngày, điểm. Không tên, không điện thoại, không địa chỉ mạng. Số ngẫu nhiên của lần gửi, dạng băm có khóa, để nhận ra lần gửi lại. Dân tộc (dữ liệu nhạy cảm) chỉ có khi người trả lời đồng ý.", "Responses: answers, comments, day, point. No name, telephone or network address. A keyed hash of a random number of the sending, to know it when it comes again. Ethnicity (sensitive) only where the respondent agreed."),
}

func words(vi, en string) survey.Text {
	return survey.Text{survey.Vietnamese: vi, survey.English: en}
}
