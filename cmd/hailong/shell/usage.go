package shell

import (
	"fmt"

	"github.com/spf13/cobra"
)

// UsageError marks a mistake in the words of the command line: exit 2 instead of 1.
type UsageError struct{ error }

func (e UsageError) Unwrap() error { return e.error }

// Misused says that err is a mistake in the words of the command line.
func Misused(err error) error { return UsageError{err} }

// Exactly takes n words; for any other number it says how the command is
// written.
func Exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return Misused(fmt.Errorf("cách viết / write: %s", cmd.UseLine()))
		}
		return nil
	}
}
