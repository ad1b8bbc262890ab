package shell

import (
	"strings"

	"github.com/spf13/cobra"
)

// Everything that explains itself at the command line does so in both
// languages: "tiếng Việt / English" in a description or a flag, and a paragraph
// each in what is longer.

// bilingualUsage puts Vietnamese before the headings of cobra's help.
func bilingualUsage(template string) string {
	return strings.NewReplacer(
		"Usage:", "Cách dùng / Usage:",
		"Aliases:", "Tên khác / Aliases:",
		"Examples:", "Ví dụ / Examples:",
		"Available Commands:", "Các lệnh / Commands:",
		"Global Flags:", "Cờ chung / Global flags:",
		"Flags:", "Cờ / Flags:",
		`Use "{{.CommandPath}} [command] --help" for more information about a command.`,
		`"{{.CommandPath}} LỆNH --help" giải thích từng lệnh / explains each command.`,
	).Replace(template)
}

// explainHelp says in both languages what cobra's own flags and commands are.
func explainHelp(cmd *cobra.Command) {
	cmd.Flags().BoolP("help", "h", false, "giải thích lệnh này / explains this command")
	for _, c := range cmd.Commands() {
		explainHelp(c)
	}
	if cmd.HasParent() {
		return
	}
	cmd.InitDefaultHelpCmd()
	for _, c := range cmd.Commands() {
		if c.Name() == "help" {
			c.Short = "Giải thích một lệnh / explains a command"
			c.Long = "Giải thích một lệnh; cũng như “hailong LỆNH --help”.\n\nExplains a command; the same as “hailong COMMAND --help”."
		}
	}
}
