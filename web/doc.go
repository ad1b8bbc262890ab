// Package web is what people and programs reach over HTTP: the citizen's form,
// the public pages, the codes and posters, the JSON interface and the staff
// pages. It owns routes, statuses, templates, words in two languages, and the
// files a browser loads; all of them are embedded.
//
// It must not know how documents are kept, hold rules of the survey, or
// compute figures: handlers parse, call a use case of package survey or a
// query of analysis/results, and render.
//
// # How to add a page
//
//  1. A handler is a method of Server in a file named noun_verb.go, and is put
//     into the route table in routes.go. It returns errors as they come; the
//     one place that answers them is errors.go. Strings taken from *fiber.Ctx
//     are copied if they are kept after the handler returns. Work that may
//     wait takes c.UserContext(), which carries the request's deadline.
//
//  2. A template is templates/NAME.html, which defines "main" and, where it
//     needs to, "head" and "foot". It is parsed once for each language when the
//     server starts; a fault in it is an error of New. It is rendered by
//
//     s.render(c, fiber.StatusOK, "NAME", namePage{Page: s.page(c), …})
//
//     with a struct that embeds Page. In a template, {{t "key" args…}} is a
//     translated sentence, {{text .Label}} a survey.Text, {{num .X}},
//     {{percent .Rate}} and {{date .Day}} are written as the language does,
//     {{asset "hailong.css"}} is the address of an embedded file, and
//     {{$.Link "/results"}} an address that keeps language and text size.
//
//  3. Words are flat keys in locale/vi.json and locale/en.json: "page.thing".
//     Arguments are {0}, {1}, …. Tests hold that both files have the same keys
//     and arguments, and that every key a template or the domain uses is there.
//
// No page carries inline script or style: the content security policy forbids
// them. No page of the public sets a cookie.
package web
