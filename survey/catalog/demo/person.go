package demo

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"hailong/survey"
	"hailong/survey/moments"
	"hailong/survey/releases"
)

// A person's answer to a scale item is a hidden value cut into the points of
// the scale. The hidden value is the sum of how good the unit is, of what the
// factor, the item, the sector and the month add, of how lenient the person is,
// and of chance. Leniency and chance together have variance 1, so that a unit
// of quality Φ⁻¹(p) has the share p of satisfied answers.
const (
	leniency = 0.6
	chance   = 0.8
)

// How often people do what they may do.
const (
	skipsScale   = 0.02
	skipsOther   = 0.05
	notApplies   = 0.03
	noExperience = 0.55 // with suggestions and complaints
	consents     = 0.55
	english      = 0.01
)

// The true shares of satisfied people, handed out to the units in random order.
// Around a threshold of 95 % (procedures) and of 90 % (schools) some lie well
// above, some well below, and some too near to tell.
var (
	serviceShares = []float64{0.985, 0.978, 0.962, 0.953, 0.946, 0.92, 0.87}
	schoolShares  = []float64{0.97, 0.955, 0.93, 0.905, 0.89, 0.84, 0.78}
	communeShares = []float64{0.93, 0.91, 0.89, 0.87, 0.85, 0.82, 0.78}
)

// generator invents people and what they answer.
type generator struct {
	rng     *rand.Rand
	catalog *survey.Catalog
	today   survey.Date // after the last day on which somebody answers
	from    survey.Date
	days    int

	points  []*survey.Point
	weights map[survey.Family][]float64 // of the points
	quality map[survey.UnitID]float64
	trend   map[survey.UnitID]float64 // added over the whole year
	effects map[string]float64        // of unit and factor, and of items
	choices map[string]weights        // by item
	texts   map[string][2][]string    // by item: pleased, not
	sectors []survey.SectorID
	visited []float64                    // cumulated weights of sectors
	season  map[survey.Family][]float64  // weight of each day
	refs    map[survey.PointCode]request // resolved once
}

type weights struct{ good, poor []int }

type request struct {
	campaign survey.CampaignID
	form     *survey.Questionnaire
}

func newGenerator(c *survey.Catalog, data demoData, d Demo) *generator {
	g := &generator{
		rng: rand.New(rand.NewChaCha8(d.key())), catalog: c, today: d.Today, //nolint:gosec // invented people, the same for the same seed
		weights: map[survey.Family][]float64{}, quality: map[survey.UnitID]float64{}, trend: map[survey.UnitID]float64{},
		effects: map[string]float64{}, choices: map[string]weights{}, texts: map[string][2][]string{},
		season: map[survey.Family][]float64{}, refs: map[survey.PointCode]request{},
	}
	for _, choice := range data.Choices {
		g.choices[choice.Item] = weights{choice.Weights, choice.Poor}
	}
	for _, t := range data.Texts {
		g.texts[t.Item] = [2][]string{t.Good, t.Poor}
	}
	var visited []int
	for _, s := range data.Sectors {
		g.sectors = append(g.sectors, s.ID)
		visited = append(visited, s.Weight)
	}
	g.visited = cumulate(visited)
	for i := range c.Points {
		p := &c.Points[i]
		campaign, ref, err := c.CampaignFor(p, d.Today)
		if err != nil || p.Off {
			continue
		}
		g.points = append(g.points, p)
		g.refs[p.Code] = request{campaign.ID, c.Questionnaire(ref)}
		g.from = campaign.Period.From
	}
	g.days = max(int(d.Today.Time().Sub(g.from.Time())/(24*time.Hour)), 1)
	g.drawUnits()
	g.weighPoints()
	g.drawSeasons()
	return g
}

