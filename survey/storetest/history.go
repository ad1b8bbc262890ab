package storetest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

	"hailong/survey"
)

// randomHistories does the same to the store and to a map, and compares what
// each says after every step. Histories share a store; each keeps to ids with
// a prefix of its own.
func randomHistories(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	histories := 0
	rapid.Check(t, func(r *rapid.T) {
		histories++
		m := model{t: t, r: r, s: s, prefix: fmt.Sprintf("%06d/", histories), docs: map[string]bson.Raw{}}
		for range rapid.IntRange(1, 40).Draw(r, "operations") {
			switch rapid.SampledFrom([]string{"insert", "get", "replace", "delete", "scan"}).Draw(r, "operation") {
			case "insert":
				m.insert()
			case "get":
				m.get()
			case "replace":
				m.replace()
			case "delete":
				m.delete()
			case "scan":
				m.scan()
			}
		}
		m.compare("", "~")
	})
}

type model struct {
	t      *testing.T
	r      *rapid.T
	s      survey.Store
	prefix string
	docs   map[string]bson.Raw
}

var ids = rapid.StringMatching(`[a-dĐ]{1,2}`)

func (m *model) id() string { return m.prefix + ids.Draw(m.r, "id") }

func (m *model) revision() int64 { return rapid.Int64Range(0, 3).Draw(m.r, "revision") }

func (m *model) document(id string, rev int64) bson.Raw {
	return Document(m.t, id, rev, rapid.StringN(0, 20, -1).Draw(m.r, "content"))
}

func (m *model) insert() {
	var docs []bson.Raw
	var want []bool
	for range rapid.IntRange(1, 4).Draw(m.r, "documents") {
		id := m.id()
		doc := m.document(id, m.revision())
		_, taken := m.docs[id]
		if !taken {
			m.docs[id] = doc
		}
		docs, want = append(docs, doc), append(want, !taken)
	}
	fresh, err := m.s.Insert(m.t.Context(), survey.Points, docs...)
	if err != nil {
		m.r.Fatal(err)
	}
	if diff := cmp.Diff(want, fresh); diff != "" {
		m.r.Fatal(diff)
	}
}

func (m *model) get() {
	id := m.id()
	doc, err := m.s.Get(m.t.Context(), survey.Points, id)
	want, there := m.docs[id]
	switch {
	case !there && !survey.Is(err, survey.NotFound), there && err != nil:
		m.r.Fatalf("get %s: %v", id, err)
	case there && string(doc) != string(want):
		m.r.Fatalf("get %s: %v, want %v", id, doc, want)
	}
}

func (m *model) replace() {
	id, rev := m.id(), m.revision()
	doc := m.document(id, rev+1)
	if m.expect(id, rev, m.s.Replace(m.t.Context(), survey.Points, rev, doc)) {
		m.docs[id] = doc
	}
}

func (m *model) delete() {
	id, rev := m.id(), m.revision()
	if m.expect(id, rev, m.s.Delete(m.t.Context(), survey.Points, id, rev)) {
		delete(m.docs, id)
	}
}

// expect reports whether a write at a revision should have taken place, and
// fails if err says otherwise.
func (m *model) expect(id string, rev int64, err error) bool {
	doc, there := m.docs[id]
	ok := false
	switch {
	case !there:
		ok = survey.Is(err, survey.NotFound)
	case survey.DocumentRev(doc) != rev:
		ok = survey.Is(err, survey.Conflict)
	default:
		if err != nil {
			m.r.Fatalf("%s at revision %d: %v", id, rev, err)
		}
		return true
	}
	if !ok {
		m.r.Fatalf("%s at revision %d: error is %v", id, rev, err)
	}
	return false
}

func (m *model) scan() {
	m.compare(ids.Draw(m.r, "from"), ids.Draw(m.r, "to"))
}

func (m *model) compare(from, to string) {
	from, to = m.prefix+from, m.prefix+to
	var want, got []bson.Raw
	for _, id := range slices.Sorted(maps.Keys(m.docs)) {
		if from <= id && id < to {
			want = append(want, m.docs[id])
		}
	}
	err := m.s.Scan(m.t.Context(), survey.Points, from, to, func(doc bson.Raw) error {
		got = append(got, slices.Clone(doc))
		return nil
	})
	if err != nil {
		m.r.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		m.r.Fatalf("scan from %s to %s (-want +got):\n%s", from, to, diff)
	}
}
