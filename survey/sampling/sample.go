package sampling

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"hailong/survey"
)

// Sample is what a campaign drew and who works it. Its id is the campaign's.
// The rows drawn are documents of their own (Drawn), and so is what names a
// person (Contact), which is erased while the rest stays.
type Sample struct {
	ID       survey.CampaignID `bson:"_id" json:"id"`
	Rev      int64             `bson:"rev" json:"-"`
	KeepDays int               `bson:"keep_days" json:"keep_days"` // after the campaign ended, until contacts are erased
	Draws    []Draw            `bson:"draws" json:"draws"`
	Work     []Assignment      `bson:"work,omitempty" json:"work,omitempty"`
	Next     int               `bson:"next" json:"-"` // number of the next row; never given twice
	Erased   time.Time         `bson:"erased,omitempty" json:"erased,omitzero"`
}

// MaxDrawn is how many rows a campaign may draw in all.
const MaxDrawn = 50_000

// DrawMethod is how rows were chosen; package analysis gives the steps.
type DrawMethod string

// The methods.
const (
	DrawRandom     DrawMethod = "random"     // simple random within each stratum
	DrawSystematic DrawMethod = "systematic" // every k-th row
	DrawBySize     DrawMethod = "pps"        // villages by their size
	DrawElsewhere  DrawMethod = "elsewhere"  // the list came with the draw made
)

// DrawMethods are those by which this program draws.
var DrawMethods = []DrawMethod{DrawRandom, DrawSystematic, DrawBySize}

// Draw is the record of one draw, or of one list brought in: with the same list
// and seed anybody can repeat it.
type Draw struct {
	Number int            `bson:"number" json:"number"` // from 1
	At     time.Time      `bson:"at" json:"at"`
	By     string         `bson:"by" json:"by"` // as Actor.String writes them
	Method DrawMethod     `bson:"method" json:"method"`
	Seed   string         `bson:"seed,omitempty" json:"seed,omitempty"` // a whole number; empty where drawn elsewhere
	File   string         `bson:"file" json:"file"`                     // name of the list
	Hash   string         `bson:"hash" json:"hash"`                     // SHA-256 of the list
	Listed int            `bson:"listed" json:"listed"`                 // rows of the list
	Strata []DrawnStratum `bson:"strata" json:"strata"`
	First  int            `bson:"first" json:"first"` // number of its first row
	Rows   int            `bson:"rows" json:"rows"`   // drawn, reserve included
}

// DrawnStratum is what a draw took of one stratum.
type DrawnStratum struct {
	Name    string          `bson:"name" json:"name"` // StratumName, or as the list calls it
	Unit    survey.UnitID   `bson:"unit" json:"unit"`
	Sector  survey.SectorID `bson:"sector,omitempty" json:"sector,omitempty"`
	Listed  int             `bson:"listed" json:"listed"`
	Wanted  int             `bson:"wanted" json:"wanted"` // for the sample, by the plan; 0: nothing was planned
	Main    int             `bson:"main" json:"main"`
	Reserve int             `bson:"reserve" json:"reserve"`
}

// StratumName names a stratum of a unit and, where the plan divides by it, a
// sector.
func StratumName(unit survey.UnitID, sector survey.SectorID) string {
	if sector == "" {
		return string(unit)
	}
	return string(unit) + "/" + string(sector)
}

// StratumDrawn reports whether a stratum was drawn already.
func (s *Sample) StratumDrawn(name string) bool {
	return slices.ContainsFunc(s.Draws, func(d Draw) bool {
		return slices.ContainsFunc(d.Strata, func(h DrawnStratum) bool { return h.Name == name })
	})
}

// Outcome is how a visit ended.
type Outcome string

// The outcomes. Nothing yet is the empty one.
const (
	Answered     Outcome = "answered"      // trả lời
	Away         Outcome = "away"          // đi vắng
	Refused      Outcome = "refused"       // từ chối
	MovedAway    Outcome = "moved"         // chuyển đi
	WrongAddress Outcome = "wrong_address" // sai địa chỉ: no such household or dossier
)

// Outcomes in the order they are offered.
var Outcomes = []Outcome{Answered, Away, Refused, MovedAway, WrongAddress}

// AwayVisits is how often somebody must have been away before a reserve may
// stand in.
const AwayVisits = 3

// Attempt is one visit, as it was recorded; it is never changed. A slip is
// mended by another entry that corrects the one before.
//
// It holds no time of day: in the order of their minutes the visits of a surveyor
// would be the order of the paper forms that the same surveyor entered.
type Attempt struct {
	Outcome  Outcome      `bson:"outcome" json:"outcome"`
	Day      survey.Date  `bson:"day" json:"day"`
	At       time.Time    `bson:"at" json:"at"` // the beginning of the day on which it was recorded
	By       survey.Login `bson:"by" json:"by"`
	Corrects bool         `bson:"corrects,omitempty" json:"corrects,omitempty"`
}

// Recorded is the day on which the attempt was recorded.
func (a Attempt) Recorded() survey.Date { return survey.DateOf(a.At) }

