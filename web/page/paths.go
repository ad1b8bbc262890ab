package page

import "hailong/survey"

// SlipPath is where a one-time code leads.
func SlipPath(code survey.SlipCode) string { return "/m/" + string(code) }

// SlipPicturePath is where the QR code of a one-time code is drawn.
func SlipPicturePath(code survey.SlipCode) string { return "/qr/" + string(code) + ".png" }

// EnrolPath is where a device at a counter is enrolled.
func EnrolPath(secret string) string { return "/enrol/" + secret }
