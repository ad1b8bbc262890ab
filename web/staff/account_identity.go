package staff

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

const identityPath = "/staff/account/identity"

// identityConfirm asks the person of a session whether it was them who signed in at the
// provider just now.
func (a *Area) identityConfirm(c *fiber.Ctx, who *SignedIn) error {
	pending := who.Session.Pending
	if a.provider == nil || pending == nil || !a.Now().Before(pending.Expires) {
		return a.accountShow(c, who) // nobody waits
	}
	return a.Confirm(c, Confirmation{
		BasePage: a.NewPage(c, who, "account.identity.link", "/staff/account", "account.title"),
		Text:     survey.Message{Key: "account.identity.text", Args: []any{a.provider.Name, pending.Subject}},
		Action:   identityPath, Button: "account.identity.link", Cancel: "/staff/account",
	})
}

// identityLink binds who signed in at the provider to the account.
func (a *Area) identityLink(c *fiber.Ctx, who *SignedIn) error {
	if err := a.Accounts.TakeIdentity(c.UserContext(), who.Actor(), who.Session); err != nil {
		return err
	}
	return a.Done(c, "/staff/account", "identity_linked")
}

func (a *Area) identityUnlink(c *fiber.Ctx, who *SignedIn) error {
	err := a.Accounts.UnlinkIdentity(c.UserContext(), who.Actor(), who.User.Login, strings.Clone(c.Params("identity")))
	if err != nil {
		return err
	}
	return a.Done(c, "/staff/account", "identity_unlinked")
}
