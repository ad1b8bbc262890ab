// Command hailong measures citizens' satisfaction with public services and
// says, with evidence, whether the targets of the law are met.
//
// main only assembles the commands; each lives in the file named after it and
// wires packages together without rules of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata"

	"github.com/spf13/cobra"

	"hailong/survey"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// usageError marks a mistake in the words of the command line: exit 2 instead of 1.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// run carries out a command line and returns the exit code: 1 for a failure, 2
// for words that make no command. What fails before a command starts to work
// (an unknown command, a wrong number of arguments) is of the second kind.
func run(ctx context.Context, args []string) int {
	root := newRootCommand()
	started := false
	prepare := root.PersistentPreRunE
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		started = true
		return prepare(cmd, args)
	}
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "hailong:", err)
	var usage usageError
	if !started || errors.As(err, &usage) {
		fmt.Fprintln(os.Stderr, "hailong --help: xem cách dùng / shows the usage")
		return 2
	}
	return 1
}

// exactly takes n words; for any other number it says how the command is
// written.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("cách viết / write: %s", cmd.UseLine())}
		}
		return nil
	}
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
	return usageError{fmt.Errorf("%[2]s không có lệnh %[1]q / unknown command %[1]q for %[2]q%[3]s", args[0], cmd.CommandPath(), near)}
}

// unreadable says that there is no file of a name, if err is that.
func unreadable(path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return explainedError{fmt.Sprintf("không có tệp %[1]s / there is no file %[1]s", path), err}
}

// newGroup is a command that only leads to others.
func newGroup(name, short string, commands ...*cobra.Command) *cobra.Command {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.Name()
	}
	cmd := &cobra.Command{
		Use: name, Short: short, Args: onlyCommands,
		RunE: func(*cobra.Command, []string) error {
			return usageError{fmt.Errorf("xin ghi rõ việc cần làm / say what: %s", strings.Join(names, ", "))}
		},
		SuggestionsMinimumDistance: typingErrors,
		// A word that is no command is the mistake, and not the flags behind it.
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
	}
	cmd.AddCommand(commands...)
	return cmd
}

// notListed says where the names stand that a command takes, if err is that
// there is no such thing.
func notListed(err error, name, list string) error {
	if !survey.Is(err, survey.NotFound) {
		return err
	}
	return explainedError{fmt.Sprintf("không có “%s”; xem “%s” / there is no “%s”; see “%s”", name, list, name, list), err}
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "hailong",
		Short:         "Đo lường sự hài lòng của người dân / measures citizens' satisfaction",
		Args:          onlyCommands,
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: typingErrors,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return applyEnvironment(cmd)
		},
	}
	new(serveOptions).add(root)
	root.SetUsageTemplate(bilingualUsage(root.UsageTemplate()))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return usageError{fmt.Errorf("viết sai cờ / %w", err)}
	})
	root.AddCommand(
		newAnalyzeCommand(),
		newAuditCommand(),
		newBackupCommand(),
		newCopyCommand(),
		newDemoCommand(),
		newExportCommand(),
		newHealthCommand(),
		newImportCommand(),
		newPointsCommand(),
		newRestoreCommand(),
		newServeCommand(),
		newSampleCommand(),
		newUnitsCommand(),
		newTokenCommand(),
		newUserCommand(),
		newVersionCommand(),
	)
	root.CompletionOptions.HiddenDefaultCmd = true
	explainHelp(root)
	return root
}
