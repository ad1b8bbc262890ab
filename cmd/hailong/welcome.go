package main

import (
	"fmt"
	"io"
	"net"
	"strings"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/people"
)

// localURL is the address under which a browser on this machine reaches l.
func localURL(scheme string, l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() || ip.IsLoopback() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// samplePoints is how many points the welcome names.
const samplePoints = 3

// welcome tells a person who started the server where to go.
func welcome(out io.Writer, local string, o *serveOptions, c *survey.Catalog, password string, demo bool) {
	base := local
	if o.publicURL != "" {
		base = strings.TrimRight(o.publicURL, "/")
	}
	var b strings.Builder
	b.WriteString("\nHài Lòng đang chạy. / Hài Lòng is running.\n")
	if demo {
		b.WriteString("DỮ LIỆU MINH HỌA: mọi phiếu đều là giả định. / ILLUSTRATIVE DATA: every response is invented.\n")
	}
	if o.lan {
		b.WriteString("CHẠY THỬ TRONG MẠNG NỘI BỘ, không mã hóa: chưa dùng để khảo sát thật. / TRIAL IN THE LOCAL NETWORK, without encryption: not for a real survey.\n")
	}
	fmt.Fprintf(&b, "\n  Trang chủ / home page        %s/\n", base)
	fmt.Fprintf(&b, "  Kết quả / public results     %s/results\n", base)
	fmt.Fprintf(&b, "  Cán bộ đăng nhập / staff     %s/staff/login\n", base)
	b.WriteString("\n  Điểm khảo sát (ví dụ) / survey points, for example\n")
	for _, p := range sampleOf(c) {
		unit := c.Unit(p.Unit)
		name := string(p.Unit)
		if unit != nil {
			name = unit.Name.In(survey.Vietnamese)
		}
		title := string(p.Form)
		if q := c.Latest(p.Form); q != nil {
			title = q.Title.In(survey.Vietnamese)
		}
		fmt.Fprintf(&b, "    %s/s/%s   %s · %s\n", base, p.Code, name, title)
	}
	if sample := sampleOf(c); o.lan && len(sample) > 0 {
		if code, err := qr.Terminal(base + "/s/" + string(sample[0].Code)); err == nil {
			fmt.Fprintf(&b, "\n  Quét bằng điện thoại trong cùng mạng / scan with a telephone in the same network\n\n%s", code)
		}
	}
	if password != "" {
		fmt.Fprintf(&b, "\n  Quản trị / administrator     %s\n", people.FirstAdministrator)
		fmt.Fprintf(&b, "  Mật khẩu dùng một lần, chỉ hiện lần này / one-time password, shown only now\n    %s\n", password)
	}
	if o.publicURL == "" && !demo {
		b.WriteString("\n  Chỉ máy này mở được. Thử với điện thoại trong cùng mạng: thêm --lan. Dùng thật: xem --public-url.\n" +
			"  Only this machine can open it. To try with telephones in the same network add --lan; for real use see --public-url.\n")
	}
	b.WriteString("\n  Ctrl+C để dừng / to stop\n\n")
	fmt.Fprint(out, b.String())
}

// sampleOf returns a point of each family, so that each kind of form can be
// tried.
func sampleOf(c *survey.Catalog) []survey.Point {
	var sample []survey.Point
	seen := map[survey.Family]bool{}
	for _, p := range c.Points {
		q := c.Latest(p.Form)
		if q == nil || p.Off || seen[q.Family] || len(sample) == samplePoints {
			continue
		}
		seen[q.Family] = true
		sample = append(sample, p)
	}
	return sample
}
