package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pquerna/otp/totp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

// oldStoreDir holds a store that an earlier version wrote, and what that
// version answered from it. Its README says how it was made.
const oldStoreDir = "testdata/store-347ec33"

// oldDay is a day on which that version was asked for the targets.
const oldDay = "2026-11-27"

// What the people and programs of the old store sign in with.
const (
	oldAdminPassword = "mật khẩu của quản trị"
	oldTOTPSecret    = "FX3Q37FGWZODGSHG7VP7CQUJKR2CG7RT" // of noi-vu
	oldTokenOffice   = "hailong_s-JezLsN9y-Rdmu-Cn7jYAwHfGkzKQIP2VT5JjOpJFM"
	oldTokenCommune  = "hailong_75g9aftghuZWzpxLemxlAmUZIgEhOl3XTE_kg_ioKVo" // good until 2099
	oldTemporary     = "na9s-78e4-yn3r-5rnp"                                 // of bang-lenh, who has to change it
	oldAnsweredLink  = "/l/hqg6sxcovhdu7zgnyoa2aoczesqyyslo"
)

// oldPassword is the password that somebody of the old store has chosen.
func oldPassword(login string) string { return "mật khẩu thử của " + login }

// oldCampaigns are the campaigns of the old store: open, published in a second
// edition, withdrawn, and two drafts.
var oldCampaigns = []string{"tthc-2026", "edu-2026", "sipas-2026", "sipas-2027", "tthc-2027"}

