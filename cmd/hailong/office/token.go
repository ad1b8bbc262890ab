package office

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/people"
)

// NewTokenCommand returns the commands about what programs sign in with.
func NewTokenCommand() *cobra.Command {
	return shell.NewGroup("token", "Mã truy cập API: tạo, xem, thu hồi / tokens of programs: add, list, revoke",
		newTokenAddCommand(), newTokenListCommand(), newTokenRevokeCommand())
}

func newTokenAddCommand() *cobra.Command {
	var (
		store         *shell.StoreOption
		grant         grantFlags
		name, expires string
	)
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Tạo mã truy cập / makes a token and prints it, once",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			last := survey.Date(expires)
			if expires != "" {
				day, err := survey.ParseDate(expires)
				if err != nil {
					return shell.Misused(fmt.Errorf("--expires: %w", err))
				}
				last = day
			}
			return withAccounts(cmd.Context(), store, func(s survey.Store, a *people.Accounts) error {
				g, err := grant.grant(cmd.Context(), s)
				if err != nil {
					return err
				}
				secret, err := a.IssueToken(cmd.Context(), shell.Actor(), name, g, last)
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), secret)
				return nil
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	grant.add(cmd, survey.Viewer)
	cmd.Flags().StringVar(&name, "name", "", "phần mềm dùng mã này / the program that uses the token")
	cmd.Flags().StringVar(&expires, "expires", "", "ngày cuối cùng còn dùng được, 2026-12-31; để trống: không hết hạn / last day it is good for, 2026-12-31; empty: no end")
	return cmd
}

func newTokenListCommand() *cobra.Command {
	var (
		store  *shell.StoreOption
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Danh sách mã truy cập / lists tokens, without their secrets",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd.Context(), store, func(_ survey.Store, a *people.Accounts) error {
				tokens, err := a.AllTokens(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					type row struct {
						Number string `json:"number"`
						people.Token
					}
					rows := make([]row, len(tokens))
					for i, t := range tokens {
						rows[i] = row{t.ShortID(), t}
					}
					return json.NewEncoder(cmd.OutOrStdout()).Encode(rows)
				}
				out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(out, "NUMBER\tNAME\tROLE\tUNITS\tEXPIRES\tUSED\tSTATE")
				for _, t := range tokens {
					state := "live"
					if !t.Live(time.Now()) {
						state = "ended"
					}
					fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ShortID(), t.Name, t.Grant.Role, joined(t.Grant.Scope.Units), t.Expires, t.Used, state)
				}
				return out.Flush()
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "dạng JSON / as JSON")
	return cmd
}

func newTokenRevokeCommand() *cobra.Command {
	var store *shell.StoreOption
	cmd := &cobra.Command{
		Use:   "revoke NUMBER",
		Short: "Thu hồi mã truy cập / ends a token, by the number that list prints",
		Args:  shell.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd.Context(), store, func(_ survey.Store, a *people.Accounts) error {
				return shell.NotListed(a.RevokeToken(cmd.Context(), shell.Actor(), args[0]), args[0], "hailong token list")
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	return cmd
}
