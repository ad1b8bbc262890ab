package page

func LinkPath(secret string) string { return "/l/" + secret }
