package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// Run carries out a command line below root and returns the exit code:
// 1 for a failure, 2 for words that make no command. What fails before a command
// starts to work (an unknown command, a wrong number of arguments) is of the second
// kind.
func Run(ctx context.Context, root *cobra.Command, args []string) int {
	started := false
	prepare := root.PersistentPreRunE
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		started = true
		if prepare == nil {
			return nil
		}
		return prepare(cmd, args)
	}
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "hailong:", err)
	var usage UsageError
	if !started || errors.As(err, &usage) {
		fmt.Fprintln(os.Stderr, "hailong --help: xem cách dùng / shows the usage")
		return 2
	}
	return 1
}

// typingErrors is how many letters may be wrong in a word that is still taken
// for the name of a command.
const typingErrors = 2

// onlyCommands refuses a word behind a command that only leads to others: it
// names none of them.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	near := ""
	if names := cmd.SuggestionsFor(args[0]); len(names) > 0 {
		near = fmt.Sprintf("; có phải / did you mean: %s", strings.Join(names, ", "))
	}
	return Misused(fmt.Errorf("%[2]s không có lệnh %[1]q / unknown command %[1]q for %[2]q%[3]s", args[0], cmd.CommandPath(), near))
}

// NewGroup is a command that only leads to others.
func NewGroup(name, short string, commands ...*cobra.Command) *cobra.Command {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.Name()
	}
	cmd := &cobra.Command{
		Use: name, Short: short, Args: onlyCommands,
		RunE: func(*cobra.Command, []string) error {
			return Misused(fmt.Errorf("xin ghi rõ việc cần làm / say what: %s", strings.Join(names, ", ")))
		},
		SuggestionsMinimumDistance: typingErrors,
		// A word that is no command is the mistake, and not the flags behind it.
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
	}
	cmd.AddCommand(commands...)
	return cmd
}

// NewRoot is the program: the command that leads to all others, and that
// explains itself and them in both languages.
func NewRoot(commands ...*cobra.Command) *cobra.Command {
	root := &cobra.Command{
		Use:           "hailong",
		Short:         "Đo lường sự hài lòng của người dân / measures citizens' satisfaction",
		Args:          onlyCommands,
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: typingErrors,
	}
	root.SetUsageTemplate(bilingualUsage(root.UsageTemplate()))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return Misused(fmt.Errorf("viết sai cờ / %w", err))
	})
	root.AddCommand(commands...)
	root.CompletionOptions.HiddenDefaultCmd = true
	explainHelp(root)
	return root
}
