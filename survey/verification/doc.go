// Package verification says what a stored response counts for: which class it is of, and
// when it is out of force. Everybody who counts responses asks it.
//
// # The classes
//
// A response is verified, open or suspect.
//
//   - Verified: something showed that it came from somebody who was served at its
//     point. There are four proofs: a slip (a one-time code that is handed over
//     with a transaction), the changing code of a screen at the counter, the key
//     of a kiosk that staff enrolled, and the serial number of a paper form.
//     Package proof decides which of them a response has when it comes in, and
//     it never changes.
//   - Open: everything else. Anybody may have sent it. It is thanked for and
//     counts; figures are computed with the open responses and without them, and
//     a conclusion is firm only where both agree.
//   - Suspect: there are more of its kind than people send. A verified response can
//     be suspect too: a key can be copied, and slips can be issued to oneself. Package
//     quarantine decides it, by its rules or because people found that what verified
//     it was misused, and writes a document of its own (Suspect); two people decide
//     what becomes of those of a point, a day and a sign (BurstDecision): they are
//     counted again, or stay out.
//
// Verified and open are read from the response (ClassOf), suspect from these further
// documents, because a response is never edited.
//
// # In force and out of force
//
// A response is out of force while it is suspect and nobody has decided to count
// it, and from the moment that somebody who entered it, or runs the campaign,
// voided it (Void). Exclusions holds both by time, so that a release or an edition
// can tell what was out of force when it was made. What its sender took back is no
// response any more (package takeback).
//
// This package owns these rules and the documents of voids, suspects and
// decisions. It must not judge a response, change a document, or know a figure,
// a page or where a response came from.
package verification
