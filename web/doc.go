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
// # How to add a staff page
//
//  1. Put a line into the table in staff.go: method, path below /staff, the
//     permission of package survey that it needs, what it is about (aboutUnit,
//     aboutPoint, aboutCampaign, aboutForm by the path's parameter; nil for a
//     list), and the handler. The guard signs in, checks role, scope and the
//     form's token before the handler runs: a handler never does. Who is
//     outside the scope gets 404; who lacks the permission gets 403 on a path
//     without parameter, and on one with a parameter 404 unless they hold the
//     route's known permission. What belongs to one person, as a batch of paper
//     forms does, names its owner by whose: to everybody else it is not there.
//     A test walks every line with every role and
//     writes testdata/staff_routes.golden: run it with -update and read the
//     difference. Another opens every page on a phone, in a browser: put what
//     a parameter names, or the state a page needs, into newStaffWorld.
//
//  2. The handler is func (s *Server) nounVerb(c *fiber.Ctx, who *signedIn) error
//     in noun_verb.go. A list shows only what who.Covers(catalog, unit, family).
//     It renders templates/staff/NAME.html, which defines "main" only (the
//     frame writes the heading), by
//
//     s.render(c, fiber.StatusOK, "staff/NAME", namePage{StaffPage: s.staffPage(c, who, "noun.title", "/staff/nouns", "noun.list"), …})
//
//     The title is a key or a name; then come pairs for the breadcrumbs. A
//     line in staffNav puts a page into the navigation of who may see it.
//
//  3. A form holds {{template "csrf" .}} (inside a range: {{template "csrf" $}})
//     and its fields as {{template "field" ((.Form.Text "name" "noun.name").Must)}}
//     with .Form a form: formWith(pairs) to begin, formOf(c) to read, and
//
//     if wrong, ok := typed.wrong(err); ok { …render again with status 422 and wrong }
//     return err
//
//     so that nothing typed is lost. "noun.name.hint" in the locale files is
//     shown as the hint. {{template "wrong" .}} above the form says that
//     something is wrong. After a change, return s.done(c, "/staff/nouns", "noun_saved"),
//     and the next page says the sentence "done.noun_saved".
//
//  4. Changes go by an expected revision. On a survey.Conflict, render the form
//     again with status 409, Conflict: &conflict{Rev: stored.Rev, Reload: path}
//     filled by its add, the hidden rev set to stored.Rev, and {{template
//     "conflict" .}} above: the person sees both versions and chooses.
//
//  5. Every change goes through survey.Change, or through an Act where it is of
//     several documents, in the noun's package: it is recorded there. Every
//     reading of responses and every export is recorded by its handler:
//     s.Audit.Record(ctx, who.Actor(), "noun.verb", "nouns/"+id, before, after).
//     Each action has a sentence "audit.action.noun.verb". A change of the
//     catalogue then calls s.Reload(ctx).
//
//     A file comes by upload, which knows it by its content, and a cell of an
//     exported table goes through survey.Defuse, so that it is no formula.
//
//  6. What is hard to undo has a GET page that calls s.confirm, whose button
//     posts. {{template "empty" "noun.none"}} says what to do where a list has
//     nothing. <table class="cards"> with data-label on its cells turns into
//     cards on a phone. No inline script or style; a script of its own goes
//     into static/ and the template's "head".
//
// No page carries inline script or style: the content security policy forbids
// them. The one exception are the rules that hide a form's questions until they
// apply, made by newShowRules and allowed by their hash. No page of the public
// sets a cookie.
package web
