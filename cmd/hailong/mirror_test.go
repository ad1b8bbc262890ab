package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/keys"
	"hailong/survey/ledger"
	"hailong/survey/treelog"
	"hailong/survey/treelog/mirror"
)

// signedStore is a store with two closed days, and the proof of a response of the first.
func signedStore(t *testing.T) (url, proof, key string) {
	t.Helper()
	url, _ = checkedStore(t)
	s := shelltest.OpenURL(t, url)
	defer shelltest.CloseStore(t, s)
	later := func() time.Time { return time.Now().AddDate(0, 0, 2) }
	secrets, err := keys.Open(strings.TrimSuffix(strings.TrimPrefix(url, "bolt:"), ".db") + ".keys")
	if err != nil {
		t.Fatal(err)
	}
	log := treelog.New(survey.NewChanges(s, audit.New(s, later), later), secrets)
	if _, err := log.ForEdition(ledger.New(s, later))(t.Context()); err != nil {
		t.Fatal(err)
	}
	doc, err := s.Get(t.Context(), survey.Responses, checkedID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := log.Prove(t.Context(), received(t, doc), nil)
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.File()
	if err != nil {
		t.Fatal(err)
	}
	return url, shelltest.WriteTemp(t, "phieu.json", string(file)), p.Key
}

// received is a response as if it came in today, as checkedStore has it without a moment.
func received(t *testing.T, doc bson.Raw) bson.Raw {
	t.Helper()
	var d bson.D
	if err := bson.Unmarshal(doc, &d); err != nil {
		t.Fatal(err)
	}
	for i := range d {
		if d[i].Key == "received" {
			d[i].Value = time.Now()
		}
	}
	raw, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestMirrorAndReceipt(t *testing.T) {
	t.Parallel()
	url, proof, key := signedStore(t)
	dir := filepath.Join(t.TempDir(), "mirror")
	if out, _, err := shelltest.Run(t, newRootCommand(), "mirror", "--store", url, "--public-key"); err != nil || strings.TrimSpace(out) != key {
		t.Errorf("the key is %q, %v; want %q", out, err, key)
	}
	out, messages, err := shelltest.Run(t, newRootCommand(), "mirror", dir, "--store", url)
	if err != nil || !strings.Contains(out, key) || !strings.Contains(messages, "--key") {
		t.Fatalf("%v: %s%s", err, out, messages)
	}
	if _, messages, err := shelltest.Run(t, newRootCommand(), "mirror", dir, "--store", url, "--key", key); err != nil || messages != "" {
		t.Errorf("with the key: %v, %s", err, messages)
	}
	for _, args := range [][]string{{}, {"--key", key}, {"--mirror", dir}, {"--key", key, "--mirror", dir}} {
		out, _, err := shelltest.Run(t, newRootCommand(), append([]string{"check", "--receipt", proof}, args...)...)
		if err != nil || !strings.Contains(out, "Phiếu này có trong sổ đối chứng") {
			t.Errorf("%v: %v, %s", args, err, out)
		}
		if told := strings.Contains(out, "Khóa là khóa ghi trong tệp"); told != (len(args) == 0) {
			t.Errorf("%v: that the key is that of the file is told: %v", args, told)
		}
		for _, secret := range []string{checkedID, "quầy số 7", "tthc-2026", "QH7K2M3"} {
			if strings.Contains(out, secret) {
				t.Errorf("it prints %q", secret)
			}
		}
	}
}

func TestReceiptThatProvesNothing(t *testing.T) {
	t.Parallel()
	_, proof, key := signedStore(t)
	other, _, foreign := signedStore(t)
	foreignMirror := filepath.Join(t.TempDir(), "mirror")
	shelltest.WantExit(t, newRootCommand(), 0, "mirror", foreignMirror, "--store", other)
	content := shelltest.ReadFile(t, proof)
	altered := shelltest.WriteTemp(t, "altered.json", strings.Replace(string(content), "part 1", "part 2", 1))
	nothing := shelltest.WriteTemp(t, "nothing.json", "{}")
	for name, c := range map[string]struct {
		exit int
		args []string
	}{
		"Altered":      {1, []string{"--receipt", altered, "--key", key}},
		"NoProof":      {1, []string{"--receipt", nothing}},
		"NoFile":       {1, []string{"--receipt", proof + ".not"}},
		"OtherKey":     {1, []string{"--receipt", proof, "--key", foreign}},
		"OtherMirror":  {1, []string{"--receipt", proof, "--mirror", foreignMirror}},
		"MirrorAndKey": {1, []string{"--receipt", proof, "--mirror", foreignMirror, "--key", key}},
		"NoMirror":     {1, []string{"--receipt", proof, "--mirror", t.TempDir()}},
		"NoReceipt":    {2, []string{"--key", key}},
		"Good":         {0, []string{"--receipt", proof, "--key", key}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shelltest.WantExit(t, newRootCommand(), c.exit, append([]string{"check"}, c.args...)...)
		})
	}
}

// A store that was put back to before what was signed is refused by the mirror.
func TestMirrorOfARestoredStore(t *testing.T) {
	t.Parallel()
	url, proof, key := signedStore(t)
	dir := filepath.Join(t.TempDir(), "mirror")
	shelltest.WantExit(t, newRootCommand(), 0, "mirror", dir, "--store", url, "--key", key)
	s := shelltest.OpenURL(t, url)
	raw, err := s.Get(t.Context(), survey.LogRecords, "000000000000")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), survey.LogRecords, "000000000000", survey.DocumentRev(raw)); err != nil {
		t.Fatal(err)
	}
	other, err := bson.Marshal(bson.D{{Key: "_id", Value: "000000000000"}, {Key: "rev", Value: int64(1)}, {Key: "text", Value: treelog.LogRecord{Restored: &treelog.Tree{}}.Text()}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Insert(t.Context(), survey.LogRecords, other); err != nil {
		t.Fatal(err)
	}
	shelltest.CloseStore(t, s)
	_, _, err = shelltest.Run(t, newRootCommand(), "mirror", dir, "--store", url)
	var rewritten *mirror.RewrittenError
	if !errors.As(err, &rewritten) || !strings.Contains(err.Error(), "ĐÃ BỊ VIẾT LẠI") {
		t.Fatalf("the error is %v", err)
	}
	if _, err := os.Stat(filepath.Join(rewritten.Evidence, "head-before")); err != nil {
		t.Error(err)
	}
	shelltest.WantExit(t, newRootCommand(), 0, "check", "--receipt", proof, "--mirror", dir) // what was signed is proven still
}
