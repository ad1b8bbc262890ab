package demo

import (
	"context"
	"embed"
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"hailong/survey"
	"hailong/survey/catalog"
	"hailong/survey/ledger"
	"hailong/survey/registry"
	"hailong/survey/source"
)

//go:embed demo.yaml
var embedded embed.FS

// Demo is a year of invented responses over the shipped catalogue and sample
// schools, for people who want to see the product before they use it, and for
// measuring it. The same Demo always gives the same documents.
type Demo struct {
	Seed      uint64
	Today     survey.Date // responses end the day before, so that none is of the future
	Responses int         // how many; 20,000 show something everywhere

	// Stored is told how many responses each write of Fill stored; nil: nobody.
	Stored func(responses int)
}

// demoBatch is how many responses are stored in one write.
const demoBatch = 2000

// Fill fills an empty store: the catalogue, sample schools, campaigns and
// points, all marked as a demonstration, the responses, and how many people were
// served. It must not be
// given a store that is meant for real responses.
func (d Demo) Fill(ctx context.Context, store survey.Store) error {
	c, err := d.catalog(ctx, store)
	if err != nil {
		return fmt.Errorf("make the demonstration: %w", err)
	}
	entered := ledger.New(store, func() time.Time { return d.Today.Time() })
	batch := make([]survey.Response, 0, demoBatch)
	flush := func() error {
		_, err := entered.Keep(ctx, nil, batch...)
		if err == nil && d.Stored != nil {
			d.Stored(len(batch))
		}
		batch = batch[:0]
		return err
	}
	people := served{}
	for response, err := range d.Year(c) {
		if err != nil {
			return fmt.Errorf("make the demonstration: %w", err)
		}
		people.answered(c, &response)
		if batch = append(batch, response); len(batch) == demoBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if _, err := entered.CloseNow(ctx); err != nil { // nobody stood in this order
		return err
	}
	return people.store(ctx, store, d)
}

// catalog stores what the responses stand on and returns it.
func (d Demo) catalog(ctx context.Context, store survey.Store) (*survey.Catalog, error) {
	shipped, err := catalog.Load()
	if err != nil {
		return nil, err
	}
	codes := rand.NewChaCha8(d.key())
	seed := catalog.Seed{Catalog: shipped, Today: d.Today, Random: codes, Demo: true}
	if _, err := seed.Apply(ctx, store); err != nil {
		return nil, err
	}
	c, err := survey.LoadCatalog(ctx, store)
	if err != nil {
		return nil, err
	}
	rows, err := sampleSchools(c, d.Today)
	if err != nil {
		return nil, err
	}
	list := registry.SchoolList{Catalog: c, On: d.Today, Random: codes, Demo: true}
	plan, problems, err := list.Plan(rows)
	switch {
	case err != nil:
		return nil, err
	case len(problems) > 0:
		return nil, fmt.Errorf("sample school %d: %s: %s", problems[0].Row, problems[0].Column, problems[0].Message)
	}
	if err := storeSchools(ctx, store, plan); err != nil {
		return nil, err
	}
	return survey.LoadCatalog(ctx, store)
}

// storeSchools stores the sample schools of a store that is being made: nobody
// is at work in it, and its log begins after it.
func storeSchools(ctx context.Context, store survey.Store, plan registry.SchoolPlan) error {
	if _, err := survey.InsertAll(ctx, store, survey.Units, plan.New); err != nil {
		return err
	}
	if _, err := survey.InsertAll(ctx, store, survey.Points, plan.Points); err != nil {
		return err
	}
	points := survey.Documents[survey.Point]{Store: store, Collection: survey.Points}
	for _, p := range plan.Off {
		if err := points.Replace(ctx, p.Rev-1, p); err != nil {
			return err
		}
	}
	return nil
}

func (d Demo) key() (key [32]byte) {
	binary.LittleEndian.PutUint64(key[:], d.Seed)
	return key
}

// demoData is the content of demo.yaml.
type demoData struct {
	Schools []sampleSchool
	Centre  sampleSchool
	Sectors []struct {
		ID     survey.SectorID
		Weight int
	}
	Choices []struct {
		Item    string
		Weights []int
		Poor    []int
	}
	Texts []struct {
		Item string
		Good []string
		Poor []string
	}
}

type sampleSchool struct {
	Name  string
	Level string
	Code  string
}

func readDemo() (demoData, error) {
	var data demoData
	files := &source.Files{FS: embedded}
	files.Read("demo.yaml", &data)
	if problems := files.Problems(); len(problems) > 0 {
		return data, problems
	}
	return data, nil
}

// sampleSchools lists the sample schools of every commune in force.
func sampleSchools(c *survey.Catalog, on survey.Date) ([]registry.SchoolRow, error) {
	data, err := readDemo()
	if err != nil {
		return nil, err
	}
	var rows []registry.SchoolRow
	add := func(s sampleSchool, in survey.Unit, name, code string) {
		rows = append(rows, registry.SchoolRow{Row: len(rows) + 1, Name: name, Level: s.Level, Unit: string(in.ID), Code: code})
	}
	for _, u := range c.Units {
		switch {
		case !u.Valid.Contains(on):
		case u.Kind == survey.Commune:
			for _, s := range data.Schools {
				commune := strings.Replace(u.Name.In(survey.Vietnamese), "Xã", "xã", 1) // inside a name
				add(s, u, fmt.Sprintf(s.Name, commune), "MAU-"+s.Code+"-"+u.Code)
			}
		case u.Kind == survey.Area:
			add(data.Centre, u, data.Centre.Name, "MAU-"+data.Centre.Code)
		}
	}
	return rows, nil
}

// Year yields the responses, by rising time and id. The catalogue is one that
// Fill stored. An error is one of the demonstration's data and ends the year.
func (d Demo) Year(c *survey.Catalog) iter.Seq2[survey.Response, error] {
	return func(yield func(survey.Response, error) bool) {
		data, err := readDemo()
		if err != nil {
			yield(survey.Response{}, err)
			return
		}
		g := newGenerator(c, data, d)
		for _, v := range g.visits(d.Responses) {
			response, err := g.response(v)
			if !yield(response, err) || err != nil {
				return
			}
		}
	}
}
