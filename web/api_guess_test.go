package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hailong/survey"
	"hailong/web"
	"hailong/web/servertest"
)

// Who guesses tokens is stopped by where they come from, however many guesses are sent at
// once; a program whose token was right from there before goes on, and so does everybody
// elsewhere.
func TestTokensAreNotGuessed(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithTargets(t, func(c *web.Config) { c.Proxies = []string{"0.0.0.0/32"} }) // where a test's requests come from
	v := contract(t, s)
	beside := issue(t, s, survey.Grant{Role: survey.ReleaseReader})
	fresh := issue(t, s, survey.Grant{Role: survey.ReleaseReader})
	ask := func(token, from string) *http.Response {
		resp, _ := call(t, s, v, http.MethodGet, "/api/v1/campaigns", token, "", "X-Forwarded-For", from)
		return resp
	}
	const guesser, elsewhere = "203.0.113.7", "198.51.100.9"
	if resp := ask(beside, guesser); resp.StatusCode != http.StatusOK {
		t.Fatalf("a right token: %d", resp.StatusCode)
	}
	var looked, refused atomic.Int64
	var guesses sync.WaitGroup
	for i := range 300 {
		guesses.Go(func() {
			switch resp := ask("hailong_guess-"+strconv.Itoa(i), guesser); resp.StatusCode {
			case http.StatusUnauthorized:
				looked.Add(1)
			case http.StatusTooManyRequests:
				refused.Add(1)
				if wait, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || wait < 1 {
					t.Errorf("Retry-After %q", resp.Header.Get("Retry-After"))
				}
			default:
				t.Errorf("a guess: %d", resp.StatusCode)
			}
		})
	}
	guesses.Wait()
	if looked.Load() != 60 || refused.Load() != 240 {
		t.Errorf("of 300 guesses %d were looked up and %d refused, want 60 and 240", looked.Load(), refused.Load())
	}
	for name, tt := range map[string]struct {
		token, from string
		want        int
	}{
		"RightBefore":    {beside, guesser, http.StatusOK},
		"RightTooLate":   {fresh, guesser, http.StatusTooManyRequests}, // or a guess would be answered after all
		"RightElsewhere": {fresh, elsewhere, http.StatusOK},
		"WrongElsewhere": {strings.ToUpper(fresh), elsewhere, http.StatusUnauthorized},
		"NothingToGuess": {"", guesser, http.StatusUnauthorized},
	} {
		if resp := ask(tt.token, tt.from); resp.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, tt.want)
		}
	}
}

// A token that is revoked is a wrong one from then on, and right ones cost no guess.
func TestRevokedTokensAreGuesses(t *testing.T) {
	t.Parallel()
	s, reader, _ := newAPIServer(t)
	v := contract(t, s)
	ask := func() int {
		resp, _ := call(t, s, v, http.MethodGet, "/api/v1/campaigns", reader, "")
		return resp.StatusCode
	}
	for range 100 {
		if status := ask(); status != http.StatusOK {
			t.Fatalf("a right token: %d", status)
		}
	}
	tokens, err := s.Accounts.AllTokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range tokens {
		if err := s.Accounts.RevokeToken(t.Context(), survey.Actor{}, token.ShortID()); err != nil {
			t.Fatal(err)
		}
	}
	looked := 0
	for status := ask(); status == http.StatusUnauthorized; status = ask() {
		looked++
	}
	if looked != 60 {
		t.Errorf("a token that was revoked was looked up %d times, want 60", looked)
	}
}
