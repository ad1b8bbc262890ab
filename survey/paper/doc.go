// Package paper keeps paper forms: batches handed out, forms entered and
// voided, and the re-check of a sample of them.
//
// It owns the serial numbers and when a surveyor's re-check has failed. A keyed
// form is stored by package intake like any response. It must not know pages.
//
// A surveyor visits people in the order of a list and enters their forms in the order
// of the pile. What this package promises about it: the store, without the directory
// of keys, does not tell the serial number of a response (form_id.go), nor, from the
// end of the day on, in which order the forms of a day came (received.go). Three
// things it cannot hide. Whoever has the store and the keys finds a form by its
// serial number, as the server does. A form that is voided or re-checked is named
// beside its response, because somebody acts on that very sheet. And a MongoDB keeps
// the documents of a collection in the order of their arrival on its disk.
package paper
