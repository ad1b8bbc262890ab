// Package proof decides what proves that a response comes from somebody who was
// served at its point, and what speaks against it. It is the one place that
// does: intake asks Checks.Decide for every response.
//
// # What proves
//
// A response is verified if it brought one of four things; the first that
// applies is written into it (survey.Response.Proof):
//
//   - slip: a one-time code that was handed over with a transaction. Package
//     slips spends it and says so by Checks.Slip.
//   - device: the key of a kiosk that staff enrolled for this very point
//     (Devices). The device keeps the key in a cookie that no script reads, the
//     store keeps its hash. A stolen kiosk is revoked and proves nothing from
//     then on. A kiosk page that is opened anywhere else works too; what it
//     sends is no answer of a kiosk and counts as that of a telephone.
//   - screen: the form was opened by the changing code of a screen at the
//     counter (ScreenCodes).
//   - serial: a paper form of a batch, whose serial number counts once.
//
// Everything else is open: it is thanked for and counts among the open ones.
//
// # The changing code
//
// The code on a screen is good for the two minutes that it is shown, and for
// half a minute before and after, because clocks differ. Opening the form with
// it in that time exchanges it for the form's ticket, which says so for a day:
// filling in takes the time it takes, and a telephone may lose its network.
// One code is exchanged ScreenUses times by each server and not more often. Who
// photographs it and sends it to somebody at home has given that person at most
// three minutes and a share of those uses; that much is not prevented. The code
// of tomorrow is known to the enrolled screen and to the server alone: a screen
// is sent the codes of one day, so that it works without a network, and they
// are worthless from the moment at which it is revoked.
//
// # The ticket of a form
//
// Each form is given out with a ticket: when it was opened, whether by a changing
// code, and a seal over both, the point, and the id of the response to be
// (HMAC-SHA256, a key that is not in the store). Because the seal is over the id,
// and an id is stored once, a ticket is good for one response without any list
// of those that were used: a retry brings the same id and is the same response,
// and the same ticket with another id is none. So there is nothing to forget
// after 14 days, nothing that could be joined with a response, nothing that
// replicas must share but the key, and no further write for a submission.
//
// A ticket is no proof: whoever opens the form gets one. Its absence, or its age,
// is a doubt (survey.Response.Doubt), of which only the class is stored. How
// long somebody took to fill in a form is compared with what a hand and an eye
// need and forgotten. A form that a telephone has kept and opens without a
// network has a new id and therefore no ticket: its answers are kept and open,
// like all that have none. A first tap on a face two seconds after opening is
// fast and not in doubt. Nobody is ever refused, or asked to prove to be human.
//
// # Limits
//
// Package traffic counts submissions and says when far more come from one
// network than people send (Checks.Flood). It stores no address.
//
// This package owns tickets, changing codes and the keys of devices. It must not
// know HTTP, judge whether there are too many responses, or keep anything that
// leads from a response to a device, a code or a moment.
package proof
