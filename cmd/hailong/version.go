package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
)

// version is set by the linker for a release ("make build", the image).
var version string

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "In phiên bản / prints the version",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "hailong", currentVersion())
			return err
		},
	}
}

// currentVersion falls back to what the go command recorded, for a binary
// built with plain "go build" or "go install".
func currentVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
