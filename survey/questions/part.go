package questions

import (
	"slices"

	"hailong/survey"
)

// AddItem puts a new item at the end of a section, or of the last one where no
// section has this code.
func AddItem(q *survey.Questionnaire, it survey.Item, section string) {
	at := sectionAt(q, section)
	if at < 0 {
		at = len(q.Sections) - 1
	}
	if at >= 0 {
		q.Sections[at].Items = append(q.Sections[at].Items, it)
	}
}

// ReplaceItem puts an item in the place of the one with a code or, where it
// moves to another section, at the end of that one. Conditions on an item that
// is renamed follow it.
func ReplaceItem(q *survey.Questionnaire, code string, it survey.Item, section string) {
	from, at := itemAt(q, code)
	if from < 0 {
		return
	}
	if to := sectionAt(q, section); to < 0 || to == from {
		q.Sections[from].Items[at] = it
	} else {
		q.Sections[from].Items = slices.Delete(q.Sections[from].Items, at, at+1)
		q.Sections[to].Items = append(q.Sections[to].Items, it)
	}
	for _, other := range q.Items() {
		for i := range other.ShowIf {
			if other.ShowIf[i].Item == code {
				other.ShowIf[i].Item = it.Code
			}
		}
	}
}

// MoveSection moves a section one place up or down.
func MoveSection(q *survey.Questionnaire, code string, up bool) {
	at := sectionAt(q, code)
	to := at + 1
	if up {
		to = at - 1
	}
	if at >= 0 && to >= 0 && to < len(q.Sections) {
		q.Sections[at], q.Sections[to] = q.Sections[to], q.Sections[at]
	}
}

// MoveItem moves an item one place up or down. From the end of its section it
// goes on to the neighbouring one.
func MoveItem(q *survey.Questionnaire, code string, up bool) {
	in, at := itemAt(q, code)
	if in < 0 {
		return
	}
	items := q.Sections[in].Items
	it := items[at]
	switch {
	case up && at > 0:
		items[at], items[at-1] = items[at-1], items[at]
	case !up && at < len(items)-1:
		items[at], items[at+1] = items[at+1], items[at]
	case up && in > 0:
		q.Sections[in].Items = slices.Delete(items, at, at+1)
		q.Sections[in-1].Items = append(q.Sections[in-1].Items, it)
	case !up && in < len(q.Sections)-1:
		q.Sections[in].Items = slices.Delete(items, at, at+1)
		q.Sections[in+1].Items = slices.Insert(q.Sections[in+1].Items, 0, it)
	}
}

// RemoveSection removes a section with its items, and what depended on them.
func RemoveSection(q *survey.Questionnaire, code string) {
	at := sectionAt(q, code)
	if at < 0 {
		return
	}
	removed := map[string]bool{}
	for _, it := range q.Sections[at].Items {
		removed[it.Code] = true
	}
	q.Sections = slices.Delete(q.Sections, at, at+1)
	removeDependents(q, removed)
}

// RemoveItem removes an item, and what depended on it.
func RemoveItem(q *survey.Questionnaire, code string) {
	in, at := itemAt(q, code)
	if in < 0 {
		return
	}
	q.Sections[in].Items = slices.Delete(q.Sections[in].Items, at, at+1)
	removeDependents(q, map[string]bool{code: true})
}

// removeDependents removes the conditions on items that were removed, which
// could never hold, and the scales that no item is answered on any more.
func removeDependents(q *survey.Questionnaire, removed map[string]bool) {
	for _, it := range q.Items() {
		it.ShowIf = slices.DeleteFunc(it.ShowIf, func(w survey.When) bool { return removed[w.Item] })
	}
	q.Scales = UsedScales(q, q.Scales)
}

// UsedScales returns those of some scales that a questionnaire's items are
// answered on. It changes the list it is given.
func UsedScales(q *survey.Questionnaire, scales []survey.Scale) []survey.Scale {
	return slices.DeleteFunc(scales, func(scale survey.Scale) bool {
		return !slices.ContainsFunc(q.Items(), func(it *survey.Item) bool { return it.Type == survey.ScaleItem && it.Scale == scale.ID })
	})
}

// sectionAt is the index of a section, -1 if there is none with this code.
func sectionAt(q *survey.Questionnaire, code string) int {
	return slices.IndexFunc(q.Sections, func(section survey.Section) bool { return section.Code == code })
}

// itemAt is the indexes of an item's section and of the item in it, -1 if there
// is no item with this code.
func itemAt(q *survey.Questionnaire, code string) (section, item int) {
	for i := range q.Sections {
		if at := slices.IndexFunc(q.Sections[i].Items, func(it survey.Item) bool { return it.Code == code }); at >= 0 {
			return i, at
		}
	}
	return -1, -1
}
