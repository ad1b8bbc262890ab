package public_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hailong/web/servertest"
)

// firstVisitLimit is what a phone may have to load for its first form: HTML,
// style and script, compressed as they are sent. 30 KB take about two seconds
// on EDGE.
const firstVisitLimit = 30_000

func TestFirstVisitIsSmall(t *testing.T) {
	t.Parallel()
	s, catalog := servertest.NewShipped(t)
	transferred := func(target string) (int, *http.Response, string) {
		r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
		r.Header.Set("Accept-Encoding", "gzip") // plain HTTP: browsers offer no brotli
		resp, body := servertest.Do(t, s, r)
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: %d, encoded %q", target, resp.StatusCode, resp.Header.Get("Content-Encoding"))
		}
		z, err := gzip.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(z)
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		return len(body), resp, string(page)
	}
	points := servertest.PointsByForm(catalog)
	if len(points) < 8 {
		t.Fatalf("only %d questionnaires have a point", len(points))
	}
	for form, point := range points {
		for _, query := range []string{"", "?lang=en"} {
			total, _, page := transferred("/s/" + string(point) + query)
			html := total
			doc := servertest.Document(t, page)
			for _, link := range doc.Find("script[src], link[rel=stylesheet], link[rel=icon], img[src]").Nodes {
				for _, a := range link.Attr {
					if a.Key == "src" || a.Key == "href" {
						n, _, _ := transferred(a.Val)
						total += n
					}
				}
			}
			t.Logf("%s%s: %d bytes in all, HTML %d (%d before compression)", form, query, total, html, len(page))
			if total > firstVisitLimit {
				t.Errorf("%s%s: a first visit loads %d bytes, more than %d", form, query, total, firstVisitLimit)
			}
		}
	}
}
