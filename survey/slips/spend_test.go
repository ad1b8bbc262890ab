package slips_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/survey/slips"
	"hailong/survey/surveytest"
)

func TestSpend(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	slip, mine := f.slip(t), responseID(t)
	if elsewhere, err := f.Spend(t.Context(), slip, second, responseID(t)); elsewhere || err != nil {
		t.Errorf("at another point it proves %v, %v", elsewhere, err)
	}
	for range 3 { // sent, and sent again by a phone that did not hear the answer
		if !f.spend(t, slip, mine) {
			t.Error("the response is not verified")
		}
	}
	if f.spend(t, slip, responseID(t)) {
		t.Error("the slip proves a second response")
	}
	for _, unknown := range []string{"", "x", "000000000", "0000000000000000000000000000000a", strings.Repeat("0", 99)} {
		if f.spend(t, unknown, responseID(t)) {
			t.Errorf("%q proves a response", unknown)
		}
	}
	late, before := f.slip(t), responseID(t)
	if other := f.slip(t); !f.spend(t, other, before) {
		t.Error("the last day is no good day")
	} else {
		f.now = f.now.AddDate(0, 0, 32)
		if !f.spend(t, other, before) {
			t.Error("a response that was verified is not, when it comes again after the last day")
		}
	}
	if f.spend(t, late, responseID(t)) {
		t.Error("a slip is good after its last day")
	}
}

// What the day after knows of a slip: that it is spent.
func TestSpendAfterItIsForgotten(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	slip, mine := f.slip(t), responseID(t)
	f.spend(t, slip, mine)
	f.now = f.now.Add(24 * time.Hour)
	f.forget(t)
	if !f.spend(t, slip, mine) {
		t.Error("within a day the response is not known again")
	}
	f.now = f.now.Add(2 * time.Hour)
	f.forget(t)
	f.forget(t)
	if f.spend(t, slip, mine) || f.spend(t, slip, responseID(t)) {
		t.Error("a slip that is spent proves a response")
	}
	if _, in := f.bytes(t); in[survey.SlipUses] != 0 || in[survey.SpentSlips] != 1 {
		t.Errorf("stored %v", in)
	}
}

