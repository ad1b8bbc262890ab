package survey

// Actor is who did something, and by which way in.
type Actor struct {
	Login   Login  `bson:"login,omitempty" json:"login,omitempty"`     // of a person
	Session string `bson:"session,omitempty" json:"session,omitempty"` // short name of the session
	Token   string `bson:"token,omitempty" json:"token,omitempty"`     // short name of the API token, where a program acted
	Shell   string `bson:"shell,omitempty" json:"shell,omitempty"`     // account of the machine, where a command acted
}

// String names the actor in one word.
func (a Actor) String() string {
	switch {
	case a.Login != "":
		return string(a.Login)
	case a.Token != "":
		return "token:" + a.Token
	case a.Shell != "":
		return "shell:" + a.Shell
	}
	return "-"
}

// Action is what was done: "user.create". Package web has a sentence for each
// under "audit.action.".
type Action string
