package source

import (
	"fmt"
	"strings"
)

// Problem is one mistake in a catalogue file.
type Problem struct {
	File string
	Line int
	Text string // in English

	Path string // of the value: "$.sections[1].items[3].label"
	Key  string // of a broken rule of questionnaires, for translation; else empty
	Args []any  // of the sentence
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Problems are all mistakes found in a catalogue, by file and line.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// sentences are what the rules of questionnaires say when they are broken, by
// the key of the rule. Package web has the same sentences in its languages
// under "questionnaire.rule.".
var sentences = map[string]string{
	"file_large":      "the file is larger than %d KiB; no questionnaire is: check that it is the right file",
	"file_deep":       "lists and fields are nested more than %d deep; no questionnaire needs that: check that it is the right file",
	"file_nodes":      "the file holds more than %d values; make several questionnaires of it",
	"file_alias":      "anchors (&) and aliases (*) are not taken; write the value out, or put it in quotes",
	"code_meaning":    "item %q is %s here, but %s in %s: one code has one meaning in a family",
	"bad_code":        "code %q: write small letters, digits and hyphens",
	"bad_version":     "version %d: versions count from 1",
	"version_twice":   "version %d of %q stands in %s too",
	"bad_order":       "order %d must be positive and another form's must differ",
	"unknown_family":  "unknown family %q",
	"unknown_level":   "unknown level %q",
	"level_family":    "a form of family %q has a level, others have none",
	"scales_apart":    "scales are written in scales.yaml",
	"factor_twice":    "factor %q stands twice",
	"section_no_code": "a section without a code",
	"section_twice":   "section %q stands twice",
	"section_empty":   "section %q has no items",
	"factor_unused":   "no item is of factor %q",
	"overall_count":   "%d items are marked overall; a form has exactly one",
	"sector_count":    "%d items ask for the sector; a form has at most one",
	"item_code":       "item code %q: write letters, digits and underlines, a letter first",
	"item_twice":      "item %q stands twice",
	"unknown_type":    "unknown type %q",
	"misplaced":       "an item of type %q has no %q",
	"max_min":         "max %v is not above min %v",
	"max_options":     "max %v: write a whole number up to the %d options",
	"unknown_scale":   "scale %q does not exist",
	"few_options":     "item %q needs at least two options",
	"option_range":    "code %d is not between 1 and %d",
	"option_twice":    "code %d stands twice",
	"overall_factor":  "the overall question is of no factor",
	"unknown_factor":  "factor %q does not exist",
	"index_type":      "only a scale item can be in an index",
	"index_points":    "scale %q has %d points, that of earlier index items %d: they cannot be in one index",
	"show_item":       "show_if: no earlier item %q",
	"show_codes":      "show_if: no codes of %q",
	"show_code":       "show_if: %q has no code %d",
	"sensitive":       "item %q is sensitive: it must be shown only after a consent item",
	"text_missing":    "the text is missing in %q",
}
