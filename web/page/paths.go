package page

// LinkPath is where a one-time code leads.
func LinkPath(secret string) string { return "/l/" + secret }
