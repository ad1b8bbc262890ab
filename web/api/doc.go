// Package api is the interface for programs: JSON under /api/v1, as
// openapi.yaml describes it.
//
// openapi.yaml is the source. The types of bodies and parameters, the interface
// that Handlers implements and the registration of its routes are generated
// from it (api.gen.go), parameters are checked against it (parameters.go), and
// it is what /api/v1/openapi.json serves. What the generator needs to know
// beside it is in overlay.yaml.
//
// The generated server is the plain one, not the strict one: that one reads a
// body before the handler sees it, so that one response that is written wrongly
// would cost all others of its request.
//
// The package knows the use cases that it serves, and of the pages what all
// rooms share: the languages, the limits of how often, and how an error is
// answered. It does not know templates, forms or sessions.
package api

//go:generate go tool oapi-codegen -config generate.yaml -o api.gen.go openapi.yaml
