package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/editions"
	"hailong/survey/faulttest"
	"hailong/survey/people"
	"hailong/survey/sampling"
)

// childEnv makes the test binary the program itself, so that a server can be
// killed as a power cut ends it, or stopped as a service is.
const childEnv = "HAILONG_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		signal.Ignore(syscall.SIGXFSZ) // a write beyond a limit then fails, as on a full disk
		main()
	}
	os.Exit(m.Run())
}

// killRounds is how often the server is killed; "make faults" asks for more.
func killRounds(t *testing.T) int {
	t.Helper()
	given := os.Getenv("HAILONG_TEST_KILLS")
	if given == "" {
		return 2
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 {
		t.Fatalf("HAILONG_TEST_KILLS=%q is no number of rounds", given)
	}
	return n
}

// killed is a server in a process of its own.
type killed struct {
	process *exec.Cmd
	after   time.Duration // of its start it is killed, if not zero
	base    string
	ended   sync.Once
}

func startKilled(t *testing.T, file string) *killed {
	t.Helper()
	return startOn(t, "bolt:"+file)
}

// startOn starts a server on a store of either kind.
func startOn(t *testing.T, store string, more ...string) *killed {
	t.Helper()
	k := prepareServer(t, store, more...)
	if !k.start(t) {
		t.Fatal("the server did not come up")
	}
	return k
}

func prepareServer(t *testing.T, store string, more ...string) *killed {
	t.Helper()
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--metrics-addr", "", "--store", store}, more...)
	k := &killed{process: exec.Command(os.Args[0], args...)} // this test binary
	k.process.Env = append(os.Environ(), childEnv+"=1")
	k.process.Stderr = t.Output()
	return k
}

// start starts it, and reports whether it came up.
func (k *killed) start(t *testing.T) bool {
	t.Helper()
	out, err := k.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := k.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.kill)
	if k.after > 0 {
		time.AfterFunc(k.after, k.kill)
	}
	address := regexp.MustCompile(`https?://localhost:\d+`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if k.base == "" {
			k.base = address.FindString(lines.Text())
		}
		if strings.Contains(lines.Text(), "Ctrl+C") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return true
		}
	}
	return false
}

// stop asks the server to end, and returns the code with which it did.
func (k *killed) stop() (code int) {
	k.ended.Do(func() {
		_ = k.process.Process.Signal(syscall.SIGTERM) // fails only if it has ended
		_ = k.process.Wait()
	})
	return k.process.ProcessState.ExitCode()
}

// kill ends the server, and returns when it has ended, whoever asked first.
func (k *killed) kill() {
	k.ended.Do(func() {
		_ = k.process.Process.Kill() // fails only if it has ended
		_ = k.process.Wait()
	})
}

// officer is somebody at work on the staff's pages, who opens pages and fills in
// whatever form there is, at random but as a seed says.
type officer struct {
	base    string
	client  *http.Client
	rand    *rand.Rand
	number  int               // of the officer
	words   int               // that were thought of
	sent    func(path string) // called before each form is sent
	visits  *visits
	done    map[string]int    // forms that were taken, by their path without ids
	faults  map[string]int    // answers with a fault of the server
	at      *goquery.Document // the page that is open
	address string
}

const officerPassword = "đủ dài để dùng"

// officers are the logins at work, which nobody changes.
var officers = map[survey.Login]survey.Role{
	"can-bo-1": survey.Administrator, "can-bo-2": survey.Administrator, "can-bo-3": survey.HomeAffairs, "can-bo-4": survey.Administrator,
}

// signIn opens a session. The error is of a server that has gone.
func (o *officer) signIn(login survey.Login) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	o.client = &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return o.send(o.base+"/staff/login", "application/x-www-form-urlencoded",
		strings.NewReader(url.Values{"login": {string(login)}, "password": {officerPassword}}.Encode()))
}

