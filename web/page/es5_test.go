package page

import (
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// The scripts of forms, kiosks and screens must run in WebViews that know no newer syntax than ES5.
// esbuild lowers newer syntax where it can and complains where it cannot; here
// there must be nothing to lower.
func TestScriptsAreES5(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"hailong.js", "kiosk.js", "screen.js", "proof.js"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			isES5(t, name)
		})
	}
}

func isES5(t *testing.T, name string) {
	t.Helper()
	source, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		t.Fatal(err)
	}
	as := func(target api.Target) string {
		result := api.Transform(string(source), api.TransformOptions{
			Target:    target,
			Supported: map[string]bool{"object-extensions": false}, // else {id: id} is printed shorter
		})
		for _, m := range append(result.Errors, result.Warnings...) {
			t.Errorf("line %d: %s", m.Location.Line, m.Text)
		}
		return string(result.Code)
	}
	if as(api.ES5) != as(api.ESNext) {
		t.Error("the script uses syntax that is newer than ES5")
	}
}
