package bolt_test

import (
	"fmt"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
)

func small(id string) bson.Raw {
	raw, _ := bson.Marshal(bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: int64(1)}})
	return raw
}

// A check reads one moment of a store in which others write, delete and compact all the
// while, and finds it whole. Before, it could read pages that had been used again, and a
// healthy server took no response any more.
func TestCheckWhileOthersWrite(t *testing.T) {
	t.Parallel()
	store, err := bolt.Open(t.TempDir() + "/busy.db")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	done := make(chan struct{})
	var busy sync.WaitGroup
	work := func(f func(i int) error) {
		busy.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				if err := f(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for worker := range 3 {
		work(func(i int) error {
			id := fmt.Sprintf("%d-%06d", worker, i%300)
			doc := func(rev int) bson.Raw {
				raw, _ := bson.Marshal(bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: int64(rev)}, {Key: "text", Value: make([]byte, 900)}})
				return raw
			}
			if _, err := store.Insert(t.Context(), survey.Contacts, doc(1)); err != nil {
				return err
			}
			if err := store.Replace(t.Context(), survey.Contacts, 1, doc(2)); err != nil {
				return err
			}
			return store.Delete(t.Context(), survey.Contacts, id, 2)
		})
	}
	work(func(int) error { return store.Compact(t.Context()) })
	for range 150 {
		looked := 0
		told := func(int) error { // while it is under way others change a few things
			if looked++; looked > 6 {
				return nil
			}
			if _, err := store.Insert(t.Context(), survey.Units, small("meanwhile")); err != nil {
				return err
			}
			return store.Delete(t.Context(), survey.Units, "meanwhile", 1)
		}
		n, err := store.Check(t.Context(), told, func(d survey.Damage) { t.Errorf("damage in a whole store: %v", &d) })
		if err != nil || n.Pages == 0 {
			t.Errorf("%d pages, error %v", n.Pages, err)
		}
		if t.Failed() {
			break
		}
	}
	close(done)
	busy.Wait()
	if d := store.Damaged(); d != nil {
		t.Errorf("the store takes no write any more: %v", d)
	}
}