// drawUnits gives every unit with points its quality and its strengths.
func (g *generator) drawUnits() {
	shares := map[survey.UnitKind][]float64{
		survey.OneStop: slices.Clone(serviceShares), survey.School: slices.Clone(schoolShares), survey.Commune: slices.Clone(communeShares),
	}
	for _, kind := range survey.UnitKinds {
		g.rng.Shuffle(len(shares[kind]), func(i, j int) { shares[kind][i], shares[kind][j] = shares[kind][j], shares[kind][i] })
	}
	next := map[survey.UnitKind]int{}
	for _, p := range g.points {
		if _, drawn := g.quality[p.Unit]; drawn {
			continue
		}
		kind := g.catalog.Unit(p.Unit).Kind
		share := shares[kind][next[kind]%len(shares[kind])]
		next[kind]++
		g.quality[p.Unit] = math.Sqrt2 * math.Erfinv(2*share-1)
		g.trend[p.Unit] = 0.15 * g.rng.NormFloat64()
		for _, q := range g.catalog.Questionnaires {
			for _, f := range q.Factors {
				if key := string(p.Unit) + " " + f.Code; g.effects[key] == 0 {
					g.effects[key] = 0.2 * g.rng.NormFloat64()
				}
			}
		}
	}
	for i := range g.catalog.Questionnaires {
		for _, it := range g.catalog.Questionnaires[i].Items() {
			if it.Factor != "" && g.effects[it.Code] == 0 {
				g.effects[it.Code] = -0.1 + 0.2*g.rng.NormFloat64()
			}
		}
	}
}

// weighPoints says how many people come to each point: at a one-stop shop most
// meet the quick form, and the first communes are the busiest.
func (g *generator) weighPoints() {
	busy := map[survey.UnitID]float64{}
	for _, family := range survey.Families {
		w := make([]float64, len(g.points))
		for i, p := range g.points {
			if g.refs[p.Code].form.Family != family {
				continue
			}
			if busy[p.Unit] == 0 {
				busy[p.Unit] = 1 / (1 + 0.2*float64(len(busy)%len(serviceShares)))
			}
			w[i] = busy[p.Unit]
			switch {
			case family != survey.Procedures:
			case p.Sector != "":
				w[i] *= 0.15
			case p.Form == "tthc-dossier":
				w[i] *= 0.3
			}
		}
		g.weights[family] = w
	}
}

// drawSeasons weighs the days of the year. People come on working days, fewer
// around Tết; schools ask at the end of each half-year, and the residents'
// survey is a campaign of some weeks.
func (g *generator) drawSeasons() {
	month := make([]float64, 12)
	for m := range month {
		month[m] = 0.85 + 0.3*g.rng.Float64()
	}
	month[time.February-1] *= 0.6
	for _, family := range survey.Families {
		days := make([]float64, g.days)
		for i := range days {
			day := g.from.Time().AddDate(0, 0, i)
			w := month[day.Month()-1]
			switch day.Weekday() {
			case time.Saturday:
				w *= 0.3
			case time.Sunday:
				w *= 0.05
			default:
			}
			switch family {
			case survey.Education:
				if m := day.Month(); m == time.January || m == time.May {
					w *= 5
				}
			case survey.Residents:
				if share := float64(i) / float64(g.days); share < 0.6 || share > 0.75 {
					w = 0
				}
			case survey.Procedures:
			}
			days[i] = w
		}
		g.season[family] = days
	}
}

// visit is one person at one point.
type visit struct {
	at    time.Time
	point *survey.Point
}

// visits draws who comes when, in the order of time.
func (g *generator) visits(n int) []visit {
	share := map[survey.Family]float64{survey.Procedures: 0.7, survey.Education: 0.2, survey.Residents: 0.1}
	visits := make([]visit, 0, n)
	for i, family := range survey.Families {
		count := int(share[family] * float64(n))
		if i == len(survey.Families)-1 {
			count = n - len(visits)
		}
		days, points := cumulate(g.season[family]), cumulate(g.weights[family])
		for range count {
			// Counters are open from half past seven to half past eleven and
			// from half past one to five.
			minute := 450 + g.rng.IntN(450)
			if minute >= 690 {
				minute += 120
			}
			at := g.from.Time().AddDate(0, 0, g.pick(days)).Add(time.Duration(minute)*time.Minute + time.Duration(g.rng.IntN(60_000))*time.Millisecond)
			visits = append(visits, visit{at, g.points[g.pick(points)]})
		}
	}
	slices.SortStableFunc(visits, func(a, b visit) int { return a.at.Compare(b.at) })
	return visits
}

