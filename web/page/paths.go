package page

// LinkPath is where a one-time code leads.
func LinkPath(secret string) string { return "/l/" + secret }

// EnrolPath is where a device at a counter is enrolled.
func EnrolPath(secret string) string { return "/enrol/" + secret }
