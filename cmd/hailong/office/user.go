package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/people"
)

// withAccounts opens a store, also one that a server has open, for a command
// about who may come in.
func withAccounts(ctx context.Context, o *shell.StoreOption, do func(survey.Store, *people.Accounts) error) error {
	store, err := o.Open(ctx)
	if err != nil {
		return err
	}
	changes, _ := shell.ChangesOf(store)
	if _, _, err = changes.Recover(ctx); err == nil {
		err = do(store, people.NewAccounts(changes, nil))
	}
	return errors.Join(shell.Explained(err), store.Close())
}

// NewUserCommand returns the commands about who may sign in.
func NewUserCommand() *cobra.Command {
	return shell.NewGroup("user", "Người dùng: thêm, cấp lại mật khẩu, tạm ngừng / users: add, reset, disable; also while the server runs",
		newUserAddCommand(), newUserListCommand(), newUserResetCommand(), newUserLinkCommand(), newUserUnlinkCommand(),
		newUserSwitchCommand("disable", "Tạm ngừng một người dùng / disables a user", (*people.Accounts).Disable),
		newUserSwitchCommand("enable", "Mở lại một người dùng / enables a user again", (*people.Accounts).Enable))
}

const userList = "hailong user list"

// grantFlags are role and scope as flags.
type grantFlags struct {
	role     string
	units    []string
	families []string
}

func (g *grantFlags) add(cmd *cobra.Command, role survey.Role) {
	names := make([]string, len(survey.Roles))
	for i, r := range survey.Roles {
		names[i] = string(r)
	}
	cmd.Flags().StringVar(&g.role, "role", string(role), "vai trò / role: "+strings.Join(names, ", "))
	cmd.Flags().StringSliceVar(&g.units, "unit", nil, "chỉ đơn vị này và các đơn vị trực thuộc, theo mã; ghi được nhiều lần / only this unit and what is below it, by id; may be repeated")
	cmd.Flags().StringSliceVar(&g.families, "family", nil, "chỉ nội dung khảo sát này: tthc, edu, sipas; ghi được nhiều lần / only this topic: tthc, edu, sipas; may be repeated")
}

// grant checks that the units are there.
func (g *grantFlags) grant(ctx context.Context, store survey.Store) (survey.Grant, error) {
	grant := survey.Grant{Role: survey.Role(g.role)}
	for _, id := range g.units {
		if _, err := store.Get(ctx, survey.Units, id); survey.Is(err, survey.NotFound) {
			return grant, fmt.Errorf("--unit %s: không có đơn vị này / there is no such unit", id)
		} else if err != nil {
			return grant, fmt.Errorf("--unit %s: %w", id, err)
		}
		grant.Scope.Units = append(grant.Scope.Units, survey.UnitID(id))
	}
	for _, f := range g.families {
		grant.Scope.Families = append(grant.Scope.Families, survey.Family(f))
	}
	return grant, nil
}

func newUserAddCommand() *cobra.Command {
	var (
		store  *shell.StoreOption
		grant  grantFlags
		name   string
		invite bool
	)
	cmd := &cobra.Command{
		Use:   "add USERNAME",
		Short: "Thêm người dùng / adds a user and prints a password or an invitation, once",
		Args:  shell.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd.Context(), store, func(s survey.Store, a *people.Accounts) error {
				g, err := grant.grant(cmd.Context(), s)
				if err != nil {
					return err
				}
				_, admission, err := a.Hire(cmd.Context(), shell.Actor(), survey.NormalLogin(args[0]), name, g, invite)
				if err != nil {
					return err
				}
				return printAdmission(cmd, admission)
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	grant.add(cmd, survey.Viewer)
	cmd.Flags().StringVar(&name, "name", "", "họ và tên / full name")
	cmd.Flags().BoolVar(&invite, "invite", false, "liên kết mời thay cho mật khẩu / an invitation link instead of a password")
	return cmd
}

// printAdmission writes the way in, alone on a line, so that a script can take it.
func printAdmission(cmd *cobra.Command, admission people.Admission) error {
	if admission.Invitation != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), "Liên kết mời, dùng một lần; thêm địa chỉ của máy chủ vào trước / invitation, works once; put the server's address before it:")
		fmt.Fprintln(cmd.OutOrStdout(), "/staff/invitation/"+admission.Invitation)
		return nil
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "Mật khẩu tạm, phải đổi khi đăng nhập / temporary password, to be changed at the first sign-in:")
	fmt.Fprintln(cmd.OutOrStdout(), admission.Password)
	return nil
}

func newUserListCommand() *cobra.Command {
	var (
		store  *shell.StoreOption
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Danh sách người dùng / lists users",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd.Context(), store, func(_ survey.Store, a *people.Accounts) error {
				people, err := a.People(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(cmd.OutOrStdout()).Encode(people)
				}
				out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(out, "USERNAME\tNAME\tROLE\tUNITS\tSTATUS")
				for _, u := range people {
					fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", u.Login, u.Name, u.Grant.Role, joined(u.Grant.Scope.Units), userState(u))
				}
				return out.Flush()
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "dạng JSON / as JSON")
	return cmd
}

