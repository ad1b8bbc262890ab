package web_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"golang.org/x/sync/errgroup"

	"hailong/web"
	"hailong/web/servertest"
)

// Many people come at once in the first second of a server: whatever is made on
// first use is made while others ask for it. The race detector is the judge.
func TestCrowd(t *testing.T) {
	t.Parallel()
	s, catalog := servertest.NewShipped(t, func(c *web.Config) { c.Views = nil })
	base := servertest.Serve(t, s)
	paths := []string{"/", "/nothing", "/results", "/sw.js", "/readyz", "/api/v1/openapi.json", "/staff/login"}
	for _, point := range servertest.PointsByForm(catalog) {
		paths = append(paths, "/s/"+string(point), "/s/"+string(point)+"?lang=en", "/k/"+string(point))
	}
	for _, campaign := range catalog.Campaigns {
		paths = append(paths, "/results/"+string(campaign.ID))
	}
	for name := range s.Assets.ByHash {
		paths = append(paths, "/static/"+name)
	}

	var crowd errgroup.Group
	encodings := []string{"gzip", "br", "gzip, br", "identity"}
	for who := range 2 * len(encodings) {
		crowd.Go(func() error {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := range paths { // two go the same way, the others begin elsewhere
				address := base + paths[(i+who/2*7)%len(paths)]
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
				if err != nil {
					return err
				}
				req.Header.Set("Accept-Encoding", encodings[who/2])
				resp, err := client.Do(req)
				if err != nil {
					return err
				}
				_, err = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if err != nil {
					return err
				}
				if resp.StatusCode >= http.StatusInternalServerError {
					return fmt.Errorf("%s: %s", address, resp.Status)
				}
			}
			return nil
		})
	}
	if err := crowd.Wait(); err != nil {
		t.Error(err)
	}
}
