package public_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/web"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

func TestPrintedCodes(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	point := string(servertest.Code(servertest.PointLand))
	for _, c := range []struct {
		name, target string
		status       int
		kind         string
	}{
		{"PNG", "/qr/" + point + ".png", http.StatusOK, "image/png"},
		{"PNGWithOptions", "/qr/" + point + ".png?size=900&level=h&quiet=2", http.StatusOK, "image/png"},
		{"SVG", "/qr/" + point + ".svg", http.StatusOK, "image/svg+xml"},
		{"Poster", "/poster/" + point + ".pdf", http.StatusOK, "application/pdf"},
		{"Card", "/poster/" + point + ".pdf?format=card", http.StatusOK, "application/pdf"},
		{"Sheet", "/poster/" + point + ".pdf?format=sheet", http.StatusOK, "application/pdf"},
		{"Stickers", "/poster/" + point + ".pdf?format=stickers", http.StatusOK, "application/pdf"},
		{"TooLarge", "/qr/" + point + ".png?size=100000", http.StatusUnprocessableEntity, ""},
		{"Negative", "/qr/" + point + ".png?size=-5", http.StatusUnprocessableEntity, ""},
		{"NoNumber", "/qr/" + point + ".svg?quiet=much", http.StatusUnprocessableEntity, ""},
		{"BadLevel", "/qr/" + point + ".svg?level=X", http.StatusUnprocessableEntity, ""},
		{"BadFormat", "/poster/" + point + ".pdf?format=a0", http.StatusUnprocessableEntity, ""},
		{"OtherKind", "/qr/" + point + ".gif", http.StatusNotFound, ""},
		{"PosterOfAnotherKind", "/poster/" + point + ".docx", http.StatusNotFound, ""},
		{"Mistyped", "/qr/AAAAAAB.png", http.StatusUnprocessableEntity, ""},
		{"Unknown", "/poster/" + string(mustCode(t)) + ".pdf", http.StatusNotFound, ""},
		{"OutOfUse", "/qr/" + string(servertest.Code(servertest.PointOff)) + ".png", http.StatusNotFound, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp, body := servertest.Get(t, s, c.target)
			if resp.StatusCode != c.status {
				t.Fatalf("status %d: %.200s", resp.StatusCode, body)
			}
			if c.kind != "" && resp.Header.Get("Content-Type") != c.kind {
				t.Errorf("type %q", resp.Header.Get("Content-Type"))
			}
			switch c.kind {
			case "application/pdf":
				if !strings.HasPrefix(body, "%PDF-") {
					t.Errorf("not a PDF: %.20q", body)
				}
			case "image/svg+xml":
				for d := xml.NewDecoder(strings.NewReader(body)); ; {
					if _, err := d.Token(); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// Every point of a first start has a code that a phone reads, in each of the
// qualities offered.
func TestEveryCodeIsReadBack(t *testing.T) {
	t.Parallel()
	s, catalog := servertest.NewShipped(t)
	for i, p := range catalog.Points {
		level := []string{"L", "M", "Q", "H"}[i%4]
		got := scan(t, s, "/qr/"+string(p.Code)+".png?size=400&level="+level)
		if want := "https://hailong.example/s/" + string(p.Code); got != want {
			t.Errorf("%s reads %q", p.Code, got)
		}
	}
	if len(catalog.Points) < 20 {
		t.Errorf("only %d points", len(catalog.Points))
	}
}

// In a trial without a configured address, codes lead to where the request came.
func TestCodeWithoutPublicURL(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *web.Config) { c.PublicURL, c.LAN, c.Hosts = "", true, []string{"192.168.1.20"} })
	if got, want := scan(t, s, "http://192.168.1.20:8080/qr/"+string(servertest.Code(servertest.PointOpen))+".png"), "http://192.168.1.20:8080"+servertest.FormPath(servertest.PointOpen); got != want {
		t.Errorf("reads %q, want %q", got, want)
	}
}

// A browser draws an SVG as it was meant: what its screen shows is read back.
func TestSVGInABrowser(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := webtest.Browser(t, webtest.Desktop())
	base := servertest.Serve(t, s)
	for _, query := range []string{"", "?size=200&level=H", "?size=300&quiet=2"} {
		webtest.Steps(t, ctx, chromedp.Navigate(base+"/qr/"+string(servertest.Code(servertest.PointOpen))+".svg"+query))
		shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := decode(t, shot), "https://hailong.example"+servertest.FormPath(servertest.PointOpen); got != want {
			t.Errorf("%s reads %q, want %q", query, got, want)
		}
	}
}
