package api

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
)

// ask sends a request to an operation that is guarded by its parameters alone,
// and returns what the handler reads, and the error.
func ask(t *testing.T, path, query string) (string, error) {
	t.Helper()
	d, err := loadDocument()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	app := fiber.New(fiber.Config{ErrorHandler: func(_ *fiber.Ctx, err error) error {
		failed = err
		return nil
	}})
	app.Use(checkParameters(d.operation(fiber.MethodGet, path)))
	var read string
	RegisterHandlers(app, reader{read: &read})
	if _, err := app.Test(httptest.NewRequest(fiber.MethodGet, path+"?"+query, nil), -1); err != nil {
		t.Fatal(err)
	}
	return read, failed
}

// reader writes down the parameters that a handler is called with.
type reader struct {
	ServerInterface
	read *string
}

func (r reader) GetResults(_ *fiber.Ctx, p GetResultsParams) error {
	q := p.query()
	*r.read = fmt.Sprint(q.Campaign, q.By, q.Where, q.Formula, q.Pooling, p.Source, p.Lang)
	return nil
}

func (r reader) GetTargets(_ *fiber.Ctx, p GetTargetsParams) error {
	*r.read = fmt.Sprint(p.On, p.Lang)
	return nil
}

func TestParametersAreRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ path, query, want string }{
		"Least":      {"/results", "campaign=a", "a[] []"},
		"All":        {"/results", "campaign=a&by=unit,month&sector=land&formula=mean100&pooling=factors&source=live&lang=en", "a[unit month] [{sector land}]mean100factorsliveen"},
		"Escaped":    {"/results", "campaign=%C4%91%E1%BB%A3t+1&unit=x%26y", "đợt 1[] [{unit x&y}]"},
		"Spaces":     {"/results", "campaign=a&by=unit,+month,", "a[unit month] []"},
		"Empty":      {"/results", "campaign=a&by=&formula=&unit=&source=", "a[] []"},
		"EmptyLists": {"/results", "campaign=a&by=,", "a[] []"},
		"Day":        {"/targets", "on=2026-03-31", "2026-03-31"},
		"NoDay":      {"/targets", "on=", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ask(t, c.path, c.query)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("read %q, want %q", got, c.want)
			}
		})
	}
}

func TestParametersAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path, query, key string
		args             []any
	}{
		"Missing":       {"/results", "by=unit", "api.campaign_needed", []any{"", ""}},
		"MissingEmpty":  {"/results", "campaign=", "api.campaign_needed", []any{"", ""}},
		"Unknown":       {"/targets", "untit=xa", "api.unknown_parameter", []any{"untit", "on, lang"}},
		"Twice":         {"/results", "campaign=a&by=unit&by=month", "api.repeated_parameter", []any{"by"}},
		"TwiceCampaign": {"/results", "campaign=a&campaign=b", "api.repeated_parameter", []any{"campaign"}},
		"Dimension": {
			"/results", "campaign=a&by=unit,name", "results.unknown_dimension",
			[]any{"name", "unit, school, school_level, form, sector_group, sector, channel, month, factor, item"},
		},
		"Three":    {"/results", "campaign=a&by=unit,month,item", "results.too_many", nil},
		"Formula":  {"/results", "campaign=a&formula=median", "results.unknown_formula", []any{"median", "top2, mean100, mean0"}},
		"Pooling":  {"/results", "campaign=a&pooling=none", "results.unknown_pooling", []any{"none", "overall, pooled, factors"}},
		"Source":   {"/results", "campaign=a&source=%C4%91%C3%A2u", "api.bad_source", []any{"đâu", "edition, release, published, live"}},
		"Lang":     {"/results", "campaign=a&lang=fr", "api.bad_parameter", []any{"lang", "fr"}},
		"Word":     {"/targets", "on=soon", "api.bad_date", []any{"soon", ""}},
		"NoDay":    {"/targets", "on=2026-02-30", "api.bad_date", []any{"2026-02-30", ""}},
		"Slashes":  {"/targets", "on=31/03/2026", "api.bad_date", []any{"31/03/2026", ""}},
		"Unescape": {"/targets", "on=%zz", "api.bad_query", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, err := ask(t, c.path, c.query)
			var got *survey.Error
			if !errors.As(err, &got) {
				t.Fatalf("the handler read %q and the error is %v", read, err)
			}
			if got.Kind != survey.Invalid || got.Key != c.key {
				t.Errorf("%s %s, want invalid %s", got.Kind, got.Key, c.key)
			}
			if diff := cmp.Diff(c.args, got.Args); diff != "" {
				t.Error(diff)
			}
			if read != "" {
				t.Errorf("the handler was called with %q", read)
			}
		})
	}
}