// cumulate returns the running sums of weights.
func cumulate[T int | float64](w []T) []float64 {
	sums := make([]float64, len(w))
	var sum float64
	for i, v := range w {
		sum += float64(v)
		sums[i] = sum
	}
	return sums
}

// pick draws an index by cumulated weights.
func (g *generator) pick(sums []float64) int {
	x := g.rng.Float64() * sums[len(sums)-1]
	i, _ := slices.BinarySearchFunc(sums, x, func(sum, x float64) int {
		if sum <= x {
			return -1
		}
		return cmp.Compare(sum, x)
	})
	return min(i, len(sums)-1)
}

// person is who answers: how well they were served, and what they chose.
type person struct {
	base   float64 // hidden value but for factor, item and chance
	unit   survey.UnitID
	form   *survey.Questionnaire
	given  survey.Given
	chosen map[string][]int
}

// poor reports whether the person feels badly served.
func (p *person) poor() bool { return p.base < 0.6 }

func (g *generator) response(v visit) (survey.Response, error) {
	request := g.refs[v.point.Code]
	day := survey.DateOf(v.at)
	p := &person{
		unit: v.point.Unit, form: request.form, chosen: map[string][]int{},
		given: survey.Given{Codes: map[string][]string{}, Texts: map[string]string{}},
	}
	elapsed := day.Time().Sub(g.from.Time()).Hours() / 24 / float64(g.days)
	p.base = g.quality[p.unit] + g.trend[p.unit]*(elapsed-0.5) + leniency*g.rng.NormFloat64()
	g.visit(p, v.point.Sector)
	for _, it := range p.form.Items() {
		if it.Shown(func(item string) []int { return p.chosen[item] }) {
			g.answer(p, it)
		}
	}
	sheet, err := p.form.Check(p.given, v.point.Sector, func(id survey.SectorID) bool { return g.catalog.Sector(id) != nil })
	if err != nil {
		return survey.Response{}, fmt.Errorf("invented response of %s: %w", p.form.ID, err)
	}
	lang := survey.Vietnamese
	if g.chance(english) {
		lang = survey.English
	}
	id, channel := g.id(v.at), g.channel(p.form)
	r := survey.Response{
		ID: id, Campaign: request.campaign, Form: p.form.Ref(), Point: v.point.Code, Unit: p.unit, Sector: sheet.Sector,
		Channel: channel, Proof: proofOf(id, channel), Lang: lang, Day: day, Received: v.at.UTC().Truncate(time.Millisecond),
		Answers: sheet.Answers, Texts: sheet.Texts,
	}
	r.Received = moments.Blurred(&r, releases.Extent{}, g.today.Time()).UTC() // so that a start has nothing to blur
	return r, nil
}

// id makes a UUIDv7 of a time, so that ids rise as those of real responses do.
func (g *generator) id(at time.Time) survey.ResponseID {
	var id uuid.UUID
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i)) //nolint:gosec // the byte is what is wanted
	}
	for i := 6; i < len(id); i++ {
		id[i] = byte(g.rng.Uint32()) //nolint:gosec // the byte is what is wanted
	}
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return survey.ResponseID(id.String())
}

func (g *generator) channel(form *survey.Questionnaire) survey.Channel {
	x := g.rng.Float64()
	switch {
	case form.Family == survey.Residents && x < 0.85, form.Family == survey.Education && x < 0.3:
		return survey.ChannelPaper
	case form.Code == "tthc-quick" && x < 0.4:
		return survey.ChannelKiosk
	case form.Code == "tthc-dossier" && x < 0.5:
		return survey.ChannelLink
	}
	return survey.ChannelQR
}

// screens is how many in sixteen of those who scan a code scan that of a screen.
const screens = 6

// proofOf is how a response is verified. What is drawn of it is drawn with its id, so
// that no other drawing depends on it.
func proofOf(id survey.ResponseID, channel survey.Channel) survey.Proof {
	switch channel {
	case survey.ChannelPaper:
		return survey.VerifiedSerial
	case survey.ChannelKiosk:
		return survey.VerifiedDevice
	case survey.ChannelLink:
		return survey.VerifiedSlip
	case survey.ChannelQR, survey.ChannelFile, survey.ChannelAPI:
	}
	if digit := id[len(id)-1]; digit >= '0' && digit < '0'+screens {
		return survey.VerifiedScreen
	}
	return survey.Unverified
}

