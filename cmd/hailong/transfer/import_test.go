package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
)

// Whoever brings responses in by command leaves one entry, which says of which file and
// what became of it, and no batch that was never handed out makes them verified.
func TestImportIsInTheAuditLog(t *testing.T) {
	t.Parallel()
	store := demoStore(t, 1, 0)
	file := filepath.Join(t.TempDir(), "xa-bum-to.csv")
	const rows = "id,unit,sector,form,batch,overall\nA-1,Xã Bum Tở,land,tthc-quick,,4\nA-2,Xã Bum Tở,land,tthc-quick,invented,5\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(rows))
	entry := func(fresh, known int) imported {
		return imported{Campaign: "tthc-2026", File: "xa-bum-to.csv", SHA256: hex.EncodeToString(sum[:]), New: fresh, Known: known, Refused: 1}
	}
	command := []string{"import", file, "--store", store, "--campaign", "tthc-2026", "--report", filepath.Join(t.TempDir(), "report.csv")}
	shelltest.WantExit(t, program(), 1, append(command, "--dry-run")...)
	for range 2 {
		shelltest.WantExit(t, program(), 1, command...)
	}
	withStore(t, store, func(s *bolt.Store) {
		var found []imported
		err := audit.New(s, time.Now).Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
			if e.Action != "response.import" {
				return nil
			}
			if e.Actor.Shell == "" || e.Subject != "campaigns/tthc-2026" || strings.Contains(e.After, filepath.Dir(file)) {
				t.Errorf("recorded by %s of %s: %s", e.Actor, e.Subject, e.After)
			}
			var got imported
			err := json.Unmarshal([]byte(e.After), &got)
			found = append(found, got)
			return err
		})
		if diff := cmp.Diff([]imported{entry(1, 0), entry(0, 1)}, found); diff != "" || err != nil {
			t.Errorf("recorded (-want +got): %s, %v", diff, err)
		}
		n := 0
		err = s.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
			n++
			if batch := survey.DocumentText(doc, "batch"); batch != "" {
				t.Errorf("stored of batch %q", batch)
			}
			return nil
		})
		if n != 1 || err != nil {
			t.Errorf("stored %d, %v; want 1", n, err)
		}
	})
}
