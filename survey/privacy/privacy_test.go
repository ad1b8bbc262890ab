package privacy_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/privacy"
	"hailong/survey/quarantine"
	"hailong/survey/retention"
	"hailong/survey/surveytest"
)

var (
	office = survey.Actor{Login: "lan"}
	now    = time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)
)

func clock() time.Time { return now }

// complete are rules that say everything.
func complete() survey.PrivacyRules {
	return survey.PrivacyRules{
		Controller: survey.Text{"vi": " UBND xã Bum Tở ", "en": "People's Committee of Bum Tở"}, Address: "Bum Tở, Lai Châu", Phone: "0213 388 1234", Email: "bumto@laichau.gov.vn",
		Security: "https://laichau.gov.vn/an-toan", Keep: survey.KeepMonths{Sensitive: 6}, BackupDays: 20,
		Campaigns: map[survey.CampaignID]survey.KeepMonths{"sipas-2026": {Texts: 3}},
	}
}

func TestRulesAreChangedAndRecorded(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	changes := survey.NewChanges(store, audit.New(store, clock), clock)
	empty, err := survey.LoadPrivacyRules(t.Context(), store)
	if err != nil || empty.Complete() || empty.KeepOf("x") != (survey.KeepMonths{Sensitive: 12, Texts: 24}) || empty.DaysOfBackups() != 30 {
		t.Errorf("undecided rules are %+v, %v", empty, err)
	}
	if err := privacy.SetRules(t.Context(), changes, office, 0, complete()); err != nil {
		t.Fatal(err)
	}
	rules, err := survey.LoadPrivacyRules(t.Context(), store)
	if err != nil || !rules.Complete() || rules.Controller["vi"] != "UBND xã Bum Tở" || rules.Rev != 1 {
		t.Errorf("decided rules are %+v, %v", rules, err)
	}
	if got := rules.KeepOf("sipas-2026"); got != (survey.KeepMonths{Sensitive: 6, Texts: 3}) {
		t.Errorf("of a campaign with its own: %+v", got)
	}
	if err := privacy.SetRules(t.Context(), changes, office, 0, complete()); !survey.Is(err, survey.Conflict) {
		t.Errorf("over rules that were not seen: %v", err)
	}
	catalog, err := survey.LoadCatalog(t.Context(), store)
	if diff := cmp.Diff(rules, catalog.Privacy); diff != "" || err != nil {
		t.Errorf("the catalogue has others (%v): %s", err, diff)
	}
	entries, err := survey.Documents[audit.ChainedEntry]{Store: store, Collection: survey.Audit}.All(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Action != "privacy.rules" {
		t.Errorf("the log has %+v, %v", entries, err)
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	t.Parallel()
	store := surveytest.Store(t)
	changes := survey.NewChanges(store, audit.New(store, clock), clock)
	for field, change := range map[string]func(*survey.PrivacyRules){
		"email":            func(r *survey.PrivacyRules) { r.Email = "không có" },
		"security":         func(r *survey.PrivacyRules) { r.Security = "javascript:alert(1)" },
		"controller_vi":    func(r *survey.PrivacyRules) { r.Controller["vi"] = strings.Repeat("x", 201) },
		"sensitive":        func(r *survey.PrivacyRules) { r.Keep.Sensitive = 121 },
		"texts":            func(r *survey.PrivacyRules) { r.Keep.Texts = -1 },
		"backup_days":      func(r *survey.PrivacyRules) { r.BackupDays = -1 },
		"texts.sipas-2026": func(r *survey.PrivacyRules) { r.Campaigns["sipas-2026"] = survey.KeepMonths{Texts: 999} },
	} {
		rules := complete()
		change(&rules)
		err := privacy.SetRules(t.Context(), changes, office, 0, rules)
		if fields := survey.FieldsOf(err); !survey.Is(err, survey.Invalid) || len(fields) != 1 || fields[field].Key == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestSecurityContact(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"antoan@laichau.gov.vn": "mailto:antoan@laichau.gov.vn", "https://laichau.gov.vn/x": "https://laichau.gov.vn/x",
		"": "", "http://laichau.gov.vn": "", "https://": "", "https://a.vn/\r\nContact: x": "", "Lan <lan@a.vn>": "",
	} {
		if got := privacy.SecurityContact(given); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

// The record tells what is in this store, and changes with it.
func TestRecordTellsWhatIsStored(t *testing.T) {
	t.Parallel()
	store, catalog := surveytest.FirstStart(t, "2026-03-05")
	changes := survey.NewChanges(store, audit.New(store, clock), clock)
	if err := privacy.SetRules(t.Context(), changes, office, 0, complete()); err != nil {
		t.Fatal(err)
	}
	sipas := catalog.Campaign("sipas-2026")
	insert := func(c survey.Collection, v any) {
		t.Helper()
		doc, err := bson.Marshal(v)
		if err == nil {
			_, err = store.Insert(context.Background(), c, doc)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	response := survey.Response{
		ID: survey.ResponseIDOf("2026-03-05", [10]byte{1}), Campaign: "sipas-2026", Form: sipas.Forms[0], Day: "2026-03-05", Received: now,
		Answers: []survey.Answer{{Item: "A5", Codes: []int{13}}}, Texts: []survey.Words{{Item: "G1", Text: "Cán bộ đòi tiền của tôi"}},
	}
	insert(survey.Responses, response)
	old := response
	old.ID, old.Received = survey.ResponseIDOf("2026-03-05", [10]byte{3}), now.AddDate(0, 0, -1)
	insert(survey.Responses, old)
	old.ID, old.Received = survey.ResponseIDOf("2026-03-05", [10]byte{4}), now.Truncate(time.Hour).AddDate(0, 0, -1)
	insert(survey.Responses, old)
	insert(survey.Responses, survey.TakenBack{ID: survey.ResponseIDOf("2026-03-05", [10]byte{2}), Rev: 1, Campaign: "sipas-2026", Day: "2026-03-05", Mark: true})
	insert(survey.Contacts, bson.D{{Key: "_id", Value: "a"}, {Key: "sealed", Value: []byte("x")}})
	insert(survey.Contacts, bson.D{{Key: "_id", Value: "b"}, {Key: "text", Value: "0912 345 678"}})
	insert(survey.Users, bson.D{{Key: "_id", Value: "lan"}, {Key: "name", Value: "Lò Thị Lan"}, {Key: "grant", Value: bson.D{{Key: "role", Value: "administrator"}}}, {Key: "totp", Value: bson.D{}}})
	insert(survey.Settings, retention.AgedRecord{ID: retention.AgedRecordID, Rev: 1, Day: "2026-03-05", Forgotten: map[retention.AgedKind]int{retention.AgedSlips: 412}})
	v, err := privacy.Read(t.Context(), store, now)
	if err != nil {
		t.Fatal(err)
	}
	if v.TakenBack != 1 || v.Contacts != (privacy.ContactContent{Sealed: 1, Plain: 1}) {
		t.Errorf("taken back %d, contacts %+v", v.TakenBack, v.Contacts)
	}
	if diff := cmp.Diff([]privacy.RoleContent{{Role: survey.Administrator, People: 1, SecondFactors: 1}}, v.Recipients); diff != "" {
		t.Errorf("recipients (-want +got): %s", diff)
	}
	for _, c := range v.Campaigns {
		if c.Campaign.ID == "sipas-2026" && (c.Responses != 3 || c.Sensitive != 3 || c.Texts != 3 || c.SensitiveDue != "2027-07-01" || c.TextsDue != "2027-04-01") {
			t.Errorf("the campaign: %+v", c)
		}
	}
	for lang, wants := range map[survey.Lang][]string{
		"vi": {"UBND xã Bum Tở", "0213 388 1234", "giữ 20 ngày", "01/07/2027", "| `responses` | 4 |", "còn giữ phút nhận: 1.", fmt.Sprintf("giữ giờ trong %d ngày", quarantine.KeptDays), "1 đã niêm phong, 1 chưa", "day, form", "sau ngày cuối dùng được (412)", "**[cần điền]**"},
		"en": {"People's Committee of Bum Tở", "kept for 20 days", "| `responses` | 4 |", "is still there: 1.", fmt.Sprintf("the hour is kept for %d days", quarantine.KeptDays), "1 sealed, 1 not", "31 days after their last day (412)", "devices, 12 months after they were revoked (0)", "**[to be filled in]**"},
	} {
		var out bytes.Buffer
		if err := v.WriteRecord(&out, lang); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: the record does not say %q:\n%s", lang, want, &out)
			}
		}
		for _, secret := range []string{"0912", "đòi tiền", "Lò Thị Lan", string(response.ID)} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("%s: the record holds %q", lang, secret)
			}
		}
		if described := strings.Count(out.String(), "\n| `"); described < len(survey.Collections) {
			t.Errorf("%s: %d rows for %d collections", lang, described, len(survey.Collections))
		}
	}
}
