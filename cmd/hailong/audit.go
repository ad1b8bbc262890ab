package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"hailong/survey/audit"
)

func newAuditCommand() *cobra.Command {
	return newGroup("audit", "Nhật ký: kiểm tra tính nguyên vẹn / the audit log: verify", newAuditVerifyCommand())
}

func newAuditVerifyCommand() *cobra.Command {
	var (
		store *storeOption
		seen  string
	)
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Kiểm tra chuỗi băm của nhật ký và dữ liệu theo nhật ký / checks the chain of hashes, and the data against it",
		Long: "Walks the whole log, names the first broken entry, if any, and the first document that is\n" +
			"not as an entry says: it was changed, made or removed behind the program's back. Prints\n" +
			"the number and the hash of the newest entry. Keep that\n" +
			"line elsewhere and give its hash with --seen the next time: then it is also noticed if\n" +
			"the end was cut off or the whole chain was made anew.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := store.open(cmd.Context())
			if err != nil {
				return err
			}
			err = verify(cmd, audit.New(from, time.Now), seen)
			return errors.Join(explained(err), from.Close())
		},
	}
	store = addStoreFlag(cmd)
	cmd.Flags().StringVar(&seen, "seen", "", "hash that an earlier verify printed; it must still be there")
	return cmd
}

// verify checks a log, and that an entry that was seen before is still in it.
func verify(cmd *cobra.Command, log *audit.Log, seen string) error {
	report, err := log.Verify(cmd.Context())
	if err != nil {
		return err
	}
	if report.Waiting > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d thay đổi sẽ được ghi vào nhật ký khi khởi động lại / changes that the log gets at the next start, or in a moment\n", report.Waiting)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d %s\n", report.Number, report.Hash)
	if seen == "" {
		return nil
	}
	found := errors.New("found")
	err = log.Each(cmd.Context(), audit.Filter{}, func(e audit.Entry) error {
		if e.Hash == seen {
			return found
		}
		return nil
	})
	switch {
	case err == nil:
		return errors.New("the chain is whole, but the entry of --seen is not in it: the log was replaced or its end cut off")
	case !errors.Is(err, found):
		return err
	}
	return nil
}
