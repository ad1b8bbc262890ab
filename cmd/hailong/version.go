package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
)

// nextRelease is the version that this source becomes with the next tag, and is at the
// tag itself. It is the newest heading of operations/CHANGELOG.md; CONTRIBUTING.md says who raises it.
const nextRelease = "v0.2.0"

// version is set by the linker where the commit has the tag of a release ("make build",
// "make release", the image).
var version string

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "In phiên bản, mã nguồn và định dạng kho / prints the version, its commit and the format of its stores",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			commit, _ := builtFrom(debug.ReadBuildInfo())
			if commit == "" {
				commit = "unknown"
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "hailong %s\ncommit  %s\nformat  %d\n%s %s/%s\n",
				currentVersion(), commit, survey.CurrentFormat, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// currentVersion is the version of this program as SemVer 2.0 has it. A build between two
// releases is older than the next one: v0.2.0-dev+94b797d2807b.
func currentVersion() string {
	if version != "" {
		return version
	}
	commit, changed := builtFrom(debug.ReadBuildInfo())
	return developmentVersion(commit, changed)
}

func developmentVersion(commit string, changed bool) string {
	v := nextRelease + "-dev"
	if commit == "" {
		return v
	}
	v += "+" + commit[:min(12, len(commit))]
	if changed {
		v += ".changed"
	}
	return v
}

// builtFrom is the commit that the go command recorded, and whether files had been changed
// since; "" where there was no repository.
func builtFrom(info *debug.BuildInfo, known bool) (commit string, changed bool) {
	if !known {
		return "", false
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	return commit, changed
}
