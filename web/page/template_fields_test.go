package page

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"golang.org/x/tools/go/packages"

	"hailong/survey"
)

// Every field and method that a page's template names, on every branch of it, is
// one that the struct has with which its room renders the page. html/template
// itself finds out only when somebody looks at that branch.
func TestTemplatesNameFieldsThatExist(t *testing.T) {
	t.Parallel()
	locales, err := LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	views, err := LoadViews(locales, assets, roomsOnDisk(t)...)
	if err != nil {
		t.Fatal(err)
	}
	rendered := renderedTypes(t)
	for name, set := range views.sets {
		page, ofThisLanguage := strings.CutSuffix(name, "."+string(survey.Vietnamese))
		if !ofThisLanguage { // the trees are the same in each
			continue
		}
		if len(rendered[page]) == 0 {
			t.Errorf("nobody renders %s", page)
		}
		trees := map[string]*parse.Tree{}
		for _, one := range set.Templates() {
			trees[one.Name()] = one.Tree
		}
		for _, data := range rendered[page] {
			w := &fieldWalk{trees: trees, seen: map[string]bool{}, fault: func(format string, args ...any) {
				t.Errorf("%s of %s: %s", page, data, fmt.Sprintf(format, args...))
			}}
			w.template("base", data)
		}
	}
	for page := range rendered {
		if views.sets[viewName(page, survey.Vietnamese)] == nil {
			t.Errorf("%s is rendered and no template is", page)
		}
	}
}

// roomsOnDisk are the templates of every room beside this package.
func roomsOnDisk(t *testing.T) []Room {
	t.Helper()
	var rooms []Room
	for _, pattern := range []string{"../*/templates", "../staff/*/templates"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range found {
			if room := filepath.Dir(dir); room != "../page" {
				rooms = append(rooms, Room{Files: os.DirFS(room), Staff: strings.HasPrefix(room, "../staff")})
			}
		}
	}
	return rooms
}

// renderedTypes are the types of the structs with which the code of all rooms
// renders each page.
func renderedTypes(t *testing.T) map[string][]types.Type {
	t.Helper()
	const mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo
	loaded, err := packages.Load(&packages.Config{Mode: mode}, "hailong/web/...")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]types.Type{}
	for _, pkg := range loaded {
		for _, err := range pkg.Errors {
			t.Fatal(err)
		}
		for _, file := range pkg.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) < 2 {
					return true
				}
				method, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || method.Sel.Name != "Render" && method.Sel.Name != "RenderBytes" {
					return true
				}
				name, data := pkg.TypesInfo.Types[call.Args[len(call.Args)-2]], pkg.TypesInfo.Types[call.Args[len(call.Args)-1]]
				if name.Value == nil || name.Value.Kind() != constant.String {
					return true
				}
				page := constant.StringVal(name.Value)
				same := func(known types.Type) bool { return known.String() == data.Type.String() }
				if !slices.ContainsFunc(found[page], same) {
					found[page] = append(found[page], data.Type)
				}
				return true
			})
		}
	}
	return found
}

// fieldWalk follows the types of values through the templates of one page. The
// type of what has no fields that anybody asks for may be nil.
type fieldWalk struct {
	trees map[string]*parse.Tree
	seen  map[string]bool // template and type
	fault func(format string, args ...any)
}

// variables are the types of what a template has declared.
type variables map[string]types.Type

// template walks a template that is given a value.
func (w *fieldWalk) template(name string, data types.Type) {
	name, _, _ = strings.Cut(name, "$htmltemplate_") // the same text, escaped for another context
	key := fmt.Sprint(name, " ", data)
	if tree := w.trees[name]; tree != nil && !w.seen[key] {
		w.seen[key] = true
		w.list(tree.Root, data, variables{"$": data})
	}
}