func (g *generator) chance(p float64) bool { return g.rng.Float64() < p }

// answer gives, or leaves out, an answer to an item that the person sees.
func (g *generator) answer(p *person, it *survey.Item) {
	switch it.Type {
	case survey.ScaleItem:
		g.rate(p, it)
	case survey.SingleItem, survey.MultipleItem:
		g.choose(p, it)
	case survey.ConsentItem:
		if g.chance(consents) {
			p.choose(it, 1)
		}
	case survey.NumberItem:
		if !g.chance(0.2) {
			met := 10 * math.Round(8+1.5*(p.base-1)+g.rng.NormFloat64()) // people write tens
			p.given.Codes[it.Code] = []string{strconv.Itoa(int(min(max(met, it.Min), it.Max)))}
		}
	case survey.TextItem:
		g.write(p, it)
	case survey.SectorItem:
		if !g.chance(skipsOther) {
			sector := g.sectors[g.pick(g.visited)]
			p.given.Codes[it.Code] = []string{string(sector)}
			g.visit(p, sector)
		}
	}
}

// visit lets a person come for a sector. Procedures about land, construction
// and investment are long and need many papers.
func (g *generator) visit(p *person, sector survey.SectorID) {
	if s := g.catalog.Sector(sector); s != nil && s.Group == survey.LandBuildInvest {
		p.base -= 0.35
	}
}

// choose notes codes as chosen.
func (p *person) choose(it *survey.Item, codes ...int) {
	p.chosen[it.Code] = codes
	for _, code := range codes {
		s := strconv.Itoa(code)
		if code == survey.NotApplicable {
			s = survey.NA
		}
		p.given.Codes[it.Code] = append(p.given.Codes[it.Code], s)
	}
}

// avoids reports whether the person skips an item, or has said that it does
// not apply.
func (g *generator) avoids(p *person, it *survey.Item, skips float64) bool {
	if !it.Required && !it.Overall && g.chance(skips) {
		return true
	}
	na := notApplies
	if it.Factor == "feedback" {
		na = noExperience
	}
	if len(it.NA) > 0 && !it.Overall && g.chance(na) {
		p.choose(it, survey.NotApplicable)
		return true
	}
	return false
}

func (g *generator) rate(p *person, it *survey.Item) {
	if g.avoids(p, it, skipsScale) {
		return
	}
	x := p.base + g.effects[string(p.unit)+" "+it.Factor] + g.effects[it.Code] + chance*g.rng.NormFloat64()
	points := len(p.form.Scale(it.Scale).Points)
	below := 0 // places under the highest point
	for _, cut := range []float64{2, 0, -0.5, -1} {
		if x < cut {
			below++
		}
	}
	p.choose(it, max(points-below, 1))
}

func (g *generator) choose(p *person, it *survey.Item) {
	if g.avoids(p, it, skipsOther) {
		return
	}
	w := g.choices[it.Code].good
	if p.poor() && g.choices[it.Code].poor != nil {
		w = g.choices[it.Code].poor
	}
	if len(w) != len(it.Options) {
		w = slices.Repeat([]int{1}, len(it.Options))
	}
	picks := 1
	if it.Type == survey.MultipleItem {
		picks = 1 + g.rng.IntN(3)
	}
	sums := cumulate(w)
	var codes []int
	for range picks {
		o := it.Options[g.pick(sums)]
		if slices.Contains(codes, o.Code) {
			continue
		}
		codes = append(codes, o.Code)
		if o.Write {
			g.write(p, it)
		}
	}
	slices.Sort(codes)
	p.choose(it, codes...)
}

// write puts words to an item: often where something was wrong, seldom else.
func (g *generator) write(p *person, it *survey.Item) {
	words, likely := g.texts[it.Code][0], 0.08
	if p.poor() {
		likely = 0.3
		if g.texts[it.Code][1] != nil {
			words = g.texts[it.Code][1]
		}
	}
	if len(it.ShowIf) > 0 || it.Type != survey.TextItem {
		likely = 0.9 // asked for
	}
	if len(words) > 0 && g.chance(likely) {
		p.given.Texts[it.Code] = words[g.rng.IntN(len(words))]
	}
}
