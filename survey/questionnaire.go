package survey

import (
	"maps"
	"slices"
	"strconv"
)

// Complete reports whether every text that a person reads is there in a
// language. Lead, hint and the label of "not applicable" may be absent
// altogether.
func (q *Questionnaire) Complete(lang Lang) bool {
	must := []Text{q.Title, q.Intro}
	var may []Text
	for _, s := range q.Sections {
		must, may = append(must, s.Title), append(may, s.Lead)
	}
	for _, it := range q.Items() {
		must, may = append(must, it.Label), append(may, it.Hint, it.NA)
		for _, o := range q.Choices(it) {
			must = append(must, o.Label)
		}
	}
	missing := func(t Text) bool { return len(t.Missing(lang)) > 0 }
	return !slices.ContainsFunc(must, missing) &&
		!slices.ContainsFunc(may, func(t Text) bool { return len(t) > 0 && missing(t) })
}

// Family is what a questionnaire measures; a target and a campaign belong to
// one family.
type Family string

// The families.
const (
	Procedures Family = "tthc"  // thủ tục hành chính: counter form, dossier form
	Education  Family = "edu"   // public education, one form a kind of respondent
	Residents  Family = "sipas" // yearly resident survey
)

// Families in the order they are shown.
var Families = []Family{Procedures, Education, Residents}

// FormCode names a questionnaire through all its versions: "tthc-quick".
type FormCode string

// FormRef names one version of a questionnaire; a response carries it.
type FormRef struct {
	Code    FormCode `bson:"code" yaml:"code" json:"code"`
	Version int      `bson:"version" yaml:"version" json:"version"`
}

// ItemType is the kind of answer an item takes.
type ItemType string

// The item types.
const (
	ScaleItem    ItemType = "scale"    // one code of the item's scale, 1 the worst
	SingleItem   ItemType = "single"   // one of the options
	MultipleItem ItemType = "multiple" // several of the options, at most Max
	NumberItem   ItemType = "number"   // a number in [Min, Max]
	TextItem     ItemType = "text"     // a short text
	ConsentItem  ItemType = "consent"  // a box to tick, never ticked beforehand
	SectorItem   ItemType = "sector"   // what the visit was about; kept as the response's sector
)

// NotApplicable is the code of the answer "not applicable / don't know". It is
// an answer, so it is kept, but it stands in no denominator. On the wire it is
// the word NA.
const (
	NotApplicable = 0
	NA            = "na"
)

// MaxText is the longest text answer, in characters.
const MaxText = 1000

// Questionnaire is one version of a form. A published version never changes;
// the next one is a draft until it is published.
type Questionnaire struct {
	ID       string      `bson:"_id" yaml:"-" json:"-"` // Ref().ID()
	Code     FormCode    `bson:"code" yaml:"code" json:"code"`
	Version  int         `bson:"version" yaml:"version" json:"version"`
	Rev      int64       `bson:"rev" yaml:"-" json:"-"`
	Family   Family      `bson:"family" yaml:"family" json:"family"`
	Title    Text        `bson:"title" yaml:"title" json:"title"`
	Intro    Text        `bson:"intro" yaml:"intro" json:"intro"`    // what it is for, that it is voluntary and anonymous
	Source   Text        `bson:"source" yaml:"source" json:"source"` // where wording and structure come from
	Level    SchoolLevel `bson:"level,omitempty" yaml:"level" json:"level,omitempty"`
	Scales   []Scale     `bson:"scales" yaml:"scales" json:"scales"`
	Factors  []Factor    `bson:"factors,omitempty" yaml:"factors" json:"factors,omitempty"`
	Sections []Section   `bson:"sections" yaml:"sections" json:"sections"`
	Order    int         `bson:"order" yaml:"order" json:"-"`                     // place in lists
	Draft    bool        `bson:"draft,omitempty" yaml:"-" json:"draft,omitempty"` // being written; not in Catalog.Questionnaires
}

// Ref names this version.
func (q *Questionnaire) Ref() FormRef { return FormRef{q.Code, q.Version} }

// ID is the key of the version in a store.
func (r FormRef) ID() string { return string(r.Code) + "@" + strconv.Itoa(r.Version) }

// Scale is an ordered set of answers, from the worst (code 1) upwards, and
// which of them count as satisfied. Scales of different length are never mixed
// in one index.
type Scale struct {
	ID        string   `bson:"id" yaml:"id" json:"id"`
	Points    []Option `bson:"points" yaml:"points" json:"points"`
	Satisfied []int    `bson:"satisfied" yaml:"satisfied" json:"satisfied"`
}

// Factor is a dimension of satisfaction: the items that name it form its index.
type Factor struct {
	Code string `bson:"code" yaml:"code" json:"code"`
	Name Text   `bson:"name" yaml:"name" json:"name"`
}

// Section is a page-like part of a questionnaire.
type Section struct {
	Code  string `bson:"code" yaml:"code" json:"code"`
	Title Text   `bson:"title" yaml:"title" json:"title"`
	Lead  Text   `bson:"lead,omitempty" yaml:"lead" json:"lead,omitempty"` // the stem that the section's items complete
	Items []Item `bson:"items" yaml:"items" json:"items"`
}