// send posts a form and opens the page that comes of it.
func (o *officer) send(address, contentType string, body io.Reader) error {
	r, err := http.NewRequest(http.MethodPost, address, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return o.open(r)
}

func (o *officer) get(path string) error {
	r, err := http.NewRequest(http.MethodGet, o.base+path, http.NoBody)
	if err != nil {
		return err
	}
	return o.open(r)
}

// open does a request and follows it to a page.
func (o *officer) open(r *http.Request) error {
	resp, err := o.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusInternalServerError {
		o.faults[r.Method+" "+pathShape(r.URL.Path)]++
	}
	if to := resp.Header.Get("Location"); to != "" {
		if r.Method == http.MethodPost {
			o.done[pathShape(r.URL.Path)]++
		}
		next, err := r.URL.Parse(to)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		return o.get(next.RequestURI())
	}
	o.at, o.address = nil, r.URL.Path
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		o.at, err = goquery.NewDocumentFromReader(resp.Body)
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// pathShape is a path without what names one thing.
func pathShape(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if i == 3 && !slices.Contains([]string{"new", "merge", "import", "rules", "code"}, part) || i > 3 && strings.ContainsAny(part, "0123456789@.") {
			parts[i] = ":id"
		}
	}
	return strings.Join(parts, "/")
}

// pages are where officers begin.
var pages = []string{
	"/staff/units", "/staff/units/new", "/staff/units/merge", "/staff/units/import", "/staff/schools", "/staff/schools/new", "/staff/schools/import",
	"/staff/sectors", "/staff/sectors/new", "/staff/sectors/import", "/staff/points", "/staff/points/new", "/staff/questionnaires",
	"/staff/campaigns", "/staff/campaigns/new", "/staff/campaigns/tthc-2026", "/staff/campaigns/tthc-2026/plan", "/staff/campaigns/tthc-2026/sample",
	"/staff/campaigns/tthc-2026/sample/draw", "/staff/campaigns/tthc-2026/sample/work", "/staff/campaigns/tthc-2026/sample/erase", "/staff/visits",
	"/staff/batches", "/staff/batches/new", "/staff/rechecks", "/staff/slips", "/staff/slips/rules", "/staff/users", "/staff/users/new", "/staff/tokens",
	"/staff/security",
}

// work opens pages and sends forms until the server has gone.
func (o *officer) work() error {
	for {
		if err := o.get(o.visits.least(o.rand, pages)); err != nil {
			return err
		}
		for range 4 {
			if o.at == nil {
				break
			}
			sent := false
			if o.rand.IntN(2) == 0 {
				var err error
				if sent, err = o.sendForm(); err != nil {
					return err
				}
			}
			if !sent {
				if err := o.follow(); err != nil {
					return err
				}
			}
		}
	}
}

// mine reports whether an address ends the work of the officers.
func mine(path string) bool {
	for login := range officers {
		if strings.HasPrefix(path, "/staff/users/"+string(login)) {
			return true
		}
	}
	return strings.HasPrefix(path, "/staff/account") || strings.HasPrefix(path, "/staff/log") || !strings.HasPrefix(path, "/staff")
}

// follow opens a link of the page.
func (o *officer) follow() error {
	var links []string
	o.at.Find("main a[href]").Each(func(_ int, a *goquery.Selection) {
		link, err := url.Parse(a.AttrOr("href", ""))
		if err == nil && !mine(link.Path) && !strings.Contains(link.Path, ".") && !strings.Contains(link.Path, "/preview") {
			links = append(links, link.RequestURI())
		}
	})
	if len(links) == 0 {
		links = pages
	}
	return o.get(o.visits.least(o.rand, links))
}

// least chooses an address of the kind that was opened least often, by anybody.
func (v *visits) least(by *rand.Rand, addresses []string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	best := addresses[by.IntN(len(addresses))]
	for range addresses {
		other := addresses[by.IntN(len(addresses))]
		if v.count[pathShape(other)] < v.count[pathShape(best)] {
			best = other
		}
	}
	v.count[pathShape(best)]++
	return best
}

// visits is how often each kind of page was opened.
type visits struct {
	mu    sync.Mutex
	count map[string]int
}

// sendForm fills in a form of the page and sends it, if there is one.
func (o *officer) sendForm() (bool, error) {
	var forms []*goquery.Selection
	o.at.Find("main form").Each(func(_ int, form *goquery.Selection) {
		action, err := url.Parse(form.AttrOr("action", o.address))
		if err == nil && strings.EqualFold(form.AttrOr("method", ""), "post") && !mine(action.Path) {
			forms = append(forms, form)
		}
	})
	if len(forms) == 0 {
		return false, nil
	}
	form := forms[o.rand.IntN(len(forms))]
	values := o.fill(form)
	address := o.base + form.AttrOr("action", o.address)
	if file := form.Find("input[type=file]"); file.Length() == 0 {
		o.sent(address)
		return true, o.send(address, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
	}
	var body strings.Builder
	w := multipart.NewWriter(&body)
	for name, all := range values {
		for _, v := range all {
			_ = w.WriteField(name, v)
		}
	}
	part, err := w.CreateFormFile("file", "ds.csv")
	if err != nil {
		return false, err
	}
	_, _ = io.WriteString(part, o.list(address))
	_ = w.Close()
	o.sent(address)
	return true, o.send(address, w.FormDataContentType(), strings.NewReader(body.String()))
}

// word is a word that nobody has used.
func (o *officer) word() string {
	o.words++
	return fmt.Sprintf("%d%d", o.number, o.words) + strconv.FormatUint(o.rand.Uint64()%1e6, 36)
}

// list is a file for a form.
func (o *officer) list(address string) string {
	switch {
	case strings.Contains(address, "/schools"):
		return fmt.Sprintf("name,level,unit,code\nTrường %s,mầm non,Pa Ủ,%s\nTrường %s,tiểu học,Bum Nưa,%s\n", o.word(), o.word(), o.word(), o.word())
	case strings.Contains(address, "/units"):
		return fmt.Sprintf("name,kind,parent,code\nPhòng %s,phòng,muong-te,%s\nPhòng %s,phòng,muong-te,%s\n", o.word(), o.word(), o.word(), o.word())
	case strings.Contains(address, "/sectors"):
		return fmt.Sprintf("name,short\nLĩnh vực %s,x\nLĩnh vực %s,\n", o.word(), o.word())
	}
	list := "đơn vị,bản,họ tên,số hộ\n"
	unit := []string{"xa-pa-u-2025", "xa-ta-tong-2025", "xa-bum-nua-2025"}[o.rand.IntN(3)]
	for range 12 {
		list += fmt.Sprintf("%s,Bản %d,Hộ %s,%d\n", unit, 1+o.rand.IntN(3), o.word(), 1+o.rand.IntN(5))
	}
	return list
}

// fill fills in the fields of a form.
func (o *officer) fill(form *goquery.Selection) url.Values {
	values := url.Values{}
	radios := map[string][]string{}
	form.Find("input[name], select[name], textarea[name]").Each(func(_ int, field *goquery.Selection) {
		name, value := field.AttrOr("name", ""), field.AttrOr("value", "")
		switch kind := field.AttrOr("type", goquery.NodeName(field)); kind {
		case "file":
		case "hidden":
			values.Add(name, value)
		case "checkbox":
			if name != "second_factor" && o.rand.IntN(4) == 0 {
				values.Add(name, value)
			}
		case "radio":
			radios[name] = append(radios[name], value)
		case "select":
			if options := field.Find("option"); options.Length() > 0 {
				values.Add(name, options.Eq(o.rand.IntN(options.Length())).AttrOr("value", ""))
			}
		default:
			if value == "" && kind == "textarea" {
				value = field.Text()
			}
			values.Add(name, o.typed(name, kind, value))
		}
	})
	for name, all := range radios {
		values.Set(name, all[o.rand.IntN(len(all))])
	}
	if buttons := form.Find("button[name]"); buttons.Length() > 0 {
		button := buttons.Eq(o.rand.IntN(buttons.Length()))
		values.Set(button.AttrOr("name", ""), button.AttrOr("value", ""))
	}
	return values
}

// typed is what is typed into a field.
func (o *officer) typed(name, kind, value string) string {
	switch {
	case value != "" && (o.rand.IntN(2) == 0 || kind == "date"):
		return value
	case kind == "date":
		return string(survey.DateOf(time.Now().AddDate(0, 0, 1+o.rand.IntN(20))))
	case kind == "number" || strings.Contains(name, "number"):
		return strconv.Itoa(1 + o.rand.IntN(20))
	case name == "dossier":
		return fmt.Sprintf("H56.14-240823-%05d", o.rand.IntN(100_000))
	case name == "seed" || name == "pattern":
		return value
	case name == "login":
		return "nv" + o.word()
	case strings.Contains(name, "code"):
		return "c" + o.word()
	}
	return "Chữ thường " + o.word()
}

// manyDocuments are the forms that change several documents; every other round
// ends with one of them on its way.
var manyDocuments = regexp.MustCompile(`/(apply|merge|replace|discard|erase|publish|reserve|reset|disable)$|/(points|batches)$`)

// Killed at random moments while four people change whatever staff can change,
// the server has after the next start an entry in the audit log for each change,
// and no act that is done by half.
func TestKilledDuringChanges(t *testing.T) {
	t.Parallel()
	rounds := killRounds(t)
	file := filepath.Join(t.TempDir(), "killed.db")
	prepareOfficers(t, file)
	done, opened := map[string]int{}, &visits{count: map[string]int{}}
	for round := range rounds {
		seed := rand.New(rand.NewPCG(7, uint64(round)))
		server := startKilled(t, file)
		quota := int64(20 + seed.IntN(100))
		delay := time.Duration(seed.IntN(60)) * time.Millisecond
		var once sync.Once
		var sent atomic.Int64
		var all sync.WaitGroup
		var mu sync.Mutex
		for i, login := range slices.Sorted(maps.Keys(officers)) {
			o := &officer{
				base: server.base, rand: rand.New(rand.NewPCG(uint64(i), uint64(round))), number: i, done: map[string]int{}, faults: map[string]int{}, address: "/staff",
				visits: opened,
				sent: func(path string) {
					if sent.Add(1) >= quota && (round%2 == 0 || manyDocuments.MatchString(path)) {
						// In the middle of what the server does with the form, wherever that is.
						once.Do(func() { time.AfterFunc(delay, server.kill) })
					}
				},
			}
			all.Go(func() {
				if o.signIn(login) == nil {
					_ = o.work() // until the server has gone
				}
				mu.Lock()
				defer mu.Unlock()
				for path, n := range o.done {
					done[path] += n
				}
				for path, n := range o.faults {
					t.Errorf("%s failed %d times by a fault of the server", path, n)
				}
			})
		}
		all.Wait()
		server.kill()

		next := startKilled(t, file)
		out, messages, err := runCommand(t, "audit", "verify", "--store", "bolt:"+file)
		if err != nil {
			t.Errorf("round %d: the log does not fit what is stored: %v", round, err)
		}
		if messages != "" {
			t.Errorf("round %d: after a start: %s", round, messages)
		}
		if strings.TrimSpace(out) == "" {
			t.Errorf("round %d: verify prints nothing", round)
		}
		next.kill()
		checkWhole(t, file)
		if t.Failed() {
			break
		}
	}
	for _, path := range slices.Sorted(maps.Keys(done)) {
		t.Logf("%4d %s", done[path], path)
	}
	actions := actionsIn(t, file)
	defer func() { reportChanges(t, done, actions, rounds) }()
	for _, action := range slices.Sorted(maps.Keys(actions)) {
		t.Logf("%4d %s", actions[action], action)
	}
	if len(actions) < 10 {
		t.Errorf("only %d kinds of change were tried", len(actions))
	}
}

// reportChanges tells what came of the kills: a change without its entry would have failed
// the test before.
func reportChanges(t *testing.T, done map[string]int, actions map[survey.Action]int, rounds int) {
	t.Helper()
	o := faulttest.FaultOutcome{
		Done: "server killed while staff change everything, and publish", Note: fmt.Sprintf("%d kills, %d kinds of change; stored: audit entries", rounds, len(actions)),
	}
	for _, n := range done {
		o.Acknowledged += n
	}
	for _, n := range actions {
		o.Stored += n
	}
	if t.Failed() {
		o.Lost = 1
	}
	o.Report(t)
}

// prepareOfficers makes a store with the officers and a surveyor.
func prepareOfficers(t *testing.T, file string) {
	t.Helper()
	startKilled(t, file).kill()
	store, err := bolt.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer shelltest.CloseStore(t, store)
	hash, err := people.HashPassword(officerPassword)
	if err != nil {
		t.Fatal(err)
	}
	changes, _ := shell.ChangesOf(store)
	who := maps.Clone(officers)
	who["surveyor"] = survey.Surveyor
	for login, role := range who {
		if _, err := survey.Change(t.Context(), changes, survey.Edit[people.User]{
			Collection: survey.Users, ID: string(login), Actor: survey.Actor{Shell: "test"}, Action: "user.create",
			Do: func(u *people.User) error {
				*u = people.User{Login: login, Name: string(login), Grant: survey.Grant{Role: role}, Password: hash}
				return nil
			},
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// actionsIn counts what the log of a store tells of, by action.
func actionsIn(t *testing.T, file string) map[survey.Action]int {
	t.Helper()
	store, err := bolt.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer shelltest.CloseStore(t, store)
	actions := map[survey.Action]int{}
	if err := audit.New(store, time.Now).Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		actions[e.Action]++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return actions
}

// checkWhole holds that no act is done by half: what its entry says is there.
func checkWhole(t *testing.T, file string) {
	t.Helper()
	store, err := bolt.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer shelltest.CloseStore(t, store)
	there := func(c survey.Collection, id string) bool {
		_, err := store.Get(t.Context(), c, id)
		if err != nil && !survey.Is(err, survey.NotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	if err := store.Scan(t.Context(), survey.Intents, "", "", func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if !strings.Contains(id, "/") { // a part of an intent that was never whole goes after an hour
			t.Errorf("the intent %s is left", id)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	catalog, err := survey.LoadCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range catalog.Points {
		if p.Successor != "" && catalog.Point(p.Successor) == nil {
			t.Errorf("point %s was replaced by %s, which is not there", p.Code, p.Successor)
		}
	}
	for _, u := range catalog.Units {
		for _, id := range u.Successors {
			if catalog.Unit(id) == nil {
				t.Errorf("unit %s was followed by %s, which is not there", u.ID, id)
			}
		}
	}
	named := map[string]bool{}
	for _, c := range catalog.Campaigns {
		for _, e := range c.Editions {
			id := editions.SnapshotID(c.ID, e.Hash)
			named[id] = true
			if !there(survey.Snapshots, id) {
				t.Errorf("edition %d of %s has no snapshot", e.Number, c.ID)
			}
		}
	}
	if err := store.Scan(t.Context(), survey.Snapshots, "", "", func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if !named[id] {
			t.Errorf("snapshot %s belongs to no edition", id)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	checkDraws(t, store)
	// An act that tells of many documents made them all; some may be gone since.
	if err := audit.New(store, time.Now).Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		docs := strings.Join(e.Docs, "\n") + "\n"
		for collection, ids := range madeBy(t, e) {
			for _, id := range ids {
				if !strings.Contains(docs, " "+string(collection)+"/"+id+"\n") {
					t.Errorf("entry %d (%s) tells of %s %s, which it did not make", e.Number(), e.Action, collection, id)
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// madeBy lists the documents that the words of an entry say were made or changed.
func madeBy(t *testing.T, e audit.ChainedEntry) map[survey.Collection][]string {
	t.Helper()
	type document struct {
		ID   string `json:"id"`
		Code string `json:"code"`
	}
	ids := func(all ...[]document) (list []string) {
		for _, some := range all {
			for _, d := range some {
				list = append(list, d.ID)
			}
		}
		return list
	}
	codes := func(all ...[]document) (list []string) {
		for _, some := range all {
			for _, d := range some {
				list = append(list, d.Code)
			}
		}
		return list
	}
	var plan struct{ New, Changed, Points, Off []document }
	var list []document
	decode := func(v any) {
		if err := json.Unmarshal([]byte(e.After), v); err != nil {
			t.Errorf("entry %d: %v", e.Number(), err)
		}
	}
	switch e.Action {
	case "unit.import":
		decode(&plan)
		return map[survey.Collection][]string{survey.Units: ids(plan.New, plan.Changed)}
	case "sector.import":
		decode(&plan)
		return map[survey.Collection][]string{survey.Sectors: ids(plan.New, plan.Changed)}
	case "school.import":
		decode(&plan)
		return map[survey.Collection][]string{survey.Units: ids(plan.New, plan.Changed), survey.Points: codes(plan.Points, plan.Off)}
	case "batch.create":
		decode(&list)
		return map[survey.Collection][]string{survey.PaperBatches: ids(list)}
	case "point.create":
		decode(&list)
		return map[survey.Collection][]string{survey.Points: codes(list)}
	}
	return nil
}

// checkDraws holds that each draw has its rows, and that a row and the reserve
// that stands in for it know each other.
func checkDraws(t *testing.T, store survey.Store) {
	t.Helper()
	samples, err := survey.Documents[sampling.Sample]{Store: store, Collection: survey.Samples}.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := survey.Documents[sampling.Drawn]{Store: store, Collection: survey.DrawnRows}.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type draw struct {
		campaign survey.CampaignID
		number   int
	}
	count, row := map[draw]int{}, map[string]sampling.Drawn{}
	for _, r := range rows {
		count[draw{r.Campaign, r.Draw}]++
		row[r.ID] = r
	}
	for _, s := range samples {
		for _, d := range s.Draws {
			key := draw{s.ID, d.Number}
			if count[key] != d.Rows {
				t.Errorf("draw %d of %s has %d rows of %d", d.Number, s.ID, count[key], d.Rows)
			}
			delete(count, key)
		}
	}
	for key, n := range count {
		t.Errorf("%d rows are left of draw %d of %s", n, key.number, key.campaign)
	}
	for _, r := range rows {
		if r.Substitute != 0 && row[sampling.DrawnID(r.Campaign, r.Substitute)].For != r.Number {
			t.Errorf("row %s has a reserve that does not know of it", r.ID)
		}
	}
}