func (w *fieldWalk) list(list *parse.ListNode, dot types.Type, vars variables) {
	if list == nil {
		return
	}
	vars = maps.Clone(vars)
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			w.value(n.Pipe, dot, vars)
		case *parse.TemplateNode:
			var data types.Type
			if n.Pipe != nil {
				data = w.value(n.Pipe, dot, vars)
			}
			w.template(n.Name, data)
		case *parse.IfNode:
			w.branch(&n.BranchNode, dot, dot, vars)
		case *parse.WithNode:
			w.branch(&n.BranchNode, w.value(n.Pipe, dot, maps.Clone(vars)), dot, vars)
		case *parse.RangeNode:
			_, element := elements(w.value(n.Pipe, dot, maps.Clone(vars)))
			w.branch(&n.BranchNode, element, dot, vars)
		}
	}
}

// branch walks both sides of an if, with or range.
func (w *fieldWalk) branch(b *parse.BranchNode, inside, dot types.Type, vars variables) {
	vars = maps.Clone(vars)
	of := w.value(b.Pipe, dot, vars)
	if b.NodeType == parse.NodeRange {
		key, element := elements(of)
		switch declared := b.Pipe.Decl; len(declared) {
		case 1:
			vars[declared[0].Ident[0]] = element
		case 2:
			vars[declared[0].Ident[0]], vars[declared[1].Ident[0]] = key, element
		}
	}
	w.list(b.List, inside, vars)
	w.list(b.ElseList, dot, vars)
}

// elements are the types that range gives of a value.
func elements(of types.Type) (key, element types.Type) {
	if of == nil {
		return nil, nil
	}
	switch of := of.Underlying().(type) {
	case *types.Slice:
		return types.Typ[types.Int], of.Elem()
	case *types.Array:
		return types.Typ[types.Int], of.Elem()
	case *types.Map:
		return of.Key(), of.Elem()
	case *types.Basic:
		return of, of
	}
	return nil, nil
}

// value is the type of an expression.
func (w *fieldWalk) value(n parse.Node, dot types.Type, vars variables) types.Type {
	switch n := n.(type) {
	case *parse.PipeNode:
		var of types.Type
		for _, command := range n.Cmds {
			of = w.command(command, dot, vars)
		}
		for _, declared := range n.Decl {
			vars[declared.Ident[0]] = of
		}
		return of
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return w.fields(n, dot, n.Ident)
	case *parse.VariableNode:
		return w.fields(n, vars[n.Ident[0]], n.Ident[1:])
	case *parse.ChainNode:
		return w.fields(n, w.value(n.Node, dot, vars), n.Field)
	case *parse.StringNode:
		return types.Typ[types.String]
	}
	return nil
}

// command is the type of a call, or of a value alone.
func (w *fieldWalk) command(c *parse.CommandNode, dot types.Type, vars variables) types.Type {
	args := make([]types.Type, len(c.Args))
	for i, arg := range c.Args {
		args[i] = w.value(arg, dot, vars)
	}
	function, ok := c.Args[0].(*parse.IdentifierNode)
	switch {
	case !ok:
		return args[0]
	case function.Ident == "index" && len(args) == 3:
		_, element := elements(args[1])
		return element
	case function.Ident == "or" || function.Ident == "and":
		return args[len(args)-1]
	}
	return nil
}

// fields is the type that a chain of fields and methods leads to.
func (w *fieldWalk) fields(n parse.Node, of types.Type, names []string) types.Type {
	for _, name := range names {
		if of == nil {
			w.fault("%s: this test cannot tell of what type it is", n)
			return nil
		}
		object, _, _ := types.LookupFieldOrMethod(of, true, nil, name)
		switch object := object.(type) {
		case *types.Var:
			of = object.Type()
		case *types.Func:
			of = object.Signature().Results().At(0).Type()
		default:
			m, ok := of.Underlying().(*types.Map)
			if !ok {
				w.fault("%s: %s has no %s", n, of, name)
				return nil
			}
			of = m.Elem()
		}
	}
	return of
}
