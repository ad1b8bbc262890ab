// Package web puts the site together: it mounts what each room answers, with the
// middleware, the one place that answers errors, and the JSON interface.
//
// The rooms are packages. web/page is what every page needs; web/public is what
// citizens open; web/staff is what all pages behind the login share, and each
// noun of theirs is a package below it. A room owns its handlers, routes and
// templates. web/formview, web/figures and web/prints show forms, figures and
// codes in several rooms.
//
// It must not know how documents are kept, hold rules of the survey, or
// compute figures: handlers parse, call a use case of a package below survey or
// a query of analysis/results, and render. Services are built once, by the
// command, and handed in.
//
// # How to add a page
//
//  1. A handler is a method of the Handlers of its room, in a file named
//     noun_verb.go, and is put into the room's routes.go. Handlers hold the
//     services that the room uses and no others. A handler returns errors as
//     they come; the one place that answers them is errors.go. Strings taken
//     from *fiber.Ctx are copied if they are kept after the handler returns.
//     Work that may wait takes c.UserContext(), which carries the request's
//     deadline.
//
//  2. A template is templates/NAME.html in the room, which defines "main" and,
//     where it needs to, "head" and "foot". It is parsed once for each language
//     when the server starts; a fault in it is an error of New. It is rendered by
//
//     h.Render(c, fiber.StatusOK, "NAME", namePage{Page: h.Page(c), …})
//
//     with a struct that embeds page.Page. In a template, {{t "key" args…}} is a
//     translated sentence, {{text .Label}} a survey.Text, {{num .X}},
//     {{percent .Rate}} and {{date .Day}} are written as the language does,
//     {{asset "hailong.css"}} is the address of an embedded file, and
//     {{$.Link "/results"}} an address that keeps language and text size.
//
//  3. Words are flat keys in web/page/locale/vi.json and en.json: "page.thing".
//     Arguments are {0}, {1}, …. Tests hold that both files have the same keys
//     and arguments, and that every key a template or the domain uses is there.
//
// # How to add a noun
//
// A new noun of the staff's pages touches these places:
//
//   - a folder web/staff/NOUN with handlers.go, routes.go and templates/;
//   - rooms.go: a line in newRooms and one in templates;
//   - its service: a field of Services in server.go, which newServices in
//     cmd/hailong/services.go fills, and web/servertest/server.go for tests;
//   - its words: web/page/locale/vi.json and en.json;
//   - the menu: staffNav in web/staff/page.go;
//   - a permission of its own, if it needs one: survey/role.go;
//   - the list of routes: testdata/staff_routes.golden, which the test writes.
//
// # How to add a staff page
//
//  1. A new page of a noun is a line in the routes.go of its room: method,
//     path below /staff, the permission of package survey that it needs, what
//     it is about (AboutUnit, AboutPoint, AboutCampaign, AboutForm by the
//     path's parameter; nil for a list), and the handler. The guard signs in,
//     checks role, scope and the form's token before the handler runs: a
//     handler never does. Who is outside the scope gets 404; who lacks the
//     permission gets 403 on a path without parameter, and on one with a
//     parameter 404 unless they hold the route's known permission. What
//     belongs to one person, as a batch of paper forms does, names its owner
//     by whose: to everybody else it is not there. A test walks every line
//     with every role and writes testdata/staff_routes.golden: run it with
//     -update and read the difference. Another opens every page on a phone, in
//     a browser: put what a parameter names, or the state a page needs, into
//     newStaffSite.
//
//  2. The handler is func (h *Handlers) nounVerb(c *fiber.Ctx, who *staff.SignedIn) error
//     in noun_verb.go. A list shows only what who.Covers(catalog, survey.OfUnit(unit).In(family)).
//     It renders templates/NAME.html of the room, which defines "main" only (the
//     frame writes the heading), by
//
//     h.Render(c, fiber.StatusOK, "staff/NAME", namePage{BasePage: h.NewPage(c, who, "noun.title", "/staff/nouns", "noun.list"), …})
//
//     The title is a key or a name; then come pairs for the breadcrumbs. A
//     line in staffNav puts a page into the navigation of who may see it.
//
//  3. A form holds {{template "csrf" .}} (inside a range: {{template "csrf" $}})
//     and its fields as {{template "field" ((.Form.Text "name" "noun.name").Must)}}
//     with .Form a form: page.FormWith(pairs) to begin, page.FormOf(c) to read, and
//
//     if wrong, ok := typed.Wrong(err); ok { …render again with status 422 and wrong }
//     return err
//
//     so that nothing typed is lost. "noun.name.hint" in the locale files is
//     shown as the hint. {{template "wrong" .}} above the form says that
//     something is wrong. After a change, return h.Done(c, "/staff/nouns", "noun_saved"),
//     and the next page says the sentence "done.noun_saved".
//
//  4. Changes go by an expected revision. On a survey.Conflict, render the form
//     again with status 409, Conflict: &staff.Conflict{Rev: stored.Rev, Reload: path}
//     filled by its Add, the hidden rev set to stored.Rev, and {{template
//     "conflict" .}} above: the person sees both versions and chooses.
//
//  5. Every change goes through survey.Change, or through an Act where it is of
//     several documents, in the noun's package: it is recorded there. Every
//     reading of responses and every export is recorded by its handler:
//     h.Audit.Record(ctx, who.Actor(), "noun.verb", "nouns/"+id, before, after).
//     Each action has a sentence "audit.action.noun.verb". A change of the
//     catalogue then calls h.Reload(ctx).
//
//     A file comes by page.Upload, which knows it by its content, and a cell of an
//     exported table goes through exchange.Defuse, so that it is no formula.
//
//  6. What is hard to undo has a GET page that calls h.Confirm, whose button
//     posts. {{template "empty" "noun.none"}} says what to do where a list has
//     nothing. <table class="cards"> with data-label on its cells turns into
//     cards on a phone. No inline script or style; a script of its own goes
//     into page/static/ and the template's "head".
//
// No page carries inline script or style: the content security policy forbids
// them. The one exception are the rules that hide a form's questions until they
// apply, made by formview.NewShowRules and allowed by their hash. No page of the public
// sets a cookie, but for a device at a counter that staff enrol.
package web
