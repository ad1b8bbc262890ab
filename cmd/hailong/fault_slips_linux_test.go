package main

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/keys"
	"hailong/survey/slips"
	"hailong/web/page"
)

// issueSlips issues slips for a point that asks now.
func issueSlips(t *testing.T, store, dir string, count int) []slips.SlipCode {
	t.Helper()
	secrets, err := keys.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := shelltest.OpenURL(t, store)
	defer shelltest.CloseStore(t, s)
	catalog, err := survey.LoadCatalog(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	changes, _ := shell.ChangesOf(s)
	office := slips.New(changes, func() *survey.Catalog { return catalog }, secrets)
	for _, p := range catalog.Points {
		issued, err := office.Issue(t.Context(), survey.Actor{Login: "lan"}, slips.IssueRequest{ID: page.NewIdempotencyKey(), Point: p.Code, Count: count})
		if err == nil {
			return issued.Codes
		}
		if !survey.Is(err, survey.Invalid) && !survey.Is(err, survey.Closed) {
			t.Fatal(err)
		}
	}
	t.Fatal("no point takes slips")
	return nil
}

// spendSlips has each slip spent four times at once, by different forms, half of them at
// each of two servers. To nobody is it said whether a slip was used.
func spendSlips(t *testing.T, all []slips.SlipCode, at ...*citizens) {
	t.Helper()
	for i, code := range all {
		var forms []sentForm
		var where []*citizens
		for n := range 4 {
			c := at[n%len(at)]
			f, err := c.fillAt(page.SlipPath(string(code)), rand.New(rand.NewPCG(uint64(i), uint64(n))))
			if err != nil {
				t.Fatal(err)
			}
			forms, where = append(forms, f), append(where, c)
		}
		var sending sync.WaitGroup
		for n, f := range forms {
			sending.Go(func() {
				resp, err := where[n].client.PostForm(*where[n].base.Load()+f.action, f.values)
				if err != nil {
					t.Error(err)
					return
				}
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusSeeOther {
					t.Errorf("a slip that was spent at the same time elsewhere is answered with %d", resp.StatusCode)
				}
			})
		}
		sending.Wait()
	}
}

// responsesIn counts the responses of a store.
func responsesIn(t *testing.T, store string) (n int) {
	t.Helper()
	eachResponse(t, store, func(survey.Response) { n++ })
	return n
}

// provenIn counts those that a slip proves.
func provenIn(t *testing.T, store string) (n int) {
	t.Helper()
	eachResponse(t, store, func(r survey.Response) {
		if r.Proof == survey.VerifiedSlip {
			n++
		}
	})
	return n
}

func eachResponse(t *testing.T, store string, visit func(survey.Response)) {
	t.Helper()
	s := shelltest.OpenURL(t, store)
	defer shelltest.CloseStore(t, s)
	if err := s.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil {
			return err
		}
		visit(r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
