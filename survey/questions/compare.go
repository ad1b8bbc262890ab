package questions

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"hailong/survey"
)

// FormChange is one thing that two versions of a questionnaire differ in.
type FormChange struct {
	Kind   string      // "added", "removed", "moved", "changed"
	Part   string      // "form", "section", "factor", "item"
	Code   string      // of the part
	Label  survey.Text // of the part
	Field  string      // what was changed: "label", "options", …
	Before string
	After  string
}

// CompareForms lists what was changed from one version to another, item by
// item, in the order of the newer one. Two versions that ask the same are
// equal, whatever their revision.
func CompareForms(before, after *survey.Questionnaire) []FormChange {
	var changes []FormChange
	note := func(part, code string, label survey.Text, was, is []formField) {
		for i := range was {
			if was[i].value != is[i].value {
				changes = append(changes, FormChange{"changed", part, code, label, was[i].name, was[i].value, is[i].value})
			}
		}
	}
	note("form", "", after.Title, headFields(before), headFields(after))
	compareParts(&changes, "factor", before.Factors, after.Factors, func(f survey.Factor) (string, survey.Text) { return f.Code, f.Name },
		func(f survey.Factor) []formField { return []formField{{"name", textValue(f.Name)}} }, note)
	compareParts(&changes, "section", before.Sections, after.Sections, func(s survey.Section) (string, survey.Text) { return s.Code, s.Title },
		func(s survey.Section) []formField {
			return []formField{{"title", textValue(s.Title)}, {"lead", textValue(s.Lead)}}
		}, note)
	type placed struct {
		*survey.Item
		section string
	}
	items := func(q *survey.Questionnaire) []placed {
		var all []placed
		for s := range q.Sections {
			for i := range q.Sections[s].Items {
				all = append(all, placed{&q.Sections[s].Items[i], q.Sections[s].Code})
			}
		}
		return all
	}
	compareParts(&changes, "item", items(before), items(after), func(p placed) (string, survey.Text) { return p.Code, p.Label },
		func(p placed) []formField { return append(itemFields(p.Item), formField{"section", p.section}) }, note)
	return changes
}

// compareParts compares two lists of parts by code: what is new, gone, in
// another order, or different.
func compareParts[T any](changes *[]FormChange, part string, before, after []T, name func(T) (string, survey.Text), fields func(T) []formField,
	note func(part, code string, label survey.Text, was, is []formField),
) {
	known := map[string]T{}
	var stayed []string
	kept := map[string]bool{}
	for _, p := range after {
		code, _ := name(p)
		kept[code] = true
	}
	for _, p := range before {
		code, label := name(p)
		known[code] = p
		if kept[code] {
			stayed = append(stayed, code)
		} else {
			*changes = append(*changes, FormChange{Kind: "removed", Part: part, Code: code, Label: label})
		}
	}
	var order []string
	for _, p := range after {
		if code, _ := name(p); !isZero(known, code) {
			order = append(order, code)
		}
	}
	moved := map[string]bool{}
	for _, code := range outOfOrder(stayed, order) {
		moved[code] = true
	}
	for _, p := range after {
		code, label := name(p)
		was, there := known[code]
		switch {
		case !there:
			*changes = append(*changes, FormChange{Kind: "added", Part: part, Code: code, Label: label})
			continue
		case moved[code]:
			*changes = append(*changes, FormChange{Kind: "moved", Part: part, Code: code, Label: label})
		}
		note(part, code, label, fields(was), fields(p))
	}
}

func isZero[T any](known map[string]T, code string) bool {
	_, there := known[code]
	return !there
}

// outOfOrder returns the fewest codes that have to move to turn one order into
// the other: those outside a longest common subsequence.
func outOfOrder(before, after []string) []string {
	longest := make([][]int, len(before)+1)
	for i := range longest {
		longest[i] = make([]int, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			if before[i] == after[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var moved []string
	i := 0
	for j := 0; j < len(after); {
		switch {
		case i < len(before) && before[i] == after[j]:
			i, j = i+1, j+1
		case i < len(before) && longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			moved = append(moved, after[j])
			j++
		}
	}
	return moved
}

// formField is a part's field as a person reads it.
type formField struct{ name, value string }

func headFields(q *survey.Questionnaire) []formField {
	var scales []string
	for _, s := range q.Scales {
		scales = append(scales, s.ID+": "+optionsValue(s.Points)+fmt.Sprint(s.Satisfied))
	}
	return []formField{
		{"title", textValue(q.Title)},
		{"intro", textValue(q.Intro)},
		{"source", textValue(q.Source)},
		{"family", string(q.Family)},
		{"level", string(q.Level)},
		{"scales", strings.Join(scales, "\n")},
	}
}

func itemFields(it *survey.Item) []formField {
	var when []string
	for _, w := range it.ShowIf {
		when = append(when, w.Item+" = "+codesValue(w.In))
	}
	return []formField{
		{"type", string(it.Type)},
		{"label", textValue(it.Label)},
		{"hint", textValue(it.Hint)},
		{"scale", it.Scale},
		{"options", optionsValue(it.Options)},
		{"na", textValue(it.NA)},
		{"required", boolValue(it.Required)},
		{"range", rangeValue(it)},
		{"show_if", strings.Join(when, "; ")},
		{"factor", it.Factor},
		{"overall", boolValue(it.Overall)},
		{"sensitive", boolValue(it.Sensitive)},
	}
}

func boolValue(b bool) string {
	if b {
		return "✓"
	}
	return ""
}

func rangeValue(it *survey.Item) string {
	if it.Min == 0 && it.Max == 0 {
		return ""
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	return number(it.Min) + " – " + number(it.Max)
}

func codesValue(codes []int) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = strconv.Itoa(c)
	}
	return strings.Join(words, ", ")
}

func textValue(t survey.Text) string {
	var parts []string
	for _, lang := range survey.SortedLangs(maps.Keys(t)) {
		if t[lang] != "" {
			parts = append(parts, string(lang)+": "+t[lang])
		}
	}
	return strings.Join(parts, "\n")
}

func optionsValue(options []survey.Option) string {
	var lines []string
	for _, o := range options {
		line := strconv.Itoa(o.Code) + ". " + strings.ReplaceAll(textValue(o.Label), "\n", " / ")
		if o.Write {
			line += " …"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
