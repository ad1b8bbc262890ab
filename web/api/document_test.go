package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
	"hailong/survey/surveytest"
	"hailong/web/page"
)

// What is generated is what openapi.yaml says now: "go generate ./web/api".
func TestGeneratedCodeIsUpToDate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "api.gen.go")
	generate := exec.CommandContext(t.Context(), "go", "tool", "oapi-codegen", "-config", "generate.yaml", "-o", file, "openapi.yaml")
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("api.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestDocumentIsValid(t *testing.T) {
	t.Parallel()
	d, err := loadDocument()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.spec.Validate(t.Context(), openapi3.EnableSchemaFormatValidation()); err != nil {
		t.Error(err)
	}
}

// Every operation that openapi.yaml has is answered, and to nobody without a
// token that allows it. Only the document itself is for everybody.
func TestEveryOperationIsGuarded(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone) }
	store := surveytest.Store(t)
	accounts := people.NewAccounts(survey.NewChanges(store, audit.New(store, now), now), nil)
	surveyor, err := accounts.IssueToken(t.Context(), survey.Actor{}, "test", survey.Grant{Role: survey.Surveyor}, "")
	if err != nil {
		t.Fatal(err)
	}
	handlers, err := New(&page.Site{Now: now, Rates: page.NewRates(now)}, Services{Accounts: accounts}, "")
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		failed = err
		return c.SendStatus(fiber.StatusTeapot)
	}})
	if err := handlers.Mount(app); err != nil {
		t.Fatal(err)
	}
	send := func(method, path, secret string) int {
		t.Helper()
		failed = nil
		r := httptest.NewRequest(method, Prefix+path, nil)
		if secret != "" {
			r.Header.Set("Authorization", "Bearer "+secret)
		}
		resp, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	count := 0
	for path, item := range handlers.document.spec.Paths.Map() {
		for method := range item.Operations() {
			count++
			for secret, want := range map[string]survey.Kind{
				"": survey.Unauthenticated, "guess": survey.Unauthenticated, surveyor: survey.Forbidden,
			} {
				send(method, path, secret)
				if !survey.Is(failed, want) {
					t.Errorf("%s %s with token %q: %v, want %s", method, path, secret, failed, want)
				}
			}
		}
	}
	if count != len(rules) {
		t.Errorf("%d operations and %d rules", count, len(rules))
	}
	if status := send(http.MethodGet, "/openapi.json", ""); status != http.StatusOK {
		t.Errorf("the document answers %d", status)
	}
}

// An operation for which nobody decided who may use it is not mounted.
func TestOperationWithoutARule(t *testing.T) {
	t.Parallel()
	d, err := loadDocument()
	if err != nil {
		t.Fatal(err)
	}
	d.operation(http.MethodGet, "/points").OperationID = "getSecrets"
	g := guardedRouter{Router: fiber.New(), handlers: &Handlers{document: d}}
	RegisterHandlers(&g, &Handlers{})
	if err := errors.Join(g.faults...); err == nil || err.Error() != "nobody says who may getSecrets" {
		t.Errorf("faults %v", err)
	}
}
