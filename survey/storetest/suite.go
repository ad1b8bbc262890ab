package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"hailong/survey"
)

// Harness is how the suite gets at an implementation.
type Harness struct {
	// Open gives an empty store that is closed when the test ends, and what
	// closes it and opens the same documents again.
	Open func(t testing.TB) (s survey.Store, reopen func() survey.Store)

	// ReplaceRaces says why concurrent replacements cannot be asked of this
	// store; empty if they can. Concurrent inserts are asked of every store.
	ReplaceRaces string
}

// Run holds a store to the contract of survey.Store.
func Run(t *testing.T, h Harness) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"InsertOnce", insertOnce},
		{"InsertTheSameIdTwiceInOneCall", insertTwice},
		{"InsertManyInOneCall", insertMany},
		{"InsertRefusesWhatIsNoDocument", insertRefuses},
		{"InsertInOrder", insertInOrder},
		{"GetAndItsOwner", getOwner},
		{"ReplaceAtRevision", replaceAtRevision},
		{"DeleteAtRevision", deleteAtRevision},
		{"ScanRanges", scanRanges},
		{"ScanStops", scanStops},
		{"ScanWhileWriting", scanWhileWriting},
		{"CollectionsAreApart", collectionsApart},
		{"EveryTypeByteForByte", everyType},
		{"LargeDocuments", largeDocuments},
		{"CanceledContext", canceledContext},
		{"ReopenKeepsAll", reopenKeepsAll},
		{"RandomHistories", randomHistories},
		{"ConcurrentInsertsOfOneID", concurrentInserts},
		{"ConcurrentReplacesOfOneRevision", unlessRacing(concurrentReplaces)},
		{"ConcurrentCounter", unlessRacing(concurrentCounter)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, h)
		})
	}
}

func unlessRacing(run func(*testing.T, Harness)) func(*testing.T, Harness) {
	return func(t *testing.T, h Harness) {
		if h.ReplaceRaces != "" {
			t.Skip(h.ReplaceRaces)
		}
		run(t, h)
	}
}

// Document makes a document with an id, a revision and something in it.
func Document(t testing.TB, id string, rev int64, content string) bson.Raw {
	t.Helper()
	return marshal(t, bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: rev}, {Key: "content", Value: content}})
}