// Many people with one slip, at once and at two servers: one of them is verified.
func TestSpendAtOnce(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	slip := f.slip(t)
	servers := []*slips.Slips{f.Slips, f.another()}
	verified := make([]bool, 16)
	var group errgroup.Group
	for i := range verified {
		id := responseID(t)
		group.Go(func() (err error) {
			verified[i], err = servers[i%2].Spend(t.Context(), slip, counter, id)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count([]byte(fmt.Sprint(verified)), []byte("true")); n != 1 {
		t.Errorf("%d responses were verified by one slip", n)
	}
}

// A slip is used again at the moment at which it is moved to those that are spent.
func TestSpendWhileItIsForgotten(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	slip := f.slip(t)
	f.spend(t, slip, responseID(t))
	f.now = f.now.Add(26 * time.Hour)
	other := f.another()
	f.store.Before = func(call string, c survey.Collection) {
		if call == "Insert" && c == survey.SlipUses {
			t.Error("a use was stored of a slip that is spent")
		}
		if call != "Get" || c != survey.SpentSlips {
			return
		}
		f.store.Before = nil
		if err := other.Forget(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if f.spend(t, slip, responseID(t)) {
		t.Error("it proves a second response")
	}
}

// A call of the store that fails costs nothing: the same response is verified in the
// end, and no other.
func TestSpendWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	slip, mine := f.slip(t), responseID(t)
	f.store.FailEach(t, func() error {
		verified, err := f.Spend(t.Context(), slip, counter, mine)
		if err == nil && !verified {
			t.Error("the response is not verified")
		}
		return err
	})
	if f.spend(t, slip, responseID(t)) {
		t.Error("the slip proves a second response")
	}
	f.now = f.now.Add(26 * time.Hour)
	f.store.FailEach(t, func() error { return f.Forget(t.Context()) })
	if n, err := f.SpentBetween(t.Context(), "2026-03-05", "2026-03-06"); err != nil || n != 1 {
		t.Errorf("counted %d, %v", n, err)
	}
}

// However spending, forgetting and time interleave: a slip proves one response, the
// counts add up, and what is a day old joins nothing.
func TestSlipsAreSpentOnceAndCounted(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	begin := f.now
	rapid.Check(t, func(rt *rapid.T) {
		f.now = begin
		begin = begin.AddDate(0, 0, 40) // each run has days of its own
		issued := f.issue(t, request(4))
		ids := []survey.ResponseID{responseID(t), responseID(t), responseID(t)}
		verifiedBy := map[slips.SlipCode]survey.ResponseID{}
		first := survey.DateOf(f.now)
		rt.Repeat(map[string]func(*rapid.T){
			"spend": func(rt *rapid.T) {
				code, id := rapid.SampledFrom(issued.Codes).Draw(rt, "slip"), rapid.SampledFrom(ids).Draw(rt, "response")
				if !f.spend(t, string(code), id) {
					return
				}
				if before, ok := verifiedBy[code]; ok && before != id {
					rt.Fatalf("%s proves %s and %s", code, before, id)
				}
				verifiedBy[code] = id
			},
			"forget": func(*rapid.T) { f.forget(t) },
			"wait": func(rt *rapid.T) {
				f.now = f.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
			},
			"": func(rt *rapid.T) {
				spent, err := f.SpentBetween(t.Context(), first, survey.DateOf(f.now))
				if err != nil || spent != len(verifiedBy) {
					rt.Fatalf("counted %d of %d, %v", spent, len(verifiedBy), err)
				}
			},
		})
	})
}

// Attack: whoever issued the slip opened it first, has the database, a backup made
// meanwhile does not interest him, and even has the key. Nothing but the response
// itself names the response, and no hash of what he knows stands anywhere.
func TestNothingLeadsFromASlipToItsResponse(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	issued := f.issue(t, request(3, dossierCode))
	mine := responseID(t)
	var known []string // what he knows
	for _, code := range issued.Codes {
		known = append(known, string(code), issued.ID+string(code))
	}
	known = append(known, dossierCode, issued.ID)
	f.spend(t, string(issued.Codes[0]), mine)
	if err := (survey.Documents[survey.Response]{Store: f.store, Collection: survey.Responses}).Insert(t.Context(), survey.Response{
		ID: mine, Campaign: "tthc-2026", Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Point: counter, Unit: "centre",
		Channel: survey.ChannelLink, Day: "2026-03-05", Received: f.now.UTC(), Proof: survey.VerifiedSlip,
	}); err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(26 * time.Hour)
	f.forget(t)

	key, err := f.keys.Key(t.Context(), "slips")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range survey.Collections {
		err := f.store.Scan(context.Background(), c, "", "", func(raw bson.Raw) error {
			text := string(raw)
			if c != survey.Responses && strings.Contains(text, string(mine)) {
				t.Errorf("%s names the response: %s", c, raw)
			}
			for _, purpose := range []string{"join", "spent", "response", "mark", "slip", "code", "dossier", "claim"} {
				for _, code := range known {
					mac := hmac.New(sha256.New, key)
					mac.Write([]byte(purpose + "\x00" + code + "\x00" + string(mine)))
					if strings.Contains(text, hex.EncodeToString(mac.Sum(nil)[:16])) {
						t.Errorf("%s joins %q and the response: %s", c, code, raw)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	shape(t, f)
}

// shape checks that the documents which a day leaves behind hold hashes and counts and
// no further field.
func shape(t *testing.T, f *slipTest) {
	t.Helper()
	hash := regexp.MustCompile(`^[0-9a-f]{32}$`)
	for c, fields := range map[survey.Collection]string{
		survey.SpentSlips: "_id rev", survey.SlipDossiers: "_id rev month", survey.SlipCounts: "_id rev spent", survey.SlipCodes: "_id rev point until mark", survey.SlipUses: "none",
	} {
		err := f.store.Scan(t.Context(), c, "", "", func(raw bson.Raw) error {
			elements, err := raw.Elements()
			if err != nil {
				return err
			}
			var names []string
			for _, e := range elements {
				names = append(names, e.Key())
			}
			if diff := cmp.Diff(fields, strings.Join(names, " ")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c, diff)
			}
			if id := raw.Lookup("_id").StringValue(); c != survey.SlipCounts && !hash.MatchString(id) {
				t.Errorf("%s: %s is no hash", c, id)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Attack: copy the database, and enumerate the codes of an office's applications with
// every hash that can be made without the key, and with every string that lies in the
// store as the key.
func TestApplicationsCannotBeEnumerated(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	f.issue(t, request(2, "H56.14-261127-00017", "H56.14-261127-09998"))
	all, _ := f.bytes(t)
	strings32 := regexp.MustCompile(`[0-9A-Za-z+/=_-]{16,}`).FindAllString(all, -1)
	var keys [][]byte
	for _, s := range strings32 {
		keys = append(keys, []byte(s))
		if b, err := base64.StdEncoding.DecodeString(s); err == nil {
			keys = append(keys, b)
		}
		if b, err := hex.DecodeString(s); err == nil {
			keys = append(keys, b)
		}
	}
	for n := range 10_000 {
		code := fmt.Sprintf("H56.14-261127-%05d", n)
		plain := sha256.Sum256([]byte(code))
		for _, guess := range []string{code, people.HashSecret(code), hex.EncodeToString(plain[:16]), base64.RawURLEncoding.EncodeToString(plain[:])} {
			if strings.Contains(all, guess) {
				t.Fatalf("%s is found by %s", code, guess)
			}
		}
		if n%100 != 17 && n != 9998 { // with the keys, those that are there and some others
			continue
		}
		for _, key := range keys {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte("dossier\x00" + code))
			if strings.Contains(all, hex.EncodeToString(mac.Sum(nil)[:16])) {
				t.Fatalf("%s is found with a key that lies in the store", code)
			}
		}
	}
}

// reported are transactions as an office reports them.
type reported map[survey.Date]int

// Reported returns what the office reports of a day.
func (r reported) Reported(_ context.Context, point survey.PointCode, day survey.Date) (int, bool, error) {
	n, ok := r[day]
	return n, ok && point == counter, nil
}

// Attack: a clerk issues a hundred slips of transactions that never were and fills
// them in. Each is counted, and stands beside what the office reports.
func TestInventedTransactionsAreShown(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	f.Transactions = reported{"2026-03-05": 12}
	issued := f.issue(t, request(100))
	for _, code := range issued.Codes {
		f.spend(t, string(code), responseID(t))
	}
	_, err := f.Issue(t.Context(), clerk, request(101))
	surveytest.WantField(t, err, "count", "slip.too_many") // 200 a day
	f.shows(t, slips.PointDay{Day: "2026-03-05", Point: counter, Issued: 100, Open: true, Transactions: 12, Reported: true})
	f.now = f.now.AddDate(0, 0, 1)
	for range 2 { // before it is counted and forgotten, and after
		want := slips.PointDay{Day: "2026-03-05", Point: counter, Issued: 100, Spent: 100, Transactions: 12, Reported: true}
		f.shows(t, want)
		if !want.Excess() {
			t.Error("more spent than transactions is not told")
		}
		f.now = f.now.AddDate(0, 0, 2)
		f.forget(t)
	}
	if days, err := f.Compare(t.Context(), "2026-03-06", "2026-03-31"); len(days) != 0 || err != nil {
		t.Errorf("on other days: %+v, %v", days, err)
	}
}

// shows checks what is shown of the days up to now.
func (f *slipTest) shows(t *testing.T, want slips.PointDay) {
	t.Helper()
	days, err := f.Compare(t.Context(), "2026-03-01", survey.DateOf(f.now))
	if diff := cmp.Diff(map[survey.PointCode][]slips.PointDay{counter: {want}}, days); diff != "" || err != nil {
		t.Errorf("shown, error %v (-want +got):\n%s", err, diff)
	}
}

// Attack: hand out one slip, and look whether the number of those that were spent
// rises.
func TestFewSpentAreNotTold(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	issued := f.issue(t, request(5))
	f.shows(t, slips.PointDay{Day: "2026-03-05", Point: counter, Issued: 5, Open: true})
	for _, code := range issued.Codes[:4] {
		f.spend(t, string(code), responseID(t))
	}
	f.shows(t, slips.PointDay{Day: "2026-03-05", Point: counter, Issued: 5, Open: true})
	f.now = f.now.AddDate(0, 0, 1)
	f.shows(t, slips.PointDay{Day: "2026-03-05", Point: counter, Issued: 5, Few: true})
}

// A used slip, one past its day and a code that never was open a form all the same,
// each always the same one, and only of points that could have slips.
func TestPointTellsNothing(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	slip := slips.SlipCode(f.slip(t))
	f.spend(t, string(slip), responseID(t))
	f.now = f.now.AddDate(0, 0, 60)
	if point, err := f.Point(t.Context(), slip); point != counter || err != nil {
		t.Errorf("a slip that is used and old opens %q, %v", point, err)
	}
	seen := map[survey.PointCode]int{}
	rapid.Check(t, func(rt *rapid.T) {
		code := slips.NewSlipCode([8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(rt, "random")))
		point, err := f.Point(t.Context(), code)
		again, _ := f.another().Point(t.Context(), code)
		if err != nil || point != again {
			rt.Fatalf("%s opens %q and %q, %v", code, point, again, err)
		}
		seen[point]++
	})
	if len(seen) != 2 || seen[counter] == 0 || seen[second] == 0 {
		t.Errorf("codes that never were open %v", seen)
	}
}

// A slip is spent once, however its code is written: whoever sends a form himself can
// write it as he likes.
func TestASlipIsSpentInEverySpelling(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	code := f.slip(t)
	for i, spelled := range []string{code, strings.ToLower(code), code[:3] + "-" + code[3:6] + "-" + code[6:], " " + code, code + "."} {
		verified, err := f.Spend(t.Context(), spelled, counter, responseID(t))
		if err != nil {
			t.Fatal(err)
		}
		if want := i == 0; verified != want {
			t.Errorf("%q proves: %t, want %t", spelled, verified, want)
		}
	}
}