// oldStore unpacks the old store and returns its address.
func oldStore(t *testing.T) string {
	t.Helper()
	packed, err := os.Open(filepath.Join(oldStoreDir, "hailong.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	content, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hailong.db")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(file, content); err != nil { //nolint:gosec // our own file
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return "bolt:" + path
}

// expectOld compares what today's program answered with what the old one did.
// The golden file is written with -update, by the old version alone.
func expectOld(t *testing.T, name string, got any) {
	t.Helper()
	golden := filepath.Join(oldStoreDir, name)
	if *updateGolden {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		if err := e.Encode(got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	content, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(content, &want); err != nil {
		t.Fatal(err)
	}
	now, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var have any
	if err := json.Unmarshal(now, &have); err != nil {
		t.Fatal(err)
	}
	// Another processor may round the last digit of a figure differently.
	if diff := cmp.Diff(want, have, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("%s: version 347ec33 answered otherwise (-then +now):\n%s", name, diff)
	}
}

// documentsOf returns every document of a store by collection and id.
func documentsOf(t *testing.T, store string) map[survey.Collection]map[string][]byte {
	t.Helper()
	s := shelltest.OpenURL(t, store)
	defer shelltest.CloseStore(t, s)
	all := map[survey.Collection]map[string][]byte{}
	for _, c := range survey.Collections {
		all[c] = map[string][]byte{}
		err := s.Scan(t.Context(), c, "", "", func(doc bson.Raw) error {
			id, err := survey.DocumentID(doc)
			all[c][id] = bytes.Clone(doc)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Every document of the old store is found, byte for byte.
func TestOldStoreHoldsItsDocuments(t *testing.T) {
	t.Parallel()
	type content struct {
		Documents int    `json:"documents"`
		SHA256    string `json:"sha256"` // over the documents in the order of their ids
	}
	got := map[survey.Collection]content{}
	for c, documents := range documentsOf(t, oldStore(t)) {
		if len(documents) == 0 {
			continue // a collection that version did not have
		}
		sum := sha256.New()
		for _, id := range slices.Sorted(maps.Keys(documents)) {
			sum.Write(documents[id])
		}
		got[c] = content{len(documents), hex.EncodeToString(sum.Sum(nil))}
	}
	expectOld(t, "documents.json", got)
}

// Opening the old store for a server changes no document that is in it. A
// newer catalogue may add some. One goes: the key that led from one-time links to the
// responses that came by them.
func TestOldStoreIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	store := oldStore(t)
	before := documentsOf(t, store)
	t.Run("Serve", func(t *testing.T) {
		_, base := startServer(t, "serve", "--store", store)
		for _, path := range []string{"/readyz", "/", "/results", "/results/tthc-2026", "/results/edu-2026"} {
			if status, _ := get(t, base+path); status != http.StatusOK {
				t.Errorf("GET %s: status %d", path, status)
			}
		}
	})
	after := documentsOf(t, store)
	for c, documents := range before {
		for id, doc := range documents {
			switch now, there := after[c][id]; {
			case c == survey.Settings && id == "links":
				if there {
					t.Errorf("the key of one-time links is still there: %s", bson.Raw(now))
				}
			case !there:
				t.Errorf("%s: %q is gone", c, id)
			case !bytes.Equal(doc, now):
				t.Errorf("%s: %q was changed:\nfrom %s\nto   %s", c, id, bson.Raw(doc), bson.Raw(now))
			}
		}
	}
}

// The commands say of the old store what they said then.
func TestOldStoreAnswersCommands(t *testing.T) {
	t.Parallel()
	store := oldStore(t)
	t.Run("AuditVerify", func(t *testing.T) { // first: an export is noted in the log
		out, _, err := runCommand(t, "audit", "verify", "--store", store)
		if err != nil {
			t.Error(err)
		}
		expectOld(t, "audit.json", strings.TrimSpace(out))
	})
	for name, args := range map[string][]string{
		"points.json": {"points", "list", "--json", "--public-url", "https://hailong.example"},
		"users.json":  {"user", "list", "--json"},
		"tokens.json": {"token", "list", "--json"},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := runCommand(t, append(args, "--store", store)...)
			if err != nil {
				t.Fatal(err)
			}
			var list []map[string]any
			if err := json.Unmarshal([]byte(out), &list); err != nil {
				t.Fatal(err)
			}
			expectOld(t, name, list)
		})
	}
	for _, campaign := range oldCampaigns {
		t.Run("Export "+campaign, func(t *testing.T) {
			out, _, err := runCommand(t, "export", "--voided", "--campaign", campaign, "--store", store)
			if err != nil {
				t.Fatal(err)
			}
			expectOld(t, "export-"+campaign+".json", strings.Split(strings.TrimSpace(strings.TrimPrefix(out, "\ufeff")), "\n"))
		})
	}
}

// answerOf asks the JSON interface with a token. Of a refusal it returns the
// status, and of an answer all but the words that are this program's.
func answerOf(t *testing.T, token, base, path string) any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	status, text := answer(t, &http.Client{}, r)
	if status != http.StatusOK {
		return map[string]any{"refused": status}
	}
	var body any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(text, base, "https://hailong.example")), &body); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	if table, ok := body.(map[string]any); ok {
		groups, _ := table["groups"].([]any)
		for _, g := range groups {
			if group, ok := g.(map[string]any); ok {
				delete(group, "label")
			}
		}
	}
	return body
}

// answer returns the answer to a request; a redirection is one.
func answer(t *testing.T, client *http.Client, r *http.Request) (status int, body string) {
	t.Helper()
	client.Timeout, client.Transport = 30*time.Second, &http.Transport{DisableKeepAlives: true}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

// The figures are those of then, with their source and edition.
func TestOldStoreAnswersPrograms(t *testing.T) {
	t.Parallel()
	const token = "a token of the command line"
	_, base := startServer(t, "serve", "--store", oldStore(t), "--api-token", token)
	got := map[string]any{}
	ask := func(path string) { got[path] = answerOf(t, token, base, path) }
	ask("/api/v1/campaigns")
	ask("/api/v1/points")
	ask("/api/v1/targets?on=" + oldDay) // without a day it would be judged by the campaigns of today
	for _, campaign := range oldCampaigns {
		path := "/api/v1/results?campaign=" + campaign
		for _, by := range []string{
			"", "unit", "school", "school_level", "form", "sector_group", "sector", "channel", "month", "factor", "item",
			"unit,month", "unit,item", "school_level,factor",
		} {
			ask(path + "&by=" + by)
		}
		ask(path + "&formula=mean100&pooling=pooled")
		ask(path + "&source=live&by=unit")
		ask(path + "&by=month&unit=xa-mu-ca")
	}
	expectOld(t, "api.json", got)

	// Tokens that were made then open what they did.
	for _, tt := range []struct {
		token, path string
		want        int
	}{
		{oldTokenOffice, "/api/v1/campaigns", http.StatusOK},
		{oldTokenCommune, "/api/v1/results?campaign=tthc-2026&unit=xa-mu-ca", http.StatusOK},
		{oldTokenCommune, "/api/v1/results?campaign=tthc-2026", http.StatusForbidden},
		{oldTokenCommune + "x", "/api/v1/campaigns", http.StatusUnauthorized},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+tt.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+tt.token)
		if status, _ := answer(t, &http.Client{}, r); status != tt.want {
			t.Errorf("GET %s with %.12s…: status %d, want %d", tt.path, tt.token, status, tt.want)
		}
	}
}

// The text of every edition, also of one that was withdrawn, is kept and has
// the hash that was published beside it.
func TestOldStoreKeepsPublishedFigures(t *testing.T) {
	t.Parallel()
	store := oldStore(t)
	var editions []string // paths
	for _, doc := range documentsOf(t, store)[survey.Campaigns] {
		var campaign survey.Campaign
		if err := bson.Unmarshal(doc, &campaign); err != nil {
			t.Fatal(err)
		}
		for _, edition := range campaign.Editions {
			editions = append(editions, "/results/"+string(campaign.ID)+"/snapshot/"+edition.Hash+".json")
		}
	}
	if len(editions) != 3 {
		t.Fatalf("%d editions, want 3", len(editions))
	}
	_, base := startServer(t, "serve", "--store", store)
	for _, path := range editions {
		status, text := get(t, base+path)
		sum := sha256.Sum256([]byte(text))
		if status != http.StatusOK || !strings.Contains(path, hex.EncodeToString(sum[:])) {
			t.Errorf("GET %s: status %d, hash %x", path, status, sum)
		}
	}
	if status, _ := get(t, base+"/results/sipas-2026"); status != http.StatusGone {
		t.Errorf("withdrawn figures: status %d, want %d", status, http.StatusGone)
	}
	// Of a one-time link nobody is told that it was answered: it opens its form until
	// it expires.
	if status, text := get(t, base+oldAnsweredLink); status != http.StatusOK && status != http.StatusGone || strings.Contains(text, "27/11/2026") {
		t.Errorf("a one-time link that was answered: status %d, %s", status, text)
	}
}

// Who had a way in has it still, and who had none has none.
func TestOldStoreSignsIn(t *testing.T) {
	t.Parallel()
	_, base := startServer(t, "serve", "--store", oldStore(t))
	post := func(client *http.Client, path string, fields url.Values) (status int, body string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, strings.NewReader(fields.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", base)
		return answer(t, client, r)
	}
	open := func(client *http.Client, path string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		status, _ := answer(t, client, r)
		return status
	}
	for _, tt := range []struct {
		login, password string
		want            int
		page            string // what they may open then
	}{
		{"admin", oldAdminPassword, http.StatusSeeOther, "/staff/users"},
		{"lan", oldPassword("lan"), http.StatusSeeOther, "/staff/batches/tthc-2026-001"},
		{"mat-tran", oldPassword("mat-tran"), http.StatusSeeOther, "/staff/rechecks/tthc-2026"},
		{"ubnd-mu-ca", oldPassword("ubnd-mu-ca"), http.StatusSeeOther, "/staff/units/xa-mu-ca"},
		{"bang-lenh", oldTemporary, http.StatusSeeOther, "/staff/account/password"},
		{"noi-vu", oldPassword("noi-vu"), http.StatusOK, ""}, // asked for the second factor
		{"lan", oldPassword("hoa"), http.StatusUnauthorized, ""},
		{"nghi", oldPassword("nghi"), http.StatusForbidden, ""}, // disabled
	} {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Jar: jar}
		status, body := post(client, "/staff/login", url.Values{"login": {tt.login}, "password": {tt.password}})
		if status != tt.want {
			t.Errorf("%s signs in: status %d, want %d", tt.login, status, tt.want)
			continue
		}
		if tt.page != "" {
			if status := open(client, tt.page); status != http.StatusOK {
				t.Errorf("%s opens %s: status %d", tt.login, tt.page, status)
			}
		}
		if status != http.StatusOK {
			continue
		}
		token := regexp.MustCompile(`name="csrf" value="([0-9a-f]+)"`).FindStringSubmatch(body)
		code, err := totp.GenerateCode(oldTOTPSecret, time.Now())
		if err != nil || token == nil {
			t.Fatalf("%s is not asked for a code (%v)", tt.login, err)
		}
		if status, _ := post(client, "/staff/login/code", url.Values{"csrf": {token[1]}, "passcode": {code}}); status != http.StatusSeeOther {
			t.Errorf("%s gives the second factor: status %d", tt.login, status)
		}
		if status := open(client, "/staff/campaigns/tthc-2026/edit"); status != http.StatusOK {
			t.Errorf("%s opens a campaign: status %d", tt.login, status)
		}
	}
}
