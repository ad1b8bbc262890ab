package exchange_test

import (
	"bytes"
	"strings"
	"testing"

	"hailong/survey"
)

// What was taken back is in no export, and importing the file that held it does not
// bring it back.
func TestWhatWasTakenBackStaysOutOfFiles(t *testing.T) {
	t.Parallel()
	in, campaign := exported(t)
	const id = "00000000-0000-4000-8000-000000000001"
	mark := survey.TakenBack{ID: id, Rev: 1, Campaign: campaign.ID, Day: "2026-03-04", Mark: true}
	if err := (survey.Documents[survey.TakenBack]{Store: in.Store, Collection: survey.Responses}).Replace(t.Context(), 0, mark); err != nil {
		t.Fatal(err)
	}
	// The release took notice, so that nobody has to leave with it any more.
	var out bytes.Buffer
	if err := newExporter(t, in, campaign).WriteCSV(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if lines := withoutNumbers(t, out.String()); len(lines) != 2 || strings.Contains(out.String(), "Chờ") || strings.Contains(out.String(), "2026-03-04") {
		t.Errorf("the export is\n%s", &out)
	}
	const again = "id,unit,day,channel,D1,E,N,C,T\n" + id + ",u1,2026-03-04,paper,2,1 12,2.5,x,=Chờ\n"
	if n, rejected, err := importFile(t, newImporter(t, in, campaign, ""), again); err != nil || n.Known != 1 || n.Stored != 0 {
		t.Errorf("imported again: %+v, %v, %v", n, rejected, err)
	}
	stored, err := in.Store.Get(t.Context(), survey.Responses, id)
	if err != nil || !survey.IsTakenBack(stored) {
		t.Errorf("it is back: %v", err)
	}
}
