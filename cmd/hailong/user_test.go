package main

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/people"
)

// signIn returns the path that a sign-in leads to, "" if it is refused.
func signIn(t *testing.T, base, login, password string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	form := url.Values{"login": {login}, "password": {password}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/staff/login", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin") // as a browser says
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return ""
	}
	return resp.Request.URL.Path
}

func TestUserWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	store := "bolt:" + filepath.Join(t.TempDir(), "hailong.db")
	_, base := startServer(t, "serve", "--store", store)
	must := func(args ...string) string {
		t.Helper()
		out, _, err := runCommand(t, append(args, "--store", store)...)
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return strings.TrimSpace(out)
	}

	password := must("user", "add", "Lan.NT", "--name", "Nguyễn Thị Lan", "--role", "home_affairs")
	if path := signIn(t, base, "lan.nt", password); path != "/staff/account/password" {
		t.Errorf("the printed password leads to %q, not to choosing another", path)
	}
	again := must("user", "reset", "lan.nt")
	if signIn(t, base, "lan.nt", password) != "" || signIn(t, base, "lan.nt", again) == "" {
		t.Error("after a reset the old password works, or the new one does not")
	}
	must("user", "disable", "lan.nt")
	if signIn(t, base, "lan.nt", again) != "" {
		t.Error("a disabled person signs in")
	}
	must("user", "enable", "lan.nt")
	if signIn(t, base, "lan.nt", again) == "" {
		t.Error("an enabled person does not sign in")
	}
	if link := must("user", "add", "binh", "--name", "Bình", "--invite"); !strings.HasPrefix(link, "/staff/invitation/binh~") {
		t.Errorf("invitation %q", link)
	} else if status, _ := get(t, base+link); status != http.StatusOK {
		t.Errorf("the invitation answers %d", status)
	}
	var people []struct {
		Login survey.Login
		Grant survey.Grant
	}
	list := must("user", "list", "--json")
	if err := json.Unmarshal([]byte(list), &people); err != nil || len(people) != 3 || people[2].Grant.Role != survey.HomeAffairs {
		t.Errorf("%v %s", err, list)
	}
	if strings.Contains(list, "argon2") || strings.Contains(list, again) {
		t.Error("the list gives away a password")
	}

	head := strings.Fields(must("audit", "verify"))
	if len(head) != 2 || head[0] == "0" {
		t.Errorf("audit verify: %v", head)
	}
	must("audit", "verify", "--seen", head[1])
	if _, _, err := runCommand(t, "audit", "verify", "--store", store, "--seen", strings.Repeat("0", 64)); err == nil || !strings.Contains(err.Error(), "the entry of --seen is not in it") {
		t.Errorf("a hash that is not in the log: error %v", err)
	}
}

func TestUserRefused(t *testing.T) {
	t.Parallel()
	store := shelltest.BoltURL(t)
	shelltest.CloseStore(t, shelltest.OpenURL(t, store))
	if _, _, err := runCommand(t, "user", "add", "root", "--name", "Gốc", "--role", "administrator", "--store", store); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text string
		args       []string
	}{
		{"LoginTaken", "đã có người dùng", []string{"user", "add", "root", "--name", "X"}},
		{"NoRole", "role:", []string{"user", "add", "lan", "--name", "Lan", "--role", "king"}},
		{"NoName", "name:", []string{"user", "add", "lan"}},
		{"NoUnit", "--unit nowhere", []string{"user", "add", "lan", "--name", "Lan", "--unit", "nowhere"}},
		{"LastAdministrator", "quản trị viên cuối cùng", []string{"user", "disable", "root"}},
		{"ResetNobody", "hailong user list", []string{"user", "reset", "nobody"}},
		{"ResetNobodysFactor", "hailong user list", []string{"user", "reset", "nobody", "--second-factor"}},
		{"UnlinkNobody", "hailong user list", []string{"user", "unlink", "nobody"}},
		{"DisableNobody", "hailong user list", []string{"user", "disable", "nobody"}},
		{"EnableNobody", "hailong user list", []string{"user", "enable", "nobody"}},
		{"NoToken", "hailong token list", []string{"token", "revoke", "00000000"}},
		{"ShortToken", "hailong token list", []string{"token", "revoke", "nothing"}},
		{"TokenForNoUnit", "--unit nowhere: không có đơn vị này", []string{"token", "add", "--name", "X", "--unit", "nowhere"}},
		{"TokenExpired", "expires:", []string{"token", "add", "--name", "X", "--expires", "2001-01-01"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := runCommand(t, append(tt.args, "--store", store)...)
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Fatalf("%v, want %q in it", err, tt.text)
			}
			for _, internal := range []string{"map[", ": user.", ": token.", "issue token", "not_found", "document"} {
				if strings.Contains(err.Error(), internal) {
					t.Errorf("%v: %q is not for people", err, internal)
				}
			}
		})
	}
}

