package survey

import (
	"strings"
)

// NormalLogin is a login as people type it: spaces around it and capitals mean
// nothing.
func NormalLogin(typed string) Login { return Login(strings.ToLower(strings.TrimSpace(typed))) }

// Login is the name a person signs in with; it is also the user's id.
type Login string
