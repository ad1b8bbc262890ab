package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hailong/cmd/hailong/shell"
)

// The flags of a command are the one table of its settings: the help, the
// README rows and the environment variables all come from it. Order of
// precedence: default < HAILONG_NAME_FILE < HAILONG_NAME < --name.

// environmentName returns the variable that sets a flag: "public-url" is
// HAILONG_PUBLIC_URL.
func environmentName(flag string) string {
	return "HAILONG_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// applyEnvironment sets every flag that the command line left alone from the
// environment, so that secrets need not stand in a process list. A name ending
// in _FILE gives a file that holds the value, as container secrets do. All
// problems are reported together.
func applyEnvironment(cmd *cobra.Command) error {
	var problems []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || f.Name == "help" {
			return
		}
		name := environmentName(f.Name)
		value, ok := os.LookupEnv(name)
		if !ok {
			path, isFile := os.LookupEnv(name + "_FILE")
			if !isFile {
				return
			}
			content, err := os.ReadFile(path)
			if err != nil {
				problems = append(problems, fmt.Errorf("%s_FILE: %w", name, err))
				return
			}
			value = strings.TrimRight(string(content), "\r\n")
		}
		if err := cmd.Flags().Set(f.Name, value); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	})
	if len(problems) > 0 {
		return shell.Misused(errors.Join(problems...))
	}
	return nil
}
