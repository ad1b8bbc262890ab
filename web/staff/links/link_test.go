package links_test

import (
	"net/http"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/web/servertest"
)

func TestLinkIsIssuedByAClerk(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.OneStopOffice})
	v := servertest.SignIn(t, s, "lan")
	for _, wrong := range []struct{ dossier, point, field string }{
		{"123", string(servertest.Code(servertest.PointLand)), "dossier"},
		{servertest.Dossier, string(servertest.Code(servertest.PointOff)), "point"},
		{servertest.Dossier, "", "point"},
		{"", string(servertest.Code(servertest.PointLand)), "dossier"},
		{strings.Repeat("H", 90), string(servertest.Code(servertest.PointLand)), "dossier"},
		{servertest.Dossier, string(servertest.Code(servertest.PointClosed)), "point"},
	} {
		resp, body := v.Post("/staff/links", "dossier", wrong.dossier, "point", wrong.point)
		doc := servertest.Document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+wrong.field+"-error").Length() != 1 || doc.Find("#f-dossier").AttrOr("value", "") != wrong.dossier {
			t.Errorf("%+v: %d", wrong, resp.StatusCode)
		}
	}
	resp, body := v.Post("/staff/links", "dossier", " h35.14-260305-0001 ", "point", string(servertest.Code(servertest.PointLand)))
	doc := servertest.Document(t, body)
	address := doc.Find(".strip-url").Text()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(address, "https://hailong.example/l/") || doc.Find(".strip svg").Length() != 1 {
		t.Fatalf("%d %q", resp.StatusCode, address)
	}
	if strings.Contains(body, servertest.Dossier[:8]) && strings.Contains(body, "260305-0001\"") {
		t.Error("the dossier's code is shown again")
	}
	if _, again := v.Post("/staff/links", "dossier", servertest.Dossier, "point", string(servertest.Code(servertest.PointLand))); servertest.Document(t, again).Find(".strip-url").Text() != address {
		t.Error("the same dossier has a second link")
	}
	// Nowhere in the store stands the code or the secret.
	secret := address[strings.LastIndex(address, "/")+1:]
	for _, c := range survey.Collections {
		err := s.Store.Scan(t.Context(), c, "", "", func(raw bson.Raw) error {
			if text := raw.String(); strings.Contains(text, "260305") || strings.Contains(text, secret) {
				t.Errorf("%s holds the dossier's code or the secret: %s", c, text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinkRules(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "admin", survey.Grant{Role: survey.Administrator})
	v := servertest.SignIn(t, s, "admin")
	if resp, body := v.Post("/staff/links/rules", "pattern", "(", "days", "0", "rev", "1"); resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find(".field.wrong").Length() != 2 {
		t.Errorf("bad rules: %d", resp.StatusCode)
	}
	before, err := s.Links.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if resp, _ := v.Post("/staff/links/rules", "pattern", `^HS\d+$`, "days", "3", "rev", "1"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d", resp.StatusCode)
	}
	if resp, _ := v.Post("/staff/links/rules", "pattern", `^X$`, "days", "3", "rev", "1"); resp.StatusCode != http.StatusConflict {
		t.Errorf("an older revision: %d", resp.StatusCode)
	}
	after, err := s.Links.Rules(t.Context())
	if err != nil || after.Key != before.Key || after.Days != 3 {
		t.Errorf("%+v %v", after, err)
	}
	if _, err := s.Links.Issue(t.Context(), survey.Actor{}, "hs 12", servertest.Code(servertest.PointLand)); err != nil {
		t.Error(err)
	}
	if err := s.Audit.Each(t.Context(), audit.EntryFilter{Action: "link."}, func(e audit.ChainedEntry) error {
		if strings.Contains(e.Before+e.After, before.Key) {
			t.Error("the key is in the audit log")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