func userState(u people.User) string {
	switch {
	case u.Disabled:
		return "disabled"
	case u.Invite != nil:
		return "invited"
	}
	return "active"
}

func joined[T ~string](all []T) string {
	parts := make([]string, len(all))
	for i, v := range all {
		parts[i] = string(v)
	}
	return strings.Join(parts, ",")
}

func newUserResetCommand() *cobra.Command {
	var (
		store          *shell.StoreOption
		invite, factor bool
	)
	cmd := &cobra.Command{
		Use:   "reset USERNAME",
		Short: "Cấp lại mật khẩu hoặc liên kết mời / gives a new password or invitation and ends every session",
		Args:  shell.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd.Context(), store, func(_ survey.Store, a *people.Accounts) error {
				login := survey.NormalLogin(args[0])
				if factor {
					if err := a.DropTOTP(cmd.Context(), shell.Actor(), login, ""); err != nil && !survey.Is(err, survey.NotFound) {
						return err
					}
				}
				admission, err := a.Reset(cmd.Context(), shell.Actor(), login, invite)
				if err != nil {
					return shell.NotListed(err, args[0], userList)
				}
				return printAdmission(cmd, admission)
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().BoolVar(&invite, "invite", false, "liên kết mời thay cho mật khẩu / an invitation link instead of a password")
	cmd.Flags().BoolVar(&factor, "second-factor", false, "bỏ cả xác thực hai bước / remove the second factor as well")
	return cmd
}

func newUserLinkCommand() *cobra.Command {
	var (
		store           *shell.StoreOption
		issuer, subject string
	)
	cmd := &cobra.Command{
		Use:   "link USERNAME",
		Short: "Gắn người dùng với hệ thống xác thực / lets a user sign in at an OpenID Connect provider",
		Args:  shell.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if issuer == "" || subject == "" {
				return shell.Misused(errors.New("--issuer và --subject là bắt buộc / are required"))
			}
			return withAccounts(cmd.Context(), store, func(_ survey.Store, a *people.Accounts) error {
				return shell.NotListed(a.LinkIdentity(cmd.Context(), shell.Actor(), survey.NormalLogin(args[0]), issuer, subject), args[0], userList)
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().StringVar(&issuer, "issuer", "", "địa chỉ của hệ thống xác thực, như --oidc-issuer / address of the provider, as in --oidc-issuer")
	cmd.Flags().StringVar(&subject, "subject", "", "mã định danh (sub) của người đó ở hệ thống xác thực / identifier (sub) of the person at the provider")
	return cmd
}

func newUserUnlinkCommand() *cobra.Command {
	var store *shell.StoreOption
	cmd := &cobra.Command{
		Use:   "unlink USERNAME",
		Short: "Gỡ người dùng khỏi hệ thống xác thực / takes every link to an OpenID Connect provider from a user",
		Args:  shell.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd.Context(), store, func(_ survey.Store, a *people.Accounts) error {
				return unlinkAll(cmd, a, args[0])
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	return cmd
}

// unlinkAll takes what is bound to an account away. An account that is left without a
// password needs a new way in, which the command says.
func unlinkAll(cmd *cobra.Command, a *people.Accounts, name string) error {
	login := survey.NormalLogin(name)
	user, err := a.User(cmd.Context(), login)
	if err != nil {
		return shell.NotListed(err, name, userList)
	}
	bound, err := a.IdentitiesOf(cmd.Context(), login)
	if err != nil {
		return err
	}
	if len(bound) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s chưa được gắn với hệ thống xác thực nào / is not linked to any provider\n", login)
	}
	for _, identity := range bound {
		err := a.UnlinkIdentity(cmd.Context(), shell.Actor(), login, identity.Name())
		if err != nil && !survey.Is(err, survey.NotFound) { // somebody was faster
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\n", identity.Issuer, identity.Subject)
	}
	if user.Password == "" && len(bound) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%[1]s không có mật khẩu; cấp liên kết mời: hailong user reset --invite %[1]s / has no password; give an invitation: hailong user reset --invite %[1]s\n", login)
	}
	return nil
}

func newUserSwitchCommand(name, short string, do func(*people.Accounts, context.Context, survey.Actor, survey.Login) error) *cobra.Command {
	var store *shell.StoreOption
	cmd := &cobra.Command{
		Use:   name + " USERNAME",
		Short: short,
		Args:  shell.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd.Context(), store, func(_ survey.Store, a *people.Accounts) error {
				return shell.NotListed(do(a, cmd.Context(), shell.Actor(), survey.NormalLogin(args[0])), args[0], userList)
			})
		},
	}
	store = shell.AddStoreFlag(cmd)
	return cmd
}