// Drawn is one row drawn. It names nobody and points to no response: who
// answered what cannot be told from it.
type Drawn struct {
	ID          string            `bson:"_id"` // DrawnID(Campaign, Number)
	Rev         int64             `bson:"rev"`
	Campaign    survey.CampaignID `bson:"campaign"`
	Draw        int               `bson:"draw"`
	Number      int               `bson:"number"` // within the campaign, from 1
	Place       `bson:",inline"`
	Sector      survey.SectorID `bson:"sector,omitempty"`
	Stratum     string          `bson:"stratum"`
	Probability float64         `bson:"probability"`          // of being in the sample; 0: not known
	Order       int             `bson:"order"`                // place in the draw of its stratum, from 1
	Reserve     bool            `bson:"reserve,omitempty"`    // stands by until a row of its stratum needs it
	For         int             `bson:"for,omitempty"`        // number of the row that this reserve stands in for
	Substitute  int             `bson:"substitute,omitempty"` // number of the reserve that stands in for this one
	Attempts    []Attempt       `bson:"attempts,omitempty"`   // the first one first
}

// DrawnID is the id of a row.
func DrawnID(c survey.CampaignID, number int) string { return fmt.Sprintf("%s.%06d", c, number) }

// drawnRange is the range of ids of a campaign's rows.
func drawnRange(c survey.CampaignID) (from, to string) { return string(c) + ".", string(c) + "/" }

// InForce reports whether the row is to be visited: one of the sample, or a
// reserve that was called.
func (d *Drawn) InForce() bool { return !d.Reserve || d.For != 0 }

// Outcome is how the row stands after the visits so far.
func (d *Drawn) Outcome() Outcome {
	if len(d.Attempts) == 0 {
		return ""
	}
	return d.Attempts[len(d.Attempts)-1].Outcome
}

// Visits is the number of visits. Corrections do not count.
func (d *Drawn) Visits() int {
	n := 0
	for _, a := range d.Attempts {
		if !a.Corrects {
			n++
		}
	}
	return n
}

// Ended reports whether no further visit is due.
func (d *Drawn) Ended() bool {
	switch d.Outcome() {
	case Answered, Refused, MovedAway, WrongAddress:
		return true
	case Away:
		return d.Visits() >= AwayVisits
	}
	return false
}

// Lost reports whether the row ended without an answer, so that a reserve may
// stand in.
func (d *Drawn) Lost() bool { return d.Ended() && d.Outcome() != Answered }

// Due reports whether the row waits for a visit.
func (d *Drawn) Due() bool { return d.InForce() && !d.Ended() }

// NextReserve is the reserve to be called next in a stratum, nil where none is
// left.
func NextReserve(rows []Drawn, stratum string) *Drawn {
	var next *Drawn
	for i := range rows {
		r := &rows[i]
		if r.Reserve && r.For == 0 && r.Stratum == stratum && (next == nil || r.Order < next.Order) {
			next = r
		}
	}
	return next
}

// NeedsReplacement reports whether a row ended without an answer, nothing
// stands in for it yet, and a reserve of its stratum is left.
func (d *Drawn) NeedsReplacement(rows []Drawn) bool {
	return d.Lost() && d.Substitute == 0 && NextReserve(rows, d.Stratum) != nil
}

// OutcomeCounts counts rows by outcome.
type OutcomeCounts struct {
	Drawn    int             // in force
	By       map[Outcome]int // of rows that have an outcome
	Reserves int             // left to be called
}

// Add counts a row.
func (c *OutcomeCounts) Add(d *Drawn) {
	if c.By == nil {
		c.By = map[Outcome]int{}
	}
	if !d.InForce() {
		c.Reserves++
		return
	}
	c.Drawn++
	if o := d.Outcome(); o != "" {
		c.By[o]++
	}
}

// Open is how many rows were not visited yet.
func (c OutcomeCounts) Open() int {
	n := c.Drawn
	for _, count := range c.By {
		n -= count
	}
	return n
}

// Rate is the response rate: answered / (drawn − wrong addresses), where drawn
// are the sample and the reserves called. Who is away, refused, moved or was not
// visited yet counts as not having answered, so that it is the lowest of the
// usual definitions. It is false for no rows.
//
// Source: AAPOR, Standard Definitions, response rate 1, with wrong addresses as
// not eligible.
func (c OutcomeCounts) Rate() (float64, bool) {
	eligible := c.Drawn - c.By[WrongAddress]
	if eligible <= 0 {
		return 0, false
	}
	return float64(c.By[Answered]) / float64(eligible), true
}

// ParseDrawnID splits the id of a row; ok is false for what is none.
func ParseDrawnID(id string) (c survey.CampaignID, number int, ok bool) {
	const digits = 6
	at := len(id) - digits - 1
	if at < 1 || id[at] != '.' {
		return "", 0, false
	}
	number, err := strconv.Atoi(id[at+1:])
	if err != nil || number < 1 || DrawnID(survey.CampaignID(id[:at]), number) != id {
		return "", 0, false
	}
	return survey.CampaignID(id[:at]), number, true
}
