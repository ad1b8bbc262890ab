// Command hailong measures citizens' satisfaction with public services and
// says, with evidence, whether the targets of the law are met.
//
// main only assembles the commands; each lives in the file named after it, or in a
// package below (statistics, transfer), and wires packages together without rules of
// its own. What every command needs is package shell.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/evidence"
	"hailong/cmd/hailong/office"
	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/statistics"
	"hailong/cmd/hailong/transfer"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := shell.Run(ctx, newRootCommand(), os.Args[1:])
	stop()
	os.Exit(code)
}

func newRootCommand() *cobra.Command {
	root := shell.NewRoot(
		statistics.NewAnalyzeCommand(),
		evidence.NewAuditCommand(),
		transfer.NewBackupCommand(currentVersion()),
		evidence.NewCheckCommand(),
		transfer.NewCopyCommand(),
		newDemoCommand(),
		transfer.NewExportCommand(),
		newHealthCommand(),
		newLicencesCommand(),
		transfer.NewImportCommand(),
		evidence.NewMirrorCommand(),
		office.NewPointsCommand(),
		newReleaseCommand(),
		newReportCommand(),
		transfer.NewRestoreCommand(),
		newServeCommand(),
		statistics.NewSampleCommand(),
		office.NewUnitsCommand(),
		office.NewTokenCommand(),
		office.NewUserCommand(),
		newVersionCommand(),
	)
	root.Annotations = map[string]string{shell.ProgramVersion: currentVersion()}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return applyEnvironment(cmd) }
	new(serveOptions).add(root) // without the word "serve", too
	return root
}
