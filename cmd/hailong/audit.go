package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
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
		Short: "Kiểm tra chuỗi băm của nhật ký / checks the chain of hashes and names the first broken entry",
		Long: "Walks the whole log and prints the number and the hash of the newest entry. Keep that\n" +
			"line elsewhere and give its hash with --seen the next time: then it is also noticed if\n" +
			"the end was cut off or the whole chain was made anew.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd.Context(), store, func(_ survey.Store, _ *people.Accounts, log *audit.Log) error {
				head, err := log.Verify(cmd.Context())
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d %s\n", head.Number, head.Hash)
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
				if err == nil {
					return errors.New("the chain is whole, but the entry of --seen is not in it: the log was replaced or its end cut off")
				}
				if !errors.Is(err, found) {
					return err
				}
				return nil
			})
		},
	}
	store = addStoreFlag(cmd)
	cmd.Flags().StringVar(&seen, "seen", "", "hash that an earlier verify printed; it must still be there")
	return cmd
}