// Item is one question.
type Item struct {
	Code     string   `bson:"code" yaml:"code" json:"code"`
	Type     ItemType `bson:"type" yaml:"type" json:"type"`
	Label    Text     `bson:"label" yaml:"label" json:"label"`
	Hint     Text     `bson:"hint,omitempty" yaml:"hint" json:"hint,omitempty"`
	Scale    string   `bson:"scale,omitempty" yaml:"scale" json:"scale,omitempty"`       // of a scale item
	Options  []Option `bson:"options,omitempty" yaml:"options" json:"options,omitempty"` // of single and multiple
	NA       Text     `bson:"na,omitempty" yaml:"na" json:"na,omitempty"`                // label of "not applicable / don't know"; empty: not offered
	Required bool     `bson:"required,omitempty" yaml:"required" json:"required,omitempty"`
	Min      float64  `bson:"min,omitempty" yaml:"min" json:"min,omitempty"` // of number
	Max      float64  `bson:"max,omitempty" yaml:"max" json:"max,omitempty"` // of number; of multiple: how many may be chosen, 0 any
	ShowIf   []When   `bson:"show_if,omitempty" yaml:"show_if" json:"show_if,omitempty"`
	Factor   string   `bson:"factor,omitempty" yaml:"factor" json:"factor,omitempty"`    // its index item if not empty
	Overall  bool     `bson:"overall,omitempty" yaml:"overall" json:"overall,omitempty"` // the one overall question
	// Sensitive items ask for personal data that needs its own consent; they
	// are shown only after it and broken down with the higher threshold.
	Sensitive bool `bson:"sensitive,omitempty" yaml:"sensitive" json:"sensitive,omitempty"`
}

// Option is an answer to choose.
type Option struct {
	Code  int  `bson:"code" yaml:"code" json:"code"` // 1..253
	Label Text `bson:"label" yaml:"label" json:"label"`
	Write bool `bson:"write,omitempty" yaml:"write" json:"write,omitempty"` // asks for words beside it: "Khác (ghi rõ)"
}

// MaxCode is the highest code an option may have: analysis keeps an answer in
// one byte and needs two values for missing and not applicable.
const MaxCode = 253

// When is a condition on an earlier item: one of the codes was chosen. An item
// is shown if all its conditions hold.
type When struct {
	Item string `bson:"item" yaml:"item" json:"item"`
	In   []int  `bson:"in" yaml:"in" json:"in"`
}

// Items returns the items of all sections in their order.
func (q *Questionnaire) Items() []*Item {
	items := make([]*Item, 0, q.length())
	for s := range q.Sections {
		for i := range q.Sections[s].Items {
			items = append(items, &q.Sections[s].Items[i])
		}
	}
	return items
}

// length is the number of items.
func (q *Questionnaire) length() int {
	n := 0
	for s := range q.Sections {
		n += len(q.Sections[s].Items)
	}
	return n
}

// Item returns the item with a code, or nil.
func (q *Questionnaire) Item(code string) *Item {
	for s := range q.Sections {
		items := q.Sections[s].Items
		for i := range items {
			if items[i].Code == code {
				return &items[i]
			}
		}
	}
	return nil
}

// Section returns the section with a code, or nil.
func (q *Questionnaire) Section(code string) *Section {
	for i := range q.Sections {
		if q.Sections[i].Code == code {
			return &q.Sections[i]
		}
	}
	return nil
}

// Overall returns the overall question, or nil where the form has none.
func (q *Questionnaire) Overall() *Item {
	for _, it := range q.Items() {
		if it.Overall {
			return it
		}
	}
	return nil
}

// Scale returns the scale with an id, or nil.
func (q *Questionnaire) Scale(id string) *Scale {
	for i := range q.Scales {
		if q.Scales[i].ID == id {
			return &q.Scales[i]
		}
	}
	return nil
}

// Choices returns what can be chosen in an item: the points of its scale, its
// own options, or for consent the single code 1. Nil for number, text and
// sector items.
func (q *Questionnaire) Choices(it *Item) []Option {
	switch it.Type {
	case ScaleItem:
		if s := q.Scale(it.Scale); s != nil {
			return s.Points
		}
	case SingleItem, MultipleItem:
		return it.Options
	case ConsentItem:
		return []Option{{Code: 1, Label: it.Label}}
	case NumberItem, TextItem, SectorItem:
	}
	return nil
}

// AskAgain are the items whose answers are asked a second time: the overall
// question, and the middle one of the scale questions that make the index.
func (q *Questionnaire) AskAgain() []*Item {
	var asked, index []*Item
	if overall := q.Overall(); overall != nil {
		asked = append(asked, overall)
	}
	for _, it := range q.Items() {
		if it.Type == ScaleItem && !it.Overall && !it.Sensitive && len(it.ShowIf) == 0 {
			index = append(index, it)
		}
	}
	if len(index) > 0 {
		asked = append(asked, index[len(index)/2])
	}
	return asked
}

// SuitsKiosk reports whether one press answers what a questionnaire is for: it
// asks one overall question, and no index that needs all its questions.
func (q *Questionnaire) SuitsKiosk() bool {
	return q != nil && q.Overall() != nil && !slices.ContainsFunc(q.Items(), func(it *Item) bool { return it.Factor != "" })
}

// Languages are those that any text of the questionnaire is written in,
// Vietnamese and English first.
func (q *Questionnaire) Languages() []Lang {
	seen := map[Lang]bool{Vietnamese: true, English: true}
	add := func(texts ...Text) {
		for _, t := range texts {
			for lang := range t {
				seen[lang] = true
			}
		}
	}
	add(q.Title, q.Intro, q.Source)
	for _, f := range q.Factors {
		add(f.Name)
	}
	for _, s := range q.Scales {
		for _, p := range s.Points {
			add(p.Label)
		}
	}
	for _, s := range q.Sections {
		add(s.Title, s.Lead)
		for _, it := range s.Items {
			add(it.Label, it.Hint, it.NA)
			for _, o := range it.Options {
				add(o.Label)
			}
		}
	}
	return SortedLangs(maps.Keys(seen))
}
