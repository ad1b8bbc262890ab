package sampling_test

import (
	"bytes"
	"os"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/sampling"
)

const telephone = "Lò Văn A, 0912 345 678"

func (f *sampleTest) contacts() survey.Documents[sampling.Contact] {
	return survey.Documents[sampling.Contact]{Store: f.store, Collection: survey.Contacts}
}

// drawContacts stores a draw of three rows with contacts.
func (f *sampleTest) drawContacts(t *testing.T, stratum string) sampling.Sample {
	t.Helper()
	drawing := drawingOf(stratum, 3, 0)
	for i := range drawing.Rows {
		drawing.Rows[i].Contact = telephone
	}
	return f.draw(t, drawing)
}

// file is the file of the store.
func (f *sampleTest) file(t *testing.T) *bolt.Store {
	t.Helper()
	file, ok := f.store.Store.(*bolt.Store)
	if !ok {
		t.Fatal("the store is no file")
	}
	return file
}

// wantNotInFile fails if the store's file holds a telephone number in any byte.
func (f *sampleTest) wantNotInFile(t *testing.T, when string) {
	t.Helper()
	content, err := os.ReadFile(f.file(t).Path())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte("0912 345 678")) {
		t.Errorf("%s the file holds a telephone number", when)
	}
}

func TestContactsAreSealed(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	sample := f.drawContacts(t, "a")
	f.wantNotInFile(t, "after the draw")
	shown, err := f.ContactsOf(t.Context(), &sample)
	if err != nil || len(shown) != 3 || shown[sampling.DrawnID("k", 2)] != telephone {
		t.Errorf("contacts are %v, %v", shown, err)
	}
	one, err := f.Contact(t.Context(), &sample, sampling.DrawnID("k", 3))
	if err != nil || one != telephone {
		t.Errorf("the contact of a row is %q, %v", one, err)
	}
	all, err := f.contacts().All(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	if bytes.Equal(all[0].Sealed, all[1].Sealed) {
		t.Error("equal contacts are sealed alike: who has the file sees who lives together")
	}
	// A contact under another row is not opened.
	moved := all[0]
	moved.ID, moved.Rev = all[1].ID, all[1].Rev+1
	if err := f.contacts().Replace(t.Context(), all[1].Rev, moved); err != nil {
		t.Fatal(err)
	}
	if shown, err := f.ContactsOf(t.Context(), &sample); err != nil || len(shown) != 2 {
		t.Errorf("with a contact of another row there are %v, %v", shown, err)
	}
}

// What was sealed before the erasing is unreadable for ever, also when its documents
// come back with a backup, and a draw after it has a key of its own.
func TestErasedContactsStayErased(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	told := 0
	f.Samples.Erased = func() { told++ }
	f.drawContacts(t, "a")
	before, err := f.contacts().All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.EraseContacts(t.Context(), office, "k"); err != nil {
		t.Fatal(err)
	}
	if told != 1 {
		t.Errorf("who compacts was told %d times", told)
	}
	if _, err := f.keys.Existing(t.Context(), "contacts.k"); !survey.Is(err, survey.NotFound) {
		t.Errorf("the key is still there: %v", err)
	}
	if _, err := survey.InsertAll(t.Context(), f.store, survey.Contacts, before); err != nil {
		t.Fatal(err)
	}
	sample := f.drawContacts(t, "b")
	shown, err := f.ContactsOf(t.Context(), &sample)
	if err != nil || len(shown) != 3 {
		t.Errorf("after the erasing %v are shown, %v", shown, err)
	}
	for _, c := range before {
		if text, err := f.Contact(t.Context(), &sample, c.ID); err != nil || text != "" {
			t.Errorf("%s is %q again, %v", c.ID, text, err)
		}
	}
	if sealed, unreadable, err := f.SealContacts(t.Context()); err != nil || sealed != 0 || unreadable != 3 {
		t.Errorf("sealed %d, unreadable %d, %v; want 0 and 3", sealed, unreadable, err)
	}
}

// A kill between the two steps of erasing leaves contacts that nobody reads, and
// that go the next time.
func TestErasingIsFinishedAfterAKill(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	sample := f.drawContacts(t, "a")
	f.store.Before = func(call string, c survey.Collection) {
		if call == "Insert" && c == survey.Intents {
			f.store.FailNext()
		}
	}
	if err := f.EraseContacts(t.Context(), office, "k"); err == nil {
		t.Fatal("erasing succeeded on a store that takes nothing")
	}
	f.store.Before = nil
	if shown, err := f.ContactsOf(t.Context(), &sample); err != nil || len(shown) != 0 {
		t.Errorf("after a half erasing %v are shown, %v", shown, err)
	}
	f.now = f.now.AddDate(1, 0, 0)
	if erased, err := f.EraseDue(t.Context(), office); err != nil || len(erased) != 1 {
		t.Errorf("erased %v, %v", erased, err)
	}
	if left, err := f.contacts().All(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// Contacts of an older version are sealed at the next start, and after the file was
// compacted no byte of them is left.
func TestContactsOfAnOlderVersionAreSealed(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	sample := f.drawContacts(t, "a")
	old, err := bson.Marshal(bson.D{{Key: "_id", Value: sampling.DrawnID("k", 9)}, {Key: "rev", Value: int64(1)}, {Key: "text", Value: telephone}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.store.Insert(t.Context(), survey.Contacts, old); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} { // the second start has nothing to do
		if sealed, unreadable, err := f.SealContacts(t.Context()); err != nil || sealed != want || unreadable != 0 {
			t.Errorf("sealed %d, unreadable %d, %v; want %d and 0", sealed, unreadable, err, want)
		}
	}
	if text, err := f.Contact(t.Context(), &sample, sampling.DrawnID("k", 9)); err != nil || text != telephone {
		t.Errorf("the old contact is %q, %v", text, err)
	}
	if err := f.file(t).Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.wantNotInFile(t, "after sealing and compacting")
}
