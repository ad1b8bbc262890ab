package treelog_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/treelog"
)

// Whatever servers keep and close, every response is proven by every head that was signed
// after its day, and by none before; a proof with a changed byte is refused.
func TestEveryResponseIsProvenByEveryLaterHead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		f := newFixture(t)
		servers := []server{f.server()}
		var heads []survey.LogHead
		var kept []survey.ResponseID
		for range rapid.IntRange(1, 4).Draw(r, "days") {
			for range rapid.IntRange(0, 4).Draw(r, "writes") {
				if rapid.IntRange(0, 3).Draw(r, "restart") == 0 {
					servers = append(servers, f.server())
				}
				s := servers[rapid.IntRange(0, len(servers)-1).Draw(r, "server")]
				kept = append(kept, f.keep(s, rapid.IntRange(1, 4).Draw(r, "responses"))...)
			}
			f.nextDay()
			// Every server closes, so that each knows that the ends of its own chains are.
			for _, s := range servers {
				if head := f.closed(s); head.Size > 0 {
					heads = append(heads, head)
				}
			}
		}
		if len(kept) == 0 {
			return
		}
		asked := servers[rapid.IntRange(0, len(servers)-1).Draw(r, "asked")]
		for i, id := range kept {
			doc := f.get(survey.Responses, string(id))
			newest, err := asked.log.Prove(t.Context(), doc, nil)
			if err != nil {
				r.Fatalf("%s: %v", id, err)
			}
			for _, head := range heads {
				p, err := asked.log.Prove(t.Context(), doc, &head)
				if err != nil {
					r.Fatalf("%s: %v", id, err)
				}
				if later := head.Size > newest.Number; later != (p.Head == head.Signed) && p.Head != newest.Head {
					r.Fatalf("%s is record %d, the head has %d records: it is proven by\n%s", id, newest.Number, head.Size, p.Head)
				}
				mustProve(r, p, head.Key)
			}
			if i == 0 {
				mustRefuseChanges(r, newest)
			}
		}
		if found := f.damage(); len(found) > 0 {
			r.Fatalf("found damage in a store that is whole: %+v", found)
		}
	})
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// mustProve fails unless the file of a proof is read back and holds.
func mustProve(t fataler, p treelog.ReceiptProof, key string) {
	t.Helper()
	file, err := p.File()
	if err != nil {
		t.Fatalf("%v", err)
	}
	read, err := treelog.ReadProof(file)
	if err != nil {
		t.Fatalf("%v:\n%s", err, file)
	}
	if _, err := read.Verify(key); err != nil {
		t.Fatalf("%v:\n%s", err, file)
	}
}

// mustRefuseChanges changes bytes of a proof.
func mustRefuseChanges(r *rapid.T, p treelog.ReceiptProof) {
	file, err := p.File()
	if err != nil {
		r.Fatalf("%v", err)
	}
	for range 20 {
		changed := append([]byte(nil), file...)
		at := rapid.IntRange(0, len(file)-2).Draw(r, "at") // the new line at the end may be lost
		to := rapid.Byte().Draw(r, "byte")
		if changed[at] == to {
			continue
		}
		changed[at] = to
		read, err := treelog.ReadProof(changed)
		if err == nil {
			_, err = read.Verify(p.Key)
		}
		if err == nil {
			r.Fatalf("byte %d was %q and is %q, and it is taken:\n%s", at, file[at], to, changed)
		}
	}
}

// What goes out says nothing of others, of answers or of counts.
func TestRecordsAndProofsTellNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	ids := f.keep(s, 5)
	f.nextDay()
	head := f.closed(s)
	p, err := s.log.Prove(t.Context(), f.get(survey.Responses, string(ids[2])), nil)
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.File()
	if err != nil {
		t.Fatal(err)
	}
	public := head.Signed + head.Key + strings.Join(f.texts(s), "")
	for i, id := range ids {
		raw, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{string(id), hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw)[:20]} {
			if strings.Contains(public, form) {
				t.Errorf("the log holds the id %s", id)
			}
			if i != 2 && strings.Contains(string(file), form) {
				t.Errorf("the proof holds the id %s of another response", id)
			}
		}
	}
	for _, word := range []string{"comment", "overall", "HERE", "tthc", `"n"`, "points"} {
		if strings.Contains(public, word) || strings.Contains(string(file), word) {
			t.Errorf("%q goes out", word)
		}
	}
}

// A response of the running day is not in the log, one that the ledger does not know never.
func TestNotInTheLog(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	if _, err := s.log.Head(t.Context()); !survey.Is(err, survey.NotFound) {
		t.Errorf("the head of an empty log: %v, want not found", err)
	}
	f.keep(s, 1)
	f.nextDay()
	f.closed(s)
	today := f.keep(s, 1)[0]
	f.closed(s)
	if _, err := s.log.Prove(t.Context(), f.get(survey.Responses, string(today)), nil); !survey.Is(err, survey.NotFound) {
		t.Errorf("a response of today: %v, want not found", err)
	}
	r := survey.Response{ID: survey.ResponseIDOf(firstDay, [10]byte{9: 200}), Campaign: "tthc-2026", Point: "HERE", Day: firstDay, Received: firstDay.Time()}
	doc, err := r.MarshalBSON()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.log.Prove(t.Context(), doc, nil); !survey.Is(err, survey.NotFound) {
		t.Errorf("a response that never was in the ledger: %v, want not found", err)
	}
}

// A proof holds under the key that signed it alone.
func TestProofOfAnotherKey(t *testing.T) {
	t.Parallel()
	f, other := newFixture(t), newFixture(t)
	s := f.server()
	id := f.keep(s, 1)[0]
	f.nextDay()
	f.closed(s)
	p, err := s.log.Prove(t.Context(), f.get(survey.Responses, string(id)), nil)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.server().log.Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]error{foreign: treelog.ErrSigned, "hailong/log+x": treelog.ErrKey, "": treelog.ErrKey} {
		if _, err := p.Verify(key); err != want { //nolint:errorlint // it is returned as it is
			t.Errorf("by the key %q: %v, want %v", key, err, want)
		}
	}
	// What the old key signed is proven when it was lost and a new one signs.
	f.keys = surveytest.Keys(t)
	anew := f.server()
	head := f.closed(anew)
	old := survey.LogHead{Size: 1, Root: head.Root, Signed: p.Head, Key: p.Key}
	again, err := anew.log.Prove(t.Context(), f.get(survey.Responses, string(id)), &old)
	if err != nil || again.Head != p.Head || head.Key == p.Key {
		t.Errorf("by the head that the lost key signed: %v", err)
	}
}
