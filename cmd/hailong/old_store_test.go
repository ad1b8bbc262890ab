package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
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
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"

	"hailong/analysis/results"
	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/health"
	"hailong/survey/keys"
	"hailong/survey/ledger"
	"hailong/survey/moments"
	"hailong/survey/retention"
	"hailong/survey/surveytest"
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
	if _, err := io.Copy(file, content); err != nil { // our own file
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return "bolt:" + path
}

// oldAnswer reads what the old version answered.
func oldAnswer(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(oldStoreDir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
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
	var want any
	oldAnswer(t, name, &want)
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
		if c == survey.Chains || c == survey.LedgerDays {
			continue // as do these, which have what the ledger says of the responses
		}
		sum := sha256.New()
		for _, id := range slices.Sorted(maps.Keys(documents)) {
			sum.Write(withoutSalt(t, c, documents[id]))
		}
		got[c] = content{len(documents), hex.EncodeToString(sum.Sum(nil))}
	}
	expectOld(t, "documents.json", got)
}

// withoutSalt is a response as it was before it came into the ledger, and any other
// document as it is.
func withoutSalt(t *testing.T, c survey.Collection, doc bson.Raw) bson.Raw {
	t.Helper()
	if c != survey.Responses {
		return doc
	}
	elements, err := doc.Elements()
	if err != nil {
		t.Fatal(err)
	}
	plain := bsoncore.NewDocumentBuilder()
	for _, e := range elements {
		if key := e.Key(); key != "salt" && key != "rev" {
			plain = plain.AppendValue(key, bsoncore.Value{Type: e.Value().Type, Data: e.Value().Value})
		}
	}
	return bson.Raw(plain.Build())
}

// Opening the old store for a server changes no document that is in it, but for what
// led from a person to a response. A newer catalogue may add some. The key goes that led
// from one-time links to the responses that came by them, and the days on which they
// were used, and in time the links; contacts are sealed; the minutes go at which
// responses came in; and the sessions that ran out.
func TestOldStoreIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	store := oldStore(t)
	before := documentsOf(t, store)
	t.Run("Serve", func(t *testing.T) {
		_, base := startServer(t, "serve", "--store", store)
		awaitReady(t, base)
		for _, path := range []string{"/", "/results", "/results/tthc-2026", "/results/edu-2026"} {
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
				if c != survey.Sessions && c != survey.OneTimeLinks {
					t.Errorf("%s: %q is gone", c, id)
				}
			case c == survey.OneTimeLinks:
				if diff := withoutFields(t, doc, now, "rev", "opened", "used"); diff != "" {
					t.Errorf("%s: %q was changed: %s", c, id, diff)
				}
			case c == survey.Responses:
				if diff := withoutFields(t, doc, now, "rev", "received"); diff != "" {
					t.Errorf("%s: %q was changed: %s", c, id, diff)
				}
			case c == survey.Contacts:
				if _, err := bson.Raw(now).LookupErr("text"); err == nil {
					t.Errorf("contact %q is not sealed", id)
				}
			case !bytes.Equal(doc, now):
				t.Errorf("%s: %q was changed:\nfrom %s\nto   %s", c, id, bson.Raw(doc), bson.Raw(now))
			}
		}
	}
}

// withoutFields is how two documents differ in other fields than some.
func withoutFields(t *testing.T, before, after bson.Raw, but ...string) string {
	t.Helper()
	rest := func(doc bson.Raw) map[string]string {
		elements, err := doc.Elements()
		if err != nil {
			t.Fatal(err)
		}
		fields := map[string]string{}
		for _, e := range elements {
			if !slices.Contains(but, e.Key()) {
				fields[e.Key()] = e.Value().String()
			}
		}
		return fields
	}
	return cmp.Diff(rest(before), rest(after))
}