func TestAuditVerifyNamesTheBrokenEntry(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hailong.db")
	store := "bolt:" + path
	shelltest.CloseStore(t, shelltest.OpenURL(t, store))
	for _, login := range []string{"an", "binh", "chi"} {
		if _, _, err := runCommand(t, "user", "add", login, "--name", login, "--store", store); err != nil {
			t.Fatal(err)
		}
	}
	db, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Delete(t.Context(), survey.Audit, "000000000002", 0); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = runCommand(t, "audit", "verify", "--store", store)
	if err == nil || !strings.Contains(err.Error(), "from entry 2 on") || !strings.Contains(err.Error(), "dòng số 2") {
		t.Errorf("a missing entry: %v", err)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	store := shelltest.BoltURL(t)
	shelltest.CloseStore(t, shelltest.OpenURL(t, store))
	secret, _, err := runCommand(t, "token", "add", "--name", "Cổng dịch vụ công", "--store", store)
	if err != nil || !strings.HasPrefix(secret, "hailong_") {
		t.Fatalf("%q %v", secret, err)
	}
	list, _, err := runCommand(t, "token", "list", "--json", "--store", store)
	var tokens []struct{ Number, Name string }
	if err != nil || json.Unmarshal([]byte(list), &tokens) != nil || len(tokens) != 1 || tokens[0].Name != "Cổng dịch vụ công" {
		t.Fatalf("%v %s", err, list)
	}
	if strings.Contains(list, strings.TrimSpace(secret)) {
		t.Error("the list gives the secret away")
	}
	if _, _, err := runCommand(t, "token", "revoke", tokens[0].Number, "--store", store); err != nil {
		t.Error(err)
	}
	if list, _, _ := runCommand(t, "token", "list", "--store", store); !strings.Contains(list, "ended") {
		t.Errorf("a revoked token: %s", list)
	}
}

// Who is linked to a provider is unlinked, with an entry in the log; who has no password
// then is told of, and asking twice does no harm.
func TestUserUnlink(t *testing.T) {
	t.Parallel()
	store := shelltest.BoltURL(t)
	shelltest.CloseStore(t, shelltest.OpenURL(t, store))
	mustCommand(t, "user", "add", "lan", "--name", "Lan", "--store", store)
	mustCommand(t, "user", "add", "binh", "--name", "Bình", "--invite", "--store", store)
	const issuer = "https://sso.example.gov.vn"
	for login, subject := range map[string]string{"lan": "17", "binh": "18"} {
		mustCommand(t, "user", "link", login, "--issuer", issuer, "--subject", subject, "--store", store)
	}
	mustCommand(t, "user", "link", "lan", "--issuer", issuer, "--subject", "19", "--store", store)

	out, messages, err := runCommand(t, "user", "unlink", "Lan", "--store", store)
	if err != nil || strings.Count(out, issuer) != 2 || messages != "" {
		t.Errorf("unlink: %q, %q, error %v, want both links of Lan", out, messages, err)
	}
	out, messages, err = runCommand(t, "user", "unlink", "lan", "--store", store)
	if err != nil || out != "" || !strings.Contains(messages, "is not linked") {
		t.Errorf("unlink again: %q, %q, error %v, want that nothing is linked", out, messages, err)
	}
	if _, messages, err = runCommand(t, "user", "unlink", "binh", "--store", store); err != nil || !strings.Contains(messages, "hailong user reset --invite binh") {
		t.Errorf("unlink without a password: %q, error %v, want how to give a way in", messages, err)
	}
	s := shelltest.OpenURL(t, store)
	defer shelltest.CloseStore(t, s)
	changes, log := shell.ChangesOf(s)
	left, err := people.NewAccounts(changes, nil).IdentitiesOf(t.Context(), "lan")
	if err != nil || len(left) > 0 {
		t.Errorf("still linked: %v, error %v", left, err)
	}
	entries := 0
	err = log.Each(t.Context(), audit.EntryFilter{Action: "account.identity_unlink"}, func(e audit.ChainedEntry) error {
		entries++
		return nil
	})
	if err != nil || entries != 3 {
		t.Errorf("%d entries, want 3; error %v", entries, err)
	}
}
