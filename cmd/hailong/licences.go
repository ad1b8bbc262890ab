package main

import (
	"errors"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/licences"
	"hailong/cmd/hailong/shell"
)

// newLicencesCommand passes on what the licences of others ask for with every copy of
// the binary.
func newLicencesCommand() *cobra.Command {
	var sbom bool
	cmd := &cobra.Command{
		Use:   "licences",
		Short: "In giấy phép của phần mềm bên trong / prints the licences of the software inside",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !sbom {
				_, err := io.WriteString(cmd.OutOrStdout(), licences.Notices())
				return err
			}
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return errors.New("tệp chạy này không ghi được tạo từ gì / this binary does not say what it was built from")
			}
			return licences.WriteComponents(cmd.OutOrStdout(), info, currentVersion())
		},
	}
	cmd.Flags().BoolVar(&sbom, "sbom", false, "in danh mục thành phần dạng CycloneDX / prints the bill of materials as CycloneDX")
	return cmd
}
