package staff

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
)

// helpStep is one thing to do: a page, and the words on what is pressed there.
// A test holds that each page is there for the role and shows the words.
type helpStep struct {
	Path string   // of the page; empty where it needs a campaign or a dossier first
	Key  string   // of the instruction, whose arguments are the words of Keys
	Keys []string // of headings and buttons
}

// helpTopic is something a role does, step by step.
type helpTopic struct {
	Key   string
	Needs survey.Permission
	Steps []helpStep
}

// helpTopics are in the order of a survey.
func helpTopics() []helpTopic { return slices.Concat(helpToPrepare(), helpToCollect(), helpToRead()) }

// helpToPrepare is help with what is done before a survey begins.
func helpToPrepare() []helpTopic {
	return []helpTopic{
		{"help.sign_in", survey.SeeOwnAccount, []helpStep{
			{"/staff/account", "help.sign_in.account", []string{"account.title"}},
			{"/staff/account/password", "help.sign_in.password", []string{"account.password.save"}},
		}},
		{"help.people", survey.ManageUsers, []helpStep{
			{"/staff/users", "help.people.list", []string{"user.list", "user.new"}},
			{"/staff/users/new", "help.people.new", []string{"user.role", "user.admission", "staff.save"}},
			{"/staff/security", "help.people.security", []string{"security.title"}},
		}},
		{"help.campaign", survey.EditCampaigns, []helpStep{
			{"/staff/campaigns", "help.campaign.list", []string{"campaign.list", "campaign.new"}},
			{"/staff/campaigns/new?family=tthc", "help.campaign.new", []string{"campaign.forms", "campaign.method", "staff.save"}},
			{"", "help.campaign.open", []string{"campaign.open"}},
			{"", "help.campaign.close", []string{"campaign.close", "campaign.publish", "campaign.withdraw"}},
			{"/staff", "help.campaign.next", []string{"staff.home.title"}},
		}},
		{"help.plan", survey.EditCampaigns, []helpStep{
			{"/staff/campaigns", "help.plan.open", []string{"campaign.list", "plan.title"}},
			{"", "help.plan.save", []string{"plan.population", "plan.save"}},
		}},
		{"help.sample", survey.RunSample, []helpStep{
			{"/staff/campaigns", "help.sample.open", []string{"campaign.list", "sample.title"}},
			{"", "help.sample.draw", []string{"sample.bring", "sample.do_draw"}},
			{"", "help.sample.work", []string{"sample.work"}},
			{"", "help.sample.erase", []string{"sample.erase"}},
		}},
	}
}

// helpToCollect is help with what is done while responses are collected.
func helpToCollect() []helpTopic {
	return []helpTopic{
		{"help.visit", survey.VisitSample, []helpStep{
			{"/staff/visits", "help.visit.list", []string{"visit.list"}},
			{"", "help.visit.mark", []string{"sample.outcome.answered", "sample.outcome.away", "sample.outcome.refused", "sample.outcome.moved", "sample.outcome.wrong_address"}},
			{"", "help.visit.reserve", []string{"visit.call_reserve"}},
		}},
		{"help.nonresponse", survey.SeeProgress, []helpStep{
			{"/staff/campaigns", "help.nonresponse.open", []string{"campaign.list", "sample.title"}},
		}},
		{"help.import", survey.EditUnits, []helpStep{
			{"/staff/units", "help.import.units", []string{"unit.import"}},
			{"/staff/sectors", "help.import.sectors", []string{"sector.import"}},
		}},
		{"help.progress", survey.SeeProgress, []helpStep{
			{"/staff/campaigns", "help.progress.open", []string{"campaign.list", "progress.title"}},
		}},
		{"help.batch", survey.EditCampaigns, []helpStep{
			{"/staff/batches", "help.batch.list", []string{"batch.list", "batch.new"}},
			{"", "help.batch.new", nil},
			{"/staff/batches", "help.batch.close", []string{"batch.list"}},
		}},
		{"help.entry", survey.EnterResponses, []helpStep{
			{"/staff/batches", "help.entry.open", []string{"batch.list"}},
			{"", "help.entry.key", nil},
			{"", "help.entry.offline", nil},
			{"", "help.entry.void", []string{"batch.void_short"}},
		}},
		{"help.recheck", survey.Recheck, []helpStep{
			{"/staff/rechecks", "help.recheck.list", []string{"recheck.list"}},
			{"", "help.recheck.draw", []string{"recheck.draw_go"}},
			{"", "help.recheck.record", []string{"recheck.save"}},
			{"", "help.recheck.failed", nil},
		}},
	}
}

// helpToRead is help with other ways in, and with what came of it.
func helpToRead() []helpTopic {
	return []helpTopic{
		{"help.slip", survey.IssueSlips, []helpStep{
			{"/staff/slips", "help.slip.issue", []string{"slip.title", "slip.count", "slip.issue"}},
			{"", "help.slip.print", []string{"slip.print.sheet", "slip.print.roll"}},
			{"/staff/slips", "help.slip.compare", []string{"slip.compare"}},
		}},
		{"help.kiosk", survey.EditPoints, []helpStep{
			{"/staff/devices", "help.kiosk.enrol", []string{"device.invite"}},
			{"", "help.kiosk.open", []string{"point.kiosk"}},
			{"", "help.kiosk.pin", nil},
		}},
		{"help.results", survey.SeeResults, []helpStep{
			{"/results", "help.results.read", []string{"results.title"}},
		}},
		{"help.audit", survey.ReadAudit, []helpStep{
			{"/staff/audit", "help.audit.read", []string{"audit.title"}},
		}},
	}
}

// helpPage tells a role how its work is done here.
type helpPage struct {
	BasePage
	Role   survey.Role
	Topics []helpText
}

// helpText is a topic in the page's language.
type helpText struct {
	Key   string
	Steps []helpLine
}

type helpLine struct{ Path, Text string }

// Roles are those there is help for.
func (helpPage) Roles() []survey.Role { return survey.Roles }

// helpShow shows the help of one's own role, or of the one in the path.
func (a *Area) helpShow(c *fiber.Ctx, who *SignedIn) error {
	role := who.User.Grant.Role
	if name := survey.Role(Unescaped(c.Params("role"))); name != "" {
		if !slices.Contains(survey.Roles, name) {
			return fiber.ErrNotFound
		}
		role = name
	}
	l := a.Views.Locales[page.ViewOf(c).Lang]
	page := helpPage{BasePage: a.NewPage(c, who, "help.title"), Role: role}
	for _, topic := range helpTopics() {
		if !(survey.Grant{Role: role}).May(topic.Needs) {
			continue
		}
		text := helpText{Key: topic.Key}
		for _, step := range topic.Steps {
			words := make([]any, len(step.Keys))
			for i, key := range step.Keys {
				words[i] = l.T(key)
			}
			text.Steps = append(text.Steps, helpLine{step.Path, l.T(step.Key, words...)})
		}
		page.Topics = append(page.Topics, text)
	}
	return a.Render(c, fiber.StatusOK, "staff/help", page)
}
