package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Responses come into a store by the ledger alone, which enters them before they are
// acknowledged. Backups and copies write every collection as they found it, the ledger's
// among them, and name none.
func TestOnlyTheLedgerTakesResponsesIn(t *testing.T) {
	t.Parallel()
	inserts := []string{"Insert", "Create", "Change", "InsertGroup"}
	entrances := 0
	for path, file := range sourceFiles(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			var name string
			var given []ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				name, given = lastName(n.Fun), n.Args
			case *ast.CompositeLit:
				name, given = lastName(n.Type), n.Elts
			default:
				return true
			}
			if !slices.Contains(inserts, name) {
				return true
			}
			for _, e := range given {
				if field, ok := e.(*ast.KeyValueExpr); ok {
					e = field.Value
				}
				switch {
				case lastName(e) != "Responses":
				case filepath.ToSlash(filepath.Dir(path)) == "../../survey/ledger":
					entrances++
				case strings.Contains(filepath.ToSlash(path), "/surveytest/"): // makes stores of before there was a ledger
				default:
					t.Errorf("%s puts responses into the store beside the ledger (%s)", path, name)
				}
			}
			return true
		})
	}
	if entrances == 0 {
		t.Error("the ledger's own entrance was not found; the walk misses it")
	}
}

// lastName is the name at the end of an expression: Responses of survey.Responses.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.IndexExpr: // of a generic function
		return lastName(e.X)
	}
	return ""
}

// sourceFiles are the files of the program by their paths, parsed, without tests and what
// is generated.
func sourceFiles(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	for _, top := range []string{"analysis", "cmd", "qr", "survey", "web"} {
		err := filepath.WalkDir(filepath.Join("..", "..", top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
				return err
			}
			files[path], err = parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}
