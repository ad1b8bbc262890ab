package licences

import (
	_ "embed"
	"strings"
)

//go:embed notices.txt
var notices string

// Notices are the licences and notices of every module that a binary links, and of Go:
// a line "== MODULE VERSION" for each that the text below is of.
func Notices() string { return notices }

// Named are the modules of the notices, "MODULE VERSION" each.
func Named() []string {
	var names []string
	for line := range strings.Lines(notices) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "== "); ok {
			names = append(names, name)
		}
	}
	return names
}
