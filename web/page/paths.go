package page

// SlipPath is where a one-time code leads.
func SlipPath(code string) string { return "/m/" + code }

// SlipPicturePath is where the QR code of a one-time code is drawn.
func SlipPicturePath(code string) string { return "/qr/" + code + ".png" }

// EnrolPath is where a device at a counter is enrolled.
func EnrolPath(secret string) string { return "/enrol/" + secret }
