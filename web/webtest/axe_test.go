package webtest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const faulty = `<!doctype html><html><head><title>Lỗi</title></head><body>
	<img src="/face.png">
	<p style="color:#bbb;background:#fff">chữ mờ</p>
	<input name="phone">
	<a href="/a" style="display:inline-block;width:10px;height:10px">1</a><a href="/b" style="display:inline-block;width:10px;height:10px">2</a>
	</body></html>`

func TestAxe(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]string{
		"/faulty": faulty,
		"/good":   html(`<main><h1>Phiếu hỏi</h1><form><label for="a">Ý kiến</label><input id="a"><button>Gửi</button></form></main>`),
	})
	for _, test := range []struct {
		name, path string
		options    []DeviceOption
		want       []string // rules broken
	}{
		{"Good", "/good", nil, nil},
		{"Faulty", "/faulty", nil, []string{"color-contrast", "html-has-lang", "image-alt", "label", "target-size"}},
		{"FaultyWithoutJavaScript", "/faulty", []DeviceOption{WithoutJavaScript()}, []string{"color-contrast", "html-has-lang", "image-alt", "label", "target-size"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx := Browser(t, test.options...)
			if err := chromedp.Do(ctx, chromedp.Navigate(url+test.path)); err != nil {
				t.Fatal(err)
			}
			r := &recorder{TB: t}
			Axe(r, ctx)
			if len(r.failures) != len(test.want) {
				t.Errorf("%d findings, want %d:\n%s", len(r.failures), len(test.want), strings.Join(r.failures, "\n"))
			}
			all := strings.Join(r.failures, "\n")
			for _, rule := range test.want {
				if !strings.Contains(all, "axe "+rule+" (") {
					t.Errorf("%s was not found in:\n%s", rule, all)
				}
			}
			if test.want != nil && !strings.Contains(all, `<input name="phone">`) {
				t.Errorf("the findings do not show the element:\n%s", all)
			}
		})
	}
}
