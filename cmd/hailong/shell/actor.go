package shell

import (
	"fmt"
	"os"
	"os/user"

	"hailong/survey"
)

// Actor names the account of this machine in the audit log.
func Actor() survey.Actor {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return survey.Actor{Shell: u.Username}
	}
	return survey.Actor{Shell: fmt.Sprintf("uid-%d", os.Getuid())}
}
