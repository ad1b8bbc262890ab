package main

import (
	"go/ast"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sameInSeveral are the names that several packages give to a type, and why
// that misleads nobody.
var sameInSeveral = map[string]string{
	"Handlers": "each room of web has its own, with its routes",
	"Pooling":  "analysis computes what survey declares, and imports nothing of ours",
	"Server":   "the tests' one is web's with a client beside it",
	"Services": "the API's are the part of web's that it needs",
	"Store":    "both stores are survey's Store",
}

// Whoever reads the name of a type knows what it means, wherever it stands.
// Generated files are left out: the generated types of web/api carry the names
// of the interface's document, web/api/openapi.yaml.
func TestTypeNamesMeanOneThing(t *testing.T) {
	t.Parallel()
	packages, spelled := map[string][]string{}, map[string]string{}
	for path, file := range sourceFiles(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			if _, body := n.(*ast.BlockStmt); body {
				return false
			}
			if declared, ok := n.(*ast.TypeSpec); ok && declared.Name.IsExported() {
				name := strings.ToLower(declared.Name.Name)
				packages[name], spelled[name] = append(packages[name], filepath.Dir(path)), declared.Name.Name
			}
			return true
		})
	}
	if len(packages) < 200 {
		t.Fatalf("%d exported type names were found; the walk misses some", len(packages))
	}
	if len(sameInSeveral) > 5 {
		t.Errorf("%d names are allowed in several packages, want 5 at most", len(sameInSeveral))
	}
	for name, in := range packages {
		if len(in) > 1 && sameInSeveral[spelled[name]] == "" {
			t.Errorf("type %s is declared in %s: give each thing a name of its own", spelled[name], strings.Join(in, ", "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sameInSeveral)) {
		if len(packages[strings.ToLower(name)]) < 2 {
			t.Errorf("type %s is declared once; it needs no reason here", name)
		}
	}
}
