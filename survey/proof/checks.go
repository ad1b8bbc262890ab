package proof

import (
	"hailong/survey"
)

// Checks are what was found of a submission, each by whoever can check it.
// The zero value is that of a row of a file, or of what a program sent: no form
// of ours was opened for it, so that no ticket is missed.
type Checks struct {
	Form   bool   // it was filled in on a page of ours, which has a ticket
	Ticket Ticket // of that page, as Proofs.Read found it
	Flood  bool   // far more came from its network than people send
	Slip   bool   // a one-time code of the point, which this response and no other spends
	Device bool   // the key of a kiosk enrolled for the point
	Serial bool   // it is a form of a batch, by its serial number
}

// Decide returns what proves a response and what speaks against it. fill is how
// much was filled in.
func (c Checks) Decide(fill Fill) (survey.Proof, survey.Doubt) {
	return c.proof(), c.doubt(fill)
}

func (c Checks) proof() survey.Proof {
	switch {
	case c.Serial:
		return survey.VerifiedSerial
	case c.Slip:
		return survey.VerifiedSlip
	case c.Device:
		return survey.VerifiedDevice
	case c.Form && c.Ticket.sealed && c.Ticket.Screen && c.Ticket.Age <= screenTicketLife:
		return survey.VerifiedScreen
	}
	return survey.Unverified
}

func (c Checks) doubt(fill Fill) survey.Doubt {
	switch {
	case !c.Form:
		return survey.NoDoubt
	case c.Flood:
		return survey.DoubtFlood
	case c.Device: // a kiosk's page stays open: it is filled in again and again
		return survey.NoDoubt
	case !c.Ticket.sealed:
		return survey.DoubtUnticketed
	case c.Ticket.Age > ticketLife:
		return survey.DoubtLate
	case c.Ticket.Age < 0: // opened at a server whose clock is ahead
		return survey.NoDoubt
	case c.Ticket.Age < fill.ByHand():
		return survey.DoubtInstant
	case c.Ticket.Age < fill.ByEye():
		return survey.DoubtHasty
	}
	return survey.NoDoubt
}

// Channel is the way a response came in. A kiosk is a device that was enrolled;
// a page for kiosks that is opened elsewhere is a telephone's.
func (c Checks) Channel(claimed survey.Channel) survey.Channel {
	if claimed == survey.ChannelKiosk && c.Form && !c.Device {
		return survey.ChannelQR
	}
	return claimed
}
