// Package catalog holds what every installation starts with: the units of the
// Mường Tè area in both time frames, the fields of administrative procedures,
// the targets of the reform plan and the questionnaires, as YAML embedded in
// the binary.
//
// It owns the files and the rules that they keep. It must not know a store, a
// campaign's figures, or pages. It holds no schools: those are imported.
//
// Stores keep what they once took in. So a new wording of a questionnaire is a
// new version in a file beside the old one, and a change to another entry
// reaches only new stores; the others report at start that they keep theirs.
package catalog

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"hailong/survey"
	"hailong/survey/questions"
	"hailong/survey/source"
)

//go:embed units.yaml sectors.yaml scales.yaml targets.yaml questionnaires/*.yaml
var embedded embed.FS

// Load returns the embedded catalogue, checked, without campaigns and points.
// The caller owns the slices, but not what they point to.
func Load() (*survey.Catalog, error) {
	c, err := load()
	if err != nil {
		return nil, err
	}
	return (&survey.Catalog{
		Units:          slices.Clone(c.Units),
		Sectors:        slices.Clone(c.Sectors),
		Questionnaires: slices.Clone(c.Questionnaires),
		Targets:        slices.Clone(c.Targets),
	}).Index(), nil
}

// The files cannot change while the program runs, so they are read once.
var load = sync.OnceValues(func() (*survey.Catalog, error) { return Read(embedded) })

// Read reads a catalogue laid out as the embedded one and checks it. The error
// is Problems with every mistake in it: of a file that is not YAML, or that
// does not fit its type, the first one; of all others every broken rule.
func Read(fsys fs.FS) (*survey.Catalog, error) {
	files := &source.Files{FS: fsys}
	var (
		units   struct{ Units []survey.Unit }
		sectors struct{ Sectors []survey.Sector }
		scales  struct{ Scales []survey.Scale }
		targets struct{ Targets []survey.Target }
	)
	unitFile := files.Read("units.yaml", &units)
	sectorFile := files.Read("sectors.yaml", &sectors)
	scaleFile := files.Read("scales.yaml", &scales)
	targetFile := files.Read("targets.yaml", &targets)
	checkUnits(unitFile, units.Units)
	checkSectors(sectorFile, sectors.Sectors)
	questions.CheckScales(scaleFile, scales.Scales)
	checkTargets(targetFile, targets.Targets, sectors.Sectors)

	names, err := fs.Glob(fsys, "questionnaires/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list questionnaires: %w", err)
	}
	forms := questions.FormChecker{Scales: scales.Scales}
	var questionnaires []survey.Questionnaire
	for _, name := range names {
		var q survey.Questionnaire
		f := files.Read(name, &q)
		if f.Broken {
			continue
		}
		forms.Check(f, &q)
		q.ID, q.Rev = q.Ref().ID(), 1
		questionnaires = append(questionnaires, q)
	}

	for i := range units.Units {
		units.Units[i].Rev = 1
	}
	for i := range sectors.Sectors {
		sectors.Sectors[i].Rev, sectors.Sectors[i].Order = 1, i+1
	}
	for i := range targets.Targets {
		targets.Targets[i].Rev, targets.Targets[i].Order = 1, i+1
	}
	if problems := files.Problems(); len(problems) > 0 {
		return nil, problems
	}
	return (&survey.Catalog{
		Units: units.Units, Sectors: sectors.Sectors,
		Questionnaires: questionnaires, Targets: targets.Targets,
	}).Index(), nil
}
