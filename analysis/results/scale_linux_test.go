package results

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sys/unix"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/segments"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
)

const (
	// scaleVariable says for which numbers of responses the scale is measured.
	scaleVariable = "HAILONG_TEST_SCALE"
	// scaleChild tells a child which number it measures, and where the segments are.
	scaleChild = "HAILONG_TEST_SCALE_OF"
)

// scaleFigures are what a child measured.
type scaleFigures struct {
	Bytes  int64   // on disk
	First  spent   // from nothing loaded to the first figure
	Tables []spent // that were not asked for before
	Peak   int64   // of the memory of the process, in KiB
}

// spent is how long something took, and how long processors worked for it: on a machine
// with other work to do these differ.
type spent struct{ Wall, Work time.Duration }

func (s spent) String() string {
	return fmt.Sprintf("%s (%s)", s.Wall.Round(time.Millisecond), s.Work.Round(time.Millisecond))
}

// measure returns what do took.
func measure(do func()) spent {
	worked := func() time.Duration {
		var u unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
			return 0
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start, before := time.Now(), worked()
	do()
	return spent{time.Since(start), worked() - before}
}

// scaleFirst is the first figure that is asked for; scaleTables come next.
var scaleFirst = tables.Query{Campaign: sipas, By: []tables.Dimension{tables.ByUnit}}

var scaleTables = []tables.Query{
	{Campaign: sipas, By: []tables.Dimension{tables.ByUnit, tables.ByItem}},
	{Campaign: sipas, By: []tables.Dimension{tables.ByUnit, tables.ByMonth}},
	{Campaign: sipas, By: []tables.Dimension{tables.ByChannel, tables.ByFactor}},
}

// TestScale prints how figures grow with the number of responses, which come from generated
// segments. Nothing that is timed decides it. HAILONG_TEST_SCALE=1000000,100000000 says for
// how many; a hundred million need 2 GB of disk and some minutes to generate.
func TestScale(t *testing.T) {
	if of := os.Getenv(scaleChild); of != "" {
		measureScale(t, of)
		return
	}
	sizes := os.Getenv(scaleVariable)
	if sizes == "" {
		t.Skipf("%s=1000000,10000000 measures how figures grow", scaleVariable)
	}
	const line = "%12v %10s %10s %20v %20v %20v %20v %10s\n"
	table := fmt.Sprintf(line, "responses", "disk", "B/response", "first figure (work)", "unit×item", "unit×month", "channel×factor", "peak")
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		if n <= fromStore {
			for i, f := range measureStore(t, n) {
				table += fmt.Sprintf(line, n, []string{"all read", "in segments"}[i], "", f.First, f.Tables[0], f.Tables[1], f.Tables[2], "")
			}
		}
		dir := t.TempDir()
		generate(t, dir, n)
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestScale$", "-test.v")
		cmd.Env = append(os.Environ(), scaleChild+"="+dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		var f scaleFigures
		_, text, _ := strings.Cut(string(out), "FIGURES ")
		text, _, _ = strings.Cut(text, "\n")
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		table += fmt.Sprintf(line, n, fmt.Sprintf("%.1f MB", float64(f.Bytes)/1e6), fmt.Sprintf("%.1f", float64(f.Bytes)/float64(n)),
			f.First, f.Tables[0], f.Tables[1], f.Tables[2], fmt.Sprintf("%d MB", f.Peak/1024))
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Print(table)
}

// fromStore is up to how many responses are stored to be loaded as well.
const fromStore = 1_000_000

// measureStore loads responses that are stored in a file: from their documents, and from the
// segments that are made of them.
func measureStore(t *testing.T, n int) (all []scaleFigures) {
	t.Helper()
	w := newFixture(t)
	w.InsertResidents(n)
	w.Release()
	dir := t.TempDir()
	for _, segmented := range []bool{false, true} {
		released := NewReleased(w.Store, func() *survey.Catalog { return w.Catalog }, nil)
		f := scaleFigures{First: measure(func() {
			if segmented {
				kept, err := released.OpenSegments(dir, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Fatal(err)
				}
				defer kept.Close()
			}
			w.askOf(released, scaleFirst)
		})}
		for _, q := range scaleTables {
			f.Tables = append(f.Tables, measure(func() { w.askOf(released, q) }))
		}
		all = append(all, f)
		if segmented {
			break
		}
		kept, err := released.OpenSegments(dir, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if made, err := kept.Build(t.Context()); err != nil || made != n {
			t.Fatalf("segments of %d responses were made (error %v), want of %d", made, err, n)
		}
		if err := kept.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// askOf asks for a table.
func (w *fixture) askOf(released *Released, q tables.Query) {
	w.Helper()
	if _, err := released.Table(w.Context(), q); err != nil {
		w.Fatal(err)
	}
}

// measureScale loads what was generated.
func measureScale(t *testing.T, dir string) {
	w := newFixture(t)
	w.generatedRelease()
	released := NewReleased(generatedStore{w.Store}, func() *survey.Catalog { return w.Catalog }, nil)
	var kept *Segments
	f := scaleFigures{First: measure(func() {
		var err error
		if kept, err = released.OpenSegments(dir, slog.New(slog.NewTextHandler(os.Stderr, nil))); err != nil {
			t.Fatal(err)
		}
		w.askOf(released, scaleFirst)
	})}
	for _, q := range scaleTables {
		f.Tables = append(f.Tables, measure(func() { w.askOf(released, q) }))
	}
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			info, err := d.Info()
			if err != nil {
				return err
			}
			f.Bytes += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(peak, &f.Peak); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("FIGURES %s\n", text)
}

// What generated responses are made of: a million are those of a district and a year, more
// are those of some provinces and three years.
const (
	generatedUnits = 400
	generatedDays  = 3 * 365
)

func generatedOf(n int) (units, days int) {
	if n <= 1_000_000 {
		return 14, 365
	}
	return min(generatedUnits, 14+n/200_000), generatedDays
}

func generatedUnit(i int) string { return fmt.Sprintf("xa-%03d", i) }

// generatedRelease stores a release that holds everything.
func (w *fixture) generatedRelease() {
	w.Helper()
	r := releases.Release{ID: sipas, Rev: 1, Number: 1, At: surveytest.Received}
	for i := range generatedUnits {
		far := surveytest.Received.AddDate(100, 0, 0)
		r.Places = append(r.Places, releases.UnitRelease{Unit: survey.UnitID(generatedUnit(i)), Through: far, Corrected: far})
	}
	if err := (survey.Documents[releases.Release]{Store: w.Store, Collection: survey.Releases}).Insert(w.Context(), r); err != nil {
		w.Fatal(err)
	}
}

// generatedStore is a store that has the responses of which segments were generated, as far
// as it is asked for single ones: by them it shows that segments are as the store.
type generatedStore struct{ survey.Store }

func (s generatedStore) Get(ctx context.Context, c survey.Collection, id string) (bson.Raw, error) {
	if c != survey.Responses {
		return s.Store.Get(ctx, c, id)
	}
	_, last := survey.DayEnds(survey.ResponseID(id).Day().Time())
	return survey.Response{ID: survey.ResponseID(id), Received: last}.MarshalBSON()
}

// generate makes segments of n responses.
func generate(t *testing.T, dir string, n int) {
	t.Helper()
	w := newFixture(t)
	campaign := w.Catalog.Campaign(sipas)
	layout := columns.NewItemLayout(w.Catalog, campaign)
	var items []segments.HeldItem
	for _, it := range layout.Items {
		items = append(items, segments.HeldItem{Code: it.Code, Codes: it.Codes})
	}
	d, err := segments.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	scan := func(_ context.Context, from string, visit func(segments.Visited) (bool, error)) error {
		if from != "" {
			return nil
		}
		random := rand.New(rand.NewPCG(1, 2))
		row := segments.ResponseRow{Answers: make([]uint8, len(items))}
		units, days := generatedOf(n)
		for i := range n {
			day := survey.DateOf(survey.Date("2023-07-01").Time().AddDate(0, 0, i*days/n))
			generatedRow(&row, random, campaign.Forms[0].Code, day, units, uint64(i))
			if more, err := visit(segments.Visited{ID: row.ID, Name: row.ID.String(), Campaign: sipas, Items: items, Row: &row}); err != nil || !more {
				return err
			}
		}
		return nil
	}
	if _, err := d.Build(t.Context(), w.Store, segments.MostRows, segments.FewestRows, scan); err != nil {
		t.Fatal(err)
	}
}

// generatedRow is a response with answers as people give them: most are satisfied, with
// most of what they are asked, and alike.
func generatedRow(row *segments.ResponseRow, random *rand.Rand, form survey.FormCode, day survey.Date, units int, i uint64) {
	var bits [10]byte
	binary.BigEndian.PutUint64(bits[:], i<<16|random.Uint64()&0xffff)
	bits[8], bits[9] = byte(random.Uint32()), byte(random.Uint32())
	row.ID = uuid.MustParse(string(survey.ResponseIDOf(day, bits)))
	unit := random.IntN(units)
	_, last := survey.DayEnds(day.Time())
	row.RowGroup = segments.RowGroup{
		Form: string(form), Unit: generatedUnit(unit), Channel: string(survey.Channels[random.IntN(4)]), Day: string(day),
		Point: fmt.Sprintf("%s-%d", generatedUnit(unit), random.IntN(3)), Verified: random.IntN(2) == 0, Received: last.UTC(),
	}
	mood := random.IntN(3)
	for j := range row.Answers {
		row.Answers[j] = uint8(min(5, 3+mood/2+random.IntN(3)))
		if random.IntN(20) == 0 {
			row.Answers[j] = 0
		}
	}
}