func marshal(t testing.TB, d bson.D) bson.Raw {
	t.Helper()
	doc, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func insert(t testing.TB, s survey.Store, docs ...bson.Raw) []bool {
	t.Helper()
	fresh, err := s.Insert(t.Context(), survey.Points, docs...)
	if err != nil {
		t.Fatal("insert: ", err)
	}
	return fresh
}

func expectDocument(t testing.TB, s survey.Store, id string, want bson.Raw) {
	t.Helper()
	got, err := s.Get(t.Context(), survey.Points, id)
	if err != nil {
		t.Fatal("get: ", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("document %s (-want +got):\n%s", id, diff)
	}
}

func expectKind(t testing.TB, err error, want survey.Kind) {
	t.Helper()
	if !survey.Is(err, want) {
		t.Fatalf("error is %v; want kind %v", err, want)
	}
}

func scan(t testing.TB, s survey.Store, from, to string) []string {
	t.Helper()
	ids := []string{}
	err := s.Scan(t.Context(), survey.Points, from, to, func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		t.Fatal("scan: ", err)
	}
	return ids
}

func insertOnce(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	first := Document(t, "a", 1, "first")
	for i, doc := range []bson.Raw{first, first, Document(t, "a", 9, "another")} {
		if fresh := insert(t, s, doc); fresh[0] != (i == 0) {
			t.Errorf("insert %d: fresh is %v", i, fresh[0])
		}
	}
	expectDocument(t, s, "a", first)
	if fresh := insert(t, s); len(fresh) != 0 {
		t.Errorf("inserting nothing: %v", fresh)
	}
}

func insertTwice(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	a, b := Document(t, "a", 1, "first"), Document(t, "b", 1, "")
	insert(t, s, b)
	fresh := insert(t, s, a, b, Document(t, "a", 1, "second"), Document(t, "c", 1, ""))
	if diff := cmp.Diff([]bool{true, false, false, true}, fresh); diff != "" {
		t.Error(diff)
	}
	expectDocument(t, s, "a", a)
}

// insertMany also sees that outcomes keep their places beyond any batch into
// which a store may divide the call.
func insertMany(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	const n = 2500
	var docs, odd []bson.Raw
	for i := range n {
		docs = append(docs, Document(t, fmt.Sprintf("%05d", i), 1, ""))
		if i%2 == 1 {
			odd = append(odd, docs[i])
		}
	}
	insert(t, s, odd...)
	for i, fresh := range insert(t, s, docs...) {
		if fresh != (i%2 == 0) {
			t.Fatalf("document %d: fresh is %v", i, fresh)
		}
	}
	if ids := scan(t, s, "", ""); len(ids) != n {
		t.Errorf("%d documents, want %d", len(ids), n)
	}
}

func insertRefuses(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	good := Document(t, "good", 1, "")
	for name, bad := range map[string]bson.Raw{
		"Nothing":         nil,
		"CutOff":          good[:len(good)-2],
		"NoID":            marshal(t, bson.D{{Key: "rev", Value: int64(1)}}),
		"IDNotFirst":      marshal(t, bson.D{{Key: "rev", Value: int64(1)}, {Key: "_id", Value: "a"}}),
		"IDNotAString":    marshal(t, bson.D{{Key: "_id", Value: int64(1)}}),
		"EmptyID":         marshal(t, bson.D{{Key: "_id", Value: ""}}),
		"IDTooLong":       marshal(t, bson.D{{Key: "_id", Value: strings.Repeat("a", survey.MaxID+1)}}),
		"LargerThanLimit": Document(t, "large", 1, strings.Repeat("a", survey.MaxDocument)),
	} {
		_, err := s.Insert(t.Context(), survey.Points, good, bad)
		if !survey.Is(err, survey.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if ids := scan(t, s, "", ""); len(ids) != 0 {
		t.Errorf("stored beside a refused document: %v", ids)
	}
}

// insertInOrder says of each document of each group whether it is new, and stores
// nothing of any group where one holds what is no document.
func insertInOrder(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	insert(t, s, Document(t, "b", 1, "first"))
	group := func(c survey.Collection, docs ...bson.Raw) survey.InsertGroup {
		return survey.InsertGroup{Collection: c, Docs: docs}
	}
	a, b := Document(t, "a", 1, ""), Document(t, "b", 1, "second")
	fresh, err := s.InsertInOrder(t.Context(), group(survey.Units, a, b), group(survey.Sectors), group(survey.Points, a, b, a))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]bool{{true, true}, {}, {true, false, false}}, fresh, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("new (-want +got): %s", diff)
	}
	expectDocument(t, s, "b", Document(t, "b", 1, "first"))
	if fresh, err := s.InsertInOrder(t.Context()); err != nil || len(fresh) != 0 {
		t.Errorf("no group: %v, %v", fresh, err)
	}
	_, err = s.InsertInOrder(t.Context(), group(survey.Points, Document(t, "c", 1, "")), group(survey.Units, a[:len(a)-2]))
	expectKind(t, err, survey.Invalid)
	if diff := cmp.Diff([]string{"a", "b"}, scan(t, s, "", "")); diff != "" {
		t.Errorf("stored (-want +got): %s", diff)
	}
}

func getOwner(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	doc := Document(t, "a", 1, "kept")
	insert(t, s, doc)
	got, err := s.Get(t.Context(), survey.Points, "a")
	if err != nil {
		t.Fatal(err)
	}
	clear(got)
	expectDocument(t, s, "a", doc)
	for _, id := range []string{"b", "", "A"} {
		_, err := s.Get(t.Context(), survey.Points, id)
		expectKind(t, err, survey.NotFound)
	}
}

func replaceAtRevision(t *testing.T, h Harness) {
	ctx := t.Context()
	s, _ := h.Open(t)
	insert(t, s, Document(t, "a", 1, "one"))
	two := Document(t, "a", 2, "two")
	if err := s.Replace(ctx, survey.Points, 1, two); err != nil {
		t.Fatal(err)
	}
	expectKind(t, s.Replace(ctx, survey.Points, 1, Document(t, "a", 2, "late")), survey.Conflict)
	expectKind(t, s.Replace(ctx, survey.Points, 2, Document(t, "a", 2, "does not rise")), survey.Invalid)
	expectKind(t, s.Replace(ctx, survey.Points, 1, Document(t, "b", 2, "never was")), survey.NotFound)
	expectDocument(t, s, "a", two)
	if ids := scan(t, s, "", ""); len(ids) != 1 {
		t.Errorf("a replacement made a document: %v", ids)
	}
	insert(t, s, marshal(t, bson.D{{Key: "_id", Value: "plain"}}))
	if err := s.Replace(ctx, survey.Points, 0, Document(t, "plain", 1, "")); err != nil {
		t.Error("a document without revision has revision 0: ", err)
	}
}

func deleteAtRevision(t *testing.T, h Harness) {
	ctx := t.Context()
	s, _ := h.Open(t)
	doc := Document(t, "a", 3, "")
	insert(t, s, doc, Document(t, "b", 1, ""), marshal(t, bson.D{{Key: "_id", Value: "plain"}}))
	expectKind(t, s.Delete(ctx, survey.Points, "a", 2), survey.Conflict)
	expectDocument(t, s, "a", doc)
	for id, rev := range map[string]int64{"a": 3, "plain": 0} {
		if err := s.Delete(ctx, survey.Points, id, rev); err != nil {
			t.Fatal(err)
		}
		expectKind(t, s.Delete(ctx, survey.Points, id, rev), survey.NotFound)
	}
	if diff := cmp.Diff([]string{"b"}, scan(t, s, "", "")); diff != "" {
		t.Error(diff)
	}
	if fresh := insert(t, s, doc); !fresh[0] {
		t.Error("the id of a deleted document is taken")
	}
}

func scanRanges(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	if ids := scan(t, s, "", ""); len(ids) != 0 {
		t.Errorf("an empty store holds %v", ids)
	}
	// The order is that of bytes, whatever the letters.
	ids := []string{"A", "a", "a ", "a-1", "a-10", "a-2", "b", "z", "Đ", "đ", "ế", "😀"}
	for i := range ids {
		insert(t, s, Document(t, ids[(i*5)%len(ids)], 1, ""))
	}
	for _, test := range []struct {
		name, from, to string
		want           []string
	}{
		{"All", "", "", ids},
		{"From", "b", "", ids[6:]},
		{"UpTo", "", "b", ids[:6]},
		{"Between", "a-", "a-2", []string{"a-1", "a-10"}},
		{"AfterAll", "😁", "", []string{}},
		{"BeforeAll", "", "A", []string{}},
		{"FromIsTo", "b", "b", []string{}},
		{"FromAboveTo", "z", "a", []string{}},
	} {
		if diff := cmp.Diff(test.want, scan(t, s, test.from, test.to)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func scanStops(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	insert(t, s, Document(t, "a", 1, ""), Document(t, "b", 1, ""))
	stop := errors.New("enough")
	visited := 0
	err := s.Scan(t.Context(), survey.Points, "", "", func(bson.Raw) error {
		visited++
		return stop
	})
	if !errors.Is(err, stop) || visited != 1 {
		t.Errorf("error %v after %d documents", err, visited)
	}
}

// scanWhileWriting writes from inside the visit, before and behind the place
// of the scan: what was there before is visited once, in order.
func scanWhileWriting(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	const n = 1200
	var docs []bson.Raw
	for i := range n {
		docs = append(docs, Document(t, fmt.Sprintf("%05d", 10*i), 1, "before"))
	}
	insert(t, s, docs...)
	seen, last := 0, ""
	err := s.Scan(t.Context(), survey.Points, "", "", func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		if err != nil {
			return err
		}
		if id <= last {
			return fmt.Errorf("%s comes after %s", id, last)
		}
		last = id
		if doc.Lookup("content").StringValue() == "before" {
			seen++
		}
		if seen%100 == 0 {
			insert(t, s, Document(t, id+"-behind", 1, "new"), Document(t, fmt.Sprintf("0%d-new", seen), 1, "new"), Document(t, "~"+id, 1, "new"))
		}
		return doc.Validate() // the bytes stay sound during the call
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen != n {
		t.Errorf("%d of %d documents visited", seen, n)
	}
}

func collectionsApart(t *testing.T, h Harness) {
	ctx := t.Context()
	s, _ := h.Open(t)
	for _, c := range survey.Collections {
		doc := Document(t, "same", 1, string(c))
		if fresh, err := s.Insert(ctx, c, doc); err != nil || !fresh[0] {
			t.Fatal(c, fresh, err)
		}
	}
	for _, c := range survey.Collections {
		doc, err := s.Get(ctx, c, "same")
		if err != nil || doc.Lookup("content").StringValue() != string(c) {
			t.Errorf("%s: %v, %v", c, doc, err)
		}
	}
}

// everyType stores each BSON type the domain uses.
func everyType(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	doc := marshal(t, bson.D{
		{Key: "_id", Value: "types"},
		{Key: "int32", Value: int32(-1)},
		{Key: "int64", Value: int64(1) << 60},
		{Key: "double", Value: 0.1},
		{Key: "whole double", Value: 3.0},
		{Key: "text", Value: "Người dân hài lòng 😀\n\""},
		{Key: "empty", Value: ""},
		{Key: "true", Value: true},
		{Key: "nothing", Value: nil},
		{Key: "time", Value: primitive.DateTime(1_764_000_000_123)},
		{Key: "bytes", Value: primitive.Binary{Data: []byte{0, 1, 255}}},
		{Key: "list", Value: bson.A{int32(1), int32(2), "ba"}},
		{Key: "no list", Value: bson.A{}},
		{Key: "within", Value: bson.D{{Key: "z", Value: int32(1)}, {Key: "a", Value: bson.D{}}}},
	})
	insert(t, s, doc)
	expectDocument(t, s, "types", doc)
}

func largeDocuments(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	var docs []bson.Raw
	for i := range 5 {
		docs = append(docs, Document(t, fmt.Sprint(i), 1, strings.Repeat(fmt.Sprint(i), 3<<20)))
	}
	insert(t, s, docs...)
	i := 0
	err := s.Scan(t.Context(), survey.Points, "", "", func(doc bson.Raw) error {
		if string(doc) != string(docs[i]) {
			t.Errorf("document %d came back different", i)
		}
		i++
		return nil
	})
	if err != nil || i != len(docs) {
		t.Error(i, err)
	}
}

func canceledContext(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	doc := Document(t, "a", 1, "")
	insert(t, s, doc)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, insertErr := s.Insert(ctx, survey.Points, Document(t, "b", 1, ""))
	_, getErr := s.Get(ctx, survey.Points, "a")
	for name, err := range map[string]error{
		"insert": insertErr, "get": getErr,
		"replace": s.Replace(ctx, survey.Points, 1, Document(t, "a", 2, "")),
		"delete":  s.Delete(ctx, survey.Points, "a", 1),
		"scan":    s.Scan(ctx, survey.Points, "", "", func(bson.Raw) error { return nil }),
	} {
		if !survey.Is(err, survey.Unavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	expectDocument(t, s, "a", doc)
	if diff := cmp.Diff([]string{"a"}, scan(t, s, "", "")); diff != "" {
		t.Error(diff)
	}
}

func reopenKeepsAll(t *testing.T, h Harness) {
	s, reopen := h.Open(t)
	doc := Document(t, "a", 1, "kept")
	insert(t, s, doc, Document(t, "b", 1, ""))
	if err := s.Delete(t.Context(), survey.Points, "b", 1); err != nil {
		t.Fatal(err)
	}
	s = reopen()
	expectDocument(t, s, "a", doc)
	if diff := cmp.Diff([]string{"a"}, scan(t, s, "", "")); diff != "" {
		t.Error(diff)
	}
	if fresh := insert(t, s, doc); fresh[0] {
		t.Error("the same id is fresh after reopening")
	}
}

const writers = 64

// crowd runs f at the same time from many goroutines.
func crowd(f func(writer int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-start
			f(i)
		}()
	}
	close(start)
	wg.Wait()
}

func concurrentInserts(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	const rounds = 20
	var fresh [rounds]atomic.Int32
	crowd(func(writer int) {
		for round := range rounds {
			got, err := s.Insert(t.Context(), survey.Points,
				Document(t, fmt.Sprintf("shared-%02d", round), 1, fmt.Sprint(writer)),
				Document(t, fmt.Sprintf("own-%02d-%02d", round, writer), 1, ""))
			if err != nil {
				t.Error(err)
				return
			}
			if got[0] {
				fresh[round].Add(1)
			}
			if !got[1] {
				t.Error("an id of one writer was taken")
			}
		}
	})
	for round := range rounds {
		if n := fresh[round].Load(); n != 1 {
			t.Errorf("round %d: %d writers were told that theirs is new", round, n)
		}
	}
	if n := len(scan(t, s, "", "")); n != rounds*(writers+1) {
		t.Errorf("%d documents", n)
	}
}

func concurrentReplaces(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	insert(t, s, Document(t, "a", 1, ""))
	var won atomic.Int32
	crowd(func(writer int) {
		err := s.Replace(t.Context(), survey.Points, 1, Document(t, "a", 2, fmt.Sprint(writer)))
		switch {
		case err == nil:
			won.Add(1)
		case !survey.Is(err, survey.Conflict):
			t.Error(err)
		}
	})
	if n := won.Load(); n != 1 {
		t.Errorf("%d writers replaced the same revision", n)
	}
}

// concurrentCounter counts by reading, adding and replacing until it succeeds.
func concurrentCounter(t *testing.T, h Harness) {
	s, _ := h.Open(t)
	insert(t, s, Document(t, "counter", 1, ""))
	const each = 5
	crowd(func(int) {
		for counted := 0; counted < each; {
			doc, err := s.Get(t.Context(), survey.Points, "counter")
			if err != nil {
				t.Error(err)
				return
			}
			rev := survey.DocumentRev(doc)
			err = s.Replace(t.Context(), survey.Points, rev, Document(t, "counter", rev+1, ""))
			switch {
			case err == nil:
				counted++
			case !survey.Is(err, survey.Conflict):
				t.Error(err)
				return
			}
		}
	})
	doc, err := s.Get(t.Context(), survey.Points, "counter")
	if err != nil || survey.DocumentRev(doc) != 1+writers*each {
		t.Errorf("the count is %d after %d steps (%v)", survey.DocumentRev(doc)-1, writers*each, err)
	}
}
