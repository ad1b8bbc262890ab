package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/web/servertest"
)

// overwrite zeroes the page of a running server's file in which some text stands.
func overwrite(t *testing.T, path, text string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	page := os.Getpagesize()
	found := false
	for at := 0; ; at += page { // also pages that are free
		next := bytes.Index(content[at:], []byte(text))
		if next < 0 {
			break
		}
		found, at = true, (at+next)/page*page
		if _, err := file.WriteAt(make([]byte, page), int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	if !found {
		t.Fatalf("the file does not hold %q: this test shows nothing", text)
	}
}

// A page of responses is gone while the server runs. Before, the server went on
// acknowledging responses into a file from which none could be taken out; now it
// stops, keeps what was typed, and says why to who can do something.
func TestADamagedStoreAcknowledgesNothing(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "quan-tri", survey.Grant{Role: survey.Administrator})
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Surveyor})
	admin, surveyor := servertest.SignIn(t, s, "quan-tri"), servertest.SignIn(t, s, "lan")
	for i := range 12 { // so that responses have pages of their own
		id := fmt.Sprintf("0195663e-9d00-7000-8000-0000000001%02d", i)
		servertest.SendForm(t, s, servertest.PointLand, "id", id, "a.overall", "5", "t.words", strings.Repeat("chờ lâu quá ", 60))
	}
	if resp, _ := servertest.SendForm(t, s, servertest.PointLand, "id", servertest.ResponseID, "a.overall", "5", "t.words", "quầy số bảy"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("while all is whole the form answers %d", resp.StatusCode)
	}
	if _, body := admin.Get("/staff"); servertest.Document(t, body).Find(".damaged").Length() != 0 {
		t.Error("the first page of staff warns of damage while there is none")
	}
	store, ok := s.Store.(*bolt.Store)
	if !ok {
		t.Fatal("the server has no store in a file")
	}
	overwrite(t, store.Path(), "quầy số bảy")
	if _, err := store.Check(t.Context(), func(int) error { return nil }, func(survey.Damage) {}); err != nil {
		t.Fatal(err)
	}

	if resp, body := servertest.Get(t, s, "/readyz"); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "damaged") {
		t.Errorf("/readyz answers %d %q, want 503 and why", resp.StatusCode, body)
	}
	resp, body := servertest.SendForm(t, s, servertest.PointLand, "id", "0195663e-9d00-7000-8000-000000000002", "a.overall", "5", "t.words", "ghế chờ đã gãy")
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "ghế chờ đã gãy") || !strings.Contains(body, "Máy chủ đang có sự cố") {
		t.Errorf("the form answers %d, want 503, the reason and everything typed:\n%s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
	}
	_, body = admin.Get("/staff")
	if words := servertest.Words(servertest.Document(t, body).Find(".damaged")); !strings.Contains(words, "hailong check") {
		t.Errorf("the administrator is told %q, want what to do", words)
	}
	_, body = surveyor.Get("/staff")
	if words := servertest.Words(servertest.Document(t, body).Find(".damaged")); words == "" || strings.Contains(words, "hailong check") {
		t.Errorf("the surveyor is told %q, want that there is a fault, and no more", words)
	}
}
