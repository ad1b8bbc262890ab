package web_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"hailong/survey"
	"hailong/web/servertest"
)

// Five newcomers enter a release of a commune, and one of them has a one-time code. If
// they were let in together, the commune would read off what that one said: its figure
// of the verified would differ by this response alone, and who handed out the code may
// remember to whom. So each class waits until it is five.
func TestOneVerifiedNewcomerIsNotReadOff(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	commune := issue(t, w.Server, survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	v := contract(t, w.Server)
	type figure struct {
		N        int
		Rate     float64
		Verified *struct {
			N    int
			Rate float64
		}
	}
	// read is what the commune reads after the release of a next day: its figure, as
	// the total and as every division shows it.
	read := func() (all, verified, waiting int, rate float64) {
		t.Helper()
		w.Time = w.Time.Add(24 * time.Hour)
		servertest.Release(t, w.Server)
		w.Time = w.Time.Add(time.Minute)
		for _, by := range []string{"", "&by=item", "&by=month", "&by=channel"} {
			resp, body := call(t, w.Server, v, http.MethodGet, "/api/v1/results?campaign=tthc-2026&unit=xa&source=release"+by, commune, "")
			var answer struct {
				Overall figure
				Waiting int
			}
			if err := json.Unmarshal([]byte(body), &answer); err != nil || resp.StatusCode != http.StatusOK || answer.Overall.Verified == nil {
				t.Fatalf("%q: %d %s, error %v", by, resp.StatusCode, body, err)
			}
			f := answer.Overall
			if by != "" && (f.N != all || f.Verified.N != verified) {
				t.Errorf("%q shows %d respondents and %d verified, the total %d and %d", by, f.N, f.Verified.N, all, verified)
			}
			all, verified, waiting, rate = f.N, f.Verified.N, answer.Waiting, f.Verified.Rate
		}
		return all, verified, waiting, rate
	}
	expect := func(when string, n, ofVerified, waits int, atRate float64) {
		t.Helper()
		all, verified, waiting, rate := read()
		if all != n || verified != ofVerified || waiting != waits || rate != atRate {
			t.Errorf("%s: %d respondents, %d verified at %v, %d wait; want %d, %d at %v, %d", when, all, verified, rate, waiting, n, ofVerified, atRate, waits)
		}
	}
	servertest.SubmitWith(t, w.Server, true, 12, "5")
	servertest.SubmitWith(t, w.Server, false, 8, "2")
	expect("the first release", 20, 12, 0, 1)

	servertest.SubmitWith(t, w.Server, false, 4, "5")
	servertest.SubmitWith(t, w.Server, true, 1, "1")
	expect("four newcomers and one with a one-time code", 20, 12, 5, 1)
	servertest.SubmitWith(t, w.Server, false, 1, "5")
	expect("five newcomers and one with a one-time code", 25, 12, 1, 1)
	servertest.SubmitWith(t, w.Server, true, 3, "5")
	expect("four with a one-time code", 25, 12, 4, 1)
	servertest.SubmitWith(t, w.Server, true, 1, "1")
	expect("five with a one-time code", 30, 17, 0, 15./17)
}
