// Package takeback lets the sender of a response take it back.
//
// It owns the receipt codes, what taking back does, and how often it may be tried.
// It must not know how a response came in, who asks, or what a figure is.
//
// Whoever opens a form first may be somebody else than its sender: a clerk who hands a
// telephone over. So a form carries nothing but an id that is drawn at random; the
// receipt code is a keyed hash of it, and the id of the stored response one of the code,
// in a UUIDv7 of the day (Receipts.Of). The rule is one for a form that is shown, a draft
// and a page that a device kept and shows again, for which it draws an id itself. So
//
//  1. what is sent again is the same response, whichever server it comes to and however
//     long after; nothing is looked up for it, and nothing more is written;
//  2. who knows what a form carries knows neither the code nor the id of the response.
//     The key lies outside the store (survey/keys);
//  3. the code leads to the response, by trying the days, and nothing is stored for it.
//     Nothing in the store leads to the code: who has the database finds none by trying;
//  4. whoever has a code can take one response back, or be shown that it was recorded
//     (survey/treelog), and see nothing of what was answered.
//
// The code is shown when a response is stored, and again only to the device that sent it.
// Its script draws a nonce when it sends the form, never before, and keeps it with what
// it sends until it hears an answer; the response is stored with a short keyed hash of it
// (survey.Response.Retry), in the same write. So of two servers that get the form at once
// one stores it and both know the device; and after a kill between storing and answering
// the next sending shows the code. A browser that runs no script sees the code with the
// first answer. Whoever sends the same form otherwise is told that it came before, the
// same for every answer it holds, and may send it as another one: whether the answers
// were the same is told to the device that sent them alone.
//
// What this cannot do: who had the form first can still send it, in place of its sender
// or after. Sent after, it tells that the form was sent, and nothing of its answers. Sent
// before, the sender is told that this form came already, and sends another one.
//
// Responses are facts and are never edited. This is the one change, beside erasing
// what is kept no longer (survey/retention), and it is allowed because the right to
// withdraw consent is older than the fact: the sender's answers are the sender's. It
// leaves no other answers in the place of those that were; it leaves a mark that
// there was a response (survey.TakenBack), so that counts can be explained, and an
// entry in the audit log with campaign and day, without id or content.
//
// Figures for offices lose the response together with those who entered a release with
// it (hailong/survey/releases): the mark in its place keeps unit, class and moment of
// receipt until the next release takes notice, and then campaign and day alone.
//
// Taking back is one act (survey.Act) of two documents: the mark that other
// processes find, and the mark in the place of the response. What the act is about
// to do is on disk before the first of them. A kill at any moment leaves the
// response as it was, with nothing acknowledged, or an act that the next start
// finishes; and as the place of the response is never empty, sending it again, by a
// phone that did not hear the first answer, does not bring it back.
//
// Whoever keeps copies of answers outside the store, to load figures faster, removes them
// first (Receipts.Erasing): where that fails the response stays, and nothing was
// acknowledged.
//
// What this cannot do: a backup from before holds the answers, and a restored one
// brings them back. An installation says on its privacy page how long it keeps
// backups, and deletes them then.
package takeback
