package proof

import (
	"hailong/survey"
)

// Evidence is what a submission brought with it, each part checked by who can.
// The zero value is that of a row of a file, or of what a program sent: no form
// of ours was opened for it, so that no ticket is missed.
type Evidence struct {
	Form   bool   // it was filled in on a page of ours, which has a ticket
	Ticket Ticket // of that page, as Proofs.Read found it
	Flood  bool   // far more came from its network than people send
	Slip   bool   // a one-time code of the point, which this response and no other spends
	Device bool   // the key of a kiosk enrolled for the point
	Serial bool   // it is a form of a batch, by its serial number
}

// Decide returns what proves a response and what speaks against it. fill is how
// much was filled in.
func (e Evidence) Decide(fill Fill) (survey.Proof, survey.Doubt) {
	return e.proof(), e.doubt(fill)
}

func (e Evidence) proof() survey.Proof {
	switch {
	case e.Serial:
		return survey.ProvenSerial
	case e.Slip:
		return survey.ProvenSlip
	case e.Device:
		return survey.ProvenDevice
	case e.Form && e.Ticket.sealed && e.Ticket.Screen && e.Ticket.Age <= screenTicketLife:
		return survey.ProvenScreen
	}
	return survey.Unproven
}

func (e Evidence) doubt(fill Fill) survey.Doubt {
	switch {
	case !e.Form:
		return survey.NoDoubt
	case e.Flood:
		return survey.DoubtFlood
	case e.Device: // a kiosk's page stays open: it is filled in again and again
		return survey.NoDoubt
	case !e.Ticket.sealed:
		return survey.DoubtUnticketed
	case e.Ticket.Age > ticketLife:
		return survey.DoubtLate
	case e.Ticket.Age < 0: // opened at a server whose clock is ahead
		return survey.NoDoubt
	case e.Ticket.Age < fill.ByHand():
		return survey.DoubtInstant
	case e.Ticket.Age < fill.ByEye():
		return survey.DoubtHasty
	}
	return survey.NoDoubt
}

// Channel is the way a response came in. A kiosk is a device that was enrolled;
// a page for kiosks that is opened elsewhere is a telephone's.
func (e Evidence) Channel(claimed survey.Channel) survey.Channel {
	if claimed == survey.ChannelKiosk && e.Form && !e.Device {
		return survey.ChannelQR
	}
	return claimed
}