// What an upgrade makes an old store forget: nothing in it leads from a one-time link to
// a response, nor from the order of a surveyor's visits, or from a minute that somebody
// remembers, to those of days that are over. The log of the old store still holds.
func TestOldStoreForgetsWhatLedToResponses(t *testing.T) {
	t.Parallel()
	store := oldStore(t)
	opened := shelltest.OpenURL(t, store)
	// What runs in the background of a server, done here one after the other.
	changes, log := shell.ChangesOf(opened)
	if err := log.Baseline(t.Context(), survey.Actor{Shell: "serve"}); err != nil {
		t.Fatal(err)
	}
	catalog, err := survey.LoadCatalog(t.Context(), opened)
	if err != nil {
		t.Fatal(err)
	}
	current := func() *survey.Catalog { return catalog }
	secrets, err := keys.Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	services := newServices(changes, ledger.New(opened, time.Now), log, current, results.NewReleased(opened, current, slog.New(slog.DiscardHandler)), func(survey.Response) {}, health.New(opened, time.Now, slog.New(slog.DiscardHandler)), secrets, slog.New(slog.DiscardHandler))
	if err := services.Slips.RetireLinks(t.Context(), survey.Actor{Shell: "serve"}); err != nil {
		t.Fatal(err)
	}
	if _, err := retention.New(changes, current).ForgetAged(t.Context(), survey.Actor{Shell: "serve"}, aged(services)); err != nil {
		t.Error(err)
	}
	if n, err := moments.New(opened, services.Quarantine.Judge, time.Now).Blur(t.Context()); err != nil || n == 0 {
		t.Errorf("blurred are %d moments, %v", n, err)
	}
	report, err := log.Verify(t.Context())
	if err != nil || !report.Documents {
		t.Errorf("the log says %+v, %v", report, err)
	}
	shelltest.CloseStore(t, opened)
	left := documentsOf(t, store)
	for id, doc := range left[survey.OneTimeLinks] {
		raw := bson.Raw(doc)
		if _, err := raw.LookupErr("opened"); err == nil || survey.DocumentText(raw, "used") > "0001-01-01" {
			t.Errorf("link %s tells when it was used: %s", id, raw)
		}
	}
	if _, there := left[survey.Settings]["links"]; there {
		t.Error("the key of one-time links is still there")
	}
	if len(left[survey.Responses]) == 0 {
		t.Error("the old store has no responses")
	}
	for id, doc := range left[survey.Responses] {
		at, _ := bson.Raw(doc).Lookup("received").TimeOK()
		if local := at.In(survey.Zone).Format("04:05.000"); local != "00:00.000" && local != "59:59.999" {
			t.Errorf("response %s came in at %s", id, at)
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
	held := shelltest.OpenURL(t, store)
	surveytest.ReleaseAll(t, held, "tthc-2026", "edu-2026", "sipas-2026") // then an export held every response
	shelltest.CloseStore(t, held)
	for _, campaign := range oldCampaigns {
		t.Run("Export "+campaign, func(t *testing.T) {
			out, _, err := runCommand(t, "export", "--voided", "--campaign", campaign, "--store", store)
			if err != nil {
				t.Fatal(err)
			}
			var then []string
			oldAnswer(t, "export-"+campaign+".json", &then)
			want, got := withoutNames(t, then), withoutNames(t, strings.Split(strings.TrimSpace(strings.TrimPrefix(out, "\ufeff")), "\n"))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("version 347ec33 answered otherwise (-then +now):\n%s", diff)
			}
		})
	}
}

// withoutNames is the rows of an export in no order, without what no longer leaves:
// the id of a response, its batch and who entered it, and of schools the day.
func withoutNames(t *testing.T, lines []string) []string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.Join(lines, "\n"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header := slices.Clone(rows[0])
	var kept []string
	for n, row := range rows {
		var cells []string
		for i, cell := range row {
			switch name := header[i]; {
			case slices.Contains([]string{"id", "row", "batch", "by"}, name):
			case n > 0 && name == "day" && strings.HasPrefix(row[slices.Index(header, "campaign")], "edu-"):
				cells = append(cells, cell[:len("2026-11")])
			default:
				cells = append(cells, cell)
			}
		}
		kept = append(kept, strings.Join(cells, "|"))
	}
	slices.Sort(kept)
	return kept
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
	store := oldStore(t)
	mustCommand(t, "release", "--store", store)
	_, base := startServer(t, "serve", "--store", store, "--api-token", token)
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
	expectOldFigures(t, got)

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

// expectOldFigures compares answers with those of the old version: what was
// published is the same, and what was of all responses is of a release now, which
// holds no others.
func expectOldFigures(t *testing.T, got map[string]any) {
	t.Helper()
	var then map[string]any
	oldAnswer(t, "api.json", &then)
	published := 0
	for path, want := range then {
		now := got[path]
		table, isTable := want.(map[string]any)
		switch {
		case strings.Contains(path, "/targets"):
			published += expectOldTargets(t, want.([]any), now.([]any))
			continue
		case isTable && table["source"] == "published":
			table["source"] = "edition"
			published++
		case isTable && table["source"] == "live":
			expectRelease(t, path, table, now.(map[string]any))
			continue
		case isTable && table["refused"] != nil: // an office reads more of a release than everybody of an edition
			continue
		}
		if diff := cmp.Diff(want, now); diff != "" {
			t.Errorf("%s: version 347ec33 answered otherwise (-then +now):\n%s", path, diff)
		}
	}
	if published < 10 {
		t.Errorf("%d answers were compared with published ones, want more", published)
	}
}

// expectRelease checks a table of a release against that of all responses.
func expectRelease(t *testing.T, path string, then, now map[string]any) {
	t.Helper()
	all, held := then["overall"].(map[string]any), now["overall"].(map[string]any)
	if now["source"] != "release" || held["n"].(float64) > all["n"].(float64) {
		t.Errorf("%s: %v from %v, want a release of at most %v", path, held, now["source"], all["n"])
	}
	if held["n"] == all["n"] && held["rate"] != all["rate"] {
		t.Errorf("%s: %v, want %v", path, held, all)
	}
}

// expectOldTargets compares verdicts by published figures, and counts them.
func expectOldTargets(t *testing.T, then, now []any) (compared int) {
	t.Helper()
	for i := range then {
		want, got := then[i].(map[string]any), now[i].(map[string]any)
		if want["source"] != "published" {
			continue
		}
		want["source"] = "edition"
		if got["evidence"] == "inconclusive" { // why, is said since then
			want["caveat"] = "interval"
		}
		compared++
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("version 347ec33 judged otherwise (-then +now):\n%s", diff)
		}
	}
	return compared
}

// The text of every edition is kept and has the hash that was published beside it; of
// one that was withdrawn it is no longer shown to everybody.
func TestOldStoreKeepsPublishedFigures(t *testing.T) {
	t.Parallel()
	store := oldStore(t)
	editions := map[string]bool{} // by path: in force
	for _, doc := range documentsOf(t, store)[survey.Campaigns] {
		var campaign survey.Campaign
		if err := bson.Unmarshal(doc, &campaign); err != nil {
			t.Fatal(err)
		}
		for _, edition := range campaign.Editions {
			editions["/results/"+string(campaign.ID)+"/snapshot/"+edition.Hash+".json"] = edition.Withdrawn.IsZero()
		}
	}
	if len(editions) != 3 {
		t.Fatalf("%d editions, want 3", len(editions))
	}
	_, base := startServer(t, "serve", "--store", store)
	for path, inForce := range editions {
		status, text := get(t, base+path)
		if !inForce {
			if status != http.StatusGone {
				t.Errorf("GET %s of a withdrawn edition: status %d", path, status)
			}
			continue
		}
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
