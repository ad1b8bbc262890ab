package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
	"hailong/survey/faulttest"
)

// citizens answer at points of a server that is broken meanwhile. Each form has a comment
// of its own, by which it is found among what is stored: its id is not the response's.
type citizens struct {
	t      *testing.T
	points []survey.PointCode
	client *http.Client

	base    atomic.Pointer[string] // of the server that is there now
	number  atomic.Int64
	stopped atomic.Bool

	mu       sync.Mutex
	sent     int
	acked    map[string]bool
	open     []sentForm // sent, and not acknowledged yet
	refused  int        // with what they typed
	statuses map[int]int
}

// sentForm is a form that was filled in.
type sentForm struct {
	action  string
	values  url.Values
	comment string
}

// newCitizens are citizens at the points of a store after its first start.
func newCitizens(t *testing.T, store string) *citizens {
	t.Helper()
	var listed []struct {
		Code survey.PointCode
		Kind string
	}
	if err := json.Unmarshal([]byte(mustCommand(t, "points", "list", "--json", "--store", store)), &listed); err != nil {
		t.Fatal(err)
	}
	c := &citizens{
		t: t, acked: map[string]bool{}, statuses: map[int]int{},
		client: &http.Client{
			Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(c.client.CloseIdleConnections)
	for _, p := range listed[:min(len(listed), 8)] {
		c.points = append(c.points, p.Code)
	}
	return c
}

// at has them go to a server.
func (c *citizens) at(base string) { c.base.Store(&base) }

// answer has so many of them answer at once, until stop ends.
func (c *citizens) answer(writers int) (stop func()) {
	c.stopped.Store(false)
	var all sync.WaitGroup
	for i := range writers {
		random := rand.New(rand.NewPCG(uint64(i), uint64(c.number.Add(1))))
		all.Go(func() {
			for !c.stopped.Load() {
				form, err := c.fill(random)
				if err != nil {
					time.Sleep(10 * time.Millisecond) // there is no server at present
					continue
				}
				c.send(form, random.IntN(4) == 0)
			}
		})
	}
	return func() {
		c.stopped.Store(true)
		all.Wait()
	}
}

// await returns when so many more forms were acknowledged.
func (c *citizens) await(more int) {
	c.t.Helper()
	c.awaitCount(more, func() int { return len(c.acked) })
}

// awaitRefused returns when so many more forms were refused for now.
func (c *citizens) awaitRefused(more int) {
	c.t.Helper()
	c.awaitCount(more, func() int { return c.refused })
}

func (c *citizens) awaitCount(more int, count func() int) {
	c.t.Helper()
	now := func() int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return count()
	}
	enough := time.Now().Add(5 * time.Minute) // for a machine with much else to do
	for until := now() + more; now() < until; {
		if time.Now().After(enough) {
			c.t.Fatalf("nothing goes on: %v", c.statuses)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// fill opens a form and fills it in.
func (c *citizens) fill(random *rand.Rand) (f sentForm, err error) {
	code := c.points[random.IntN(len(c.points))]
	return c.fillAt("/s/"+string(code), random)
}

func (c *citizens) fillAt(path string, random *rand.Rand) (f sentForm, err error) {
	resp, err := c.client.Get(*c.base.Load() + path)
	if err != nil {
		return f, err
	}
	defer resp.Body.Close()
	doc, err := goquery.NewDocumentFromReader(resp.Body)
	if err != nil {
		return f, err
	}
	form := doc.Find("#form")
	if resp.StatusCode != http.StatusOK || form.Length() == 0 {
		return f, fmt.Errorf("%s: %d", path, resp.StatusCode)
	}
	f = sentForm{action: form.AttrOr("action", ""), values: url.Values{}, comment: fmt.Sprintf("phiếu %d", c.number.Add(1))}
	form.Find("input[type=hidden]").Each(func(_ int, input *goquery.Selection) {
		f.values.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	choices := map[string][]string{}
	form.Find("input[type=radio]").Each(func(_ int, input *goquery.Selection) {
		name := input.AttrOr("name", "")
		choices[name] = append(choices[name], input.AttrOr("value", ""))
	})
	for _, name := range slices.Sorted(maps.Keys(choices)) {
		f.values.Set(name, choices[name][random.IntN(len(choices[name]))])
	}
	form.Find("textarea").Last().Each(func(_ int, area *goquery.Selection) { f.values.Set(area.AttrOr("name", ""), f.comment) })
	return f, nil
}

// send sends a form until it is taken or the server is gone; twice, as an impatient finger
// does, if it is asked to.
func (c *citizens) send(f sentForm, twice bool) {
	c.mu.Lock()
	c.sent++
	c.mu.Unlock()
	other := make(chan bool, 1)
	if twice {
		go func() { other <- c.post(f) }()
	}
	taken := c.post(f)
	for i := 0; !taken && i < 3 && !c.stopped.Load(); i++ {
		taken = c.post(f)
	}
	if twice {
		taken = <-other || taken
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if taken {
		c.acked[f.comment] = true
	} else {
		c.open = append(c.open, f)
	}
}

// post sends a form once and reports whether it was taken. One that is refused for now
// comes back with what was typed.
func (c *citizens) post(f sentForm) bool {
	resp, err := c.client.PostForm(*c.base.Load()+f.action, f.values)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statuses[resp.StatusCode]++
	switch {
	case resp.StatusCode == http.StatusSeeOther:
		return true
	case resp.StatusCode == http.StatusServiceUnavailable && err == nil:
		c.refused++
		if !strings.Contains(string(body), f.comment) {
			c.t.Errorf("refused for now, the form came back without what was typed")
		}
	case resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusUnprocessableEntity:
		c.t.Errorf("a form was answered with %d", resp.StatusCode)
	}
	return false
}

// again sends what was not acknowledged once more, as the same form: whether it was
// stored or not, it is once then.
func (c *citizens) again() {
	c.mu.Lock()
	open := c.open
	c.open = nil
	c.mu.Unlock()
	for _, f := range open {
		if c.post(f) {
			c.mu.Lock()
			c.acked[f.comment] = true
			c.mu.Unlock()
		}
	}
}

// outcome holds what was acknowledged against what a store holds, and checks the store.
func (c *citizens) outcome(store, done string) faulttest.Outcome {
	c.t.Helper()
	if out, messages, err := runCommand(c.t, "check", "--store", store); err != nil {
		c.t.Errorf("%s: hailong check: %v\n%s%s", done, err, out, messages)
	}
	s := shelltest.OpenURL(c.t, store)
	defer shelltest.CloseStore(c.t, s)
	stored := map[string]int{}
	n := 0
	err := s.Scan(c.t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		var r survey.Response
		if err := r.UnmarshalBSON(doc); err != nil {
			return err
		}
		n++
		for _, words := range r.Texts {
			if strings.HasPrefix(words.Text, "phiếu ") {
				stored[words.Text]++
			}
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	o := faulttest.Outcome{Done: done, Acknowledged: len(c.acked), Stored: n}
	for comment := range c.acked {
		if stored[comment] == 0 {
			o.Lost++
		}
	}
	for _, times := range stored {
		o.Doubled += times - 1
	}
	if len(c.acked) == 0 {
		c.t.Errorf("%s: nothing was acknowledged, so that nothing could be lost: %v", done, c.statuses)
	}
	return o
}
