package help

import (
	"slices"

	"hailong/survey"
)

// step is one thing to do: a page, and the words on what is pressed there.
// A test holds that each page is there for the role and shows the words.
type step struct {
	Path string   // of the page; empty where it needs a campaign or a dossier first
	Key  string   // of the instruction, whose arguments are the words of Keys
	Keys []string // of headings and buttons
}

// topic is something a role does, step by step.
type topic struct {
	Key   string
	Needs survey.Permission
	Steps []step
}

// topics are in the order of a survey.
func topics() []topic { return slices.Concat(toPrepare(), toCollect(), toRead()) }

// toPrepare is help with what is done before a survey begins.
func toPrepare() []topic {
	return []topic{
		{"help.sign_in", survey.SeeOwnAccount, []step{
			{"/staff/account", "help.sign_in.account", []string{"account.title"}},
			{"/staff/account/password", "help.sign_in.password", []string{"account.password.save"}},
		}},
		{"help.people", survey.ManageUsers, []step{
			{"/staff/users", "help.people.list", []string{"user.list", "user.new"}},
			{"/staff/users/new", "help.people.new", []string{"user.role", "user.admission", "staff.save"}},
			{"/staff/security", "help.people.security", []string{"security.title"}},
		}},
		{"help.campaign", survey.EditCampaigns, []step{
			{"/staff/campaigns", "help.campaign.list", []string{"campaign.list", "campaign.new"}},
			{"/staff/campaigns/new?family=tthc", "help.campaign.new", []string{"campaign.forms", "campaign.method", "staff.save"}},
			{"", "help.campaign.open", []string{"campaign.open"}},
			{"", "help.campaign.close", []string{"campaign.close", "campaign.publish", "campaign.withdraw"}},
			{"/staff", "help.campaign.next", []string{"staff.home.title"}},
		}},
		{"help.plan", survey.EditCampaigns, []step{
			{"/staff/campaigns", "help.plan.open", []string{"campaign.list", "plan.title"}},
			{"", "help.plan.save", []string{"plan.population", "plan.save"}},
		}},
		{"help.sample", survey.RunSample, []step{
			{"/staff/campaigns", "help.sample.open", []string{"campaign.list", "sample.title"}},
			{"", "help.sample.draw", []string{"sample.bring", "sample.do_draw"}},
			{"", "help.sample.work", []string{"sample.work"}},
			{"", "help.sample.erase", []string{"sample.erase"}},
		}},
	}
}

// toCollect is help with what is done while responses are collected.
func toCollect() []topic {
	return []topic{
		{"help.visit", survey.VisitSample, []step{
			{"/staff/visits", "help.visit.list", []string{"visit.list"}},
			{"", "help.visit.mark", []string{"sample.outcome.answered", "sample.outcome.away", "sample.outcome.refused", "sample.outcome.moved", "sample.outcome.wrong_address"}},
			{"", "help.visit.reserve", []string{"visit.call_reserve"}},
		}},
		{"help.nonresponse", survey.SeeProgress, []step{
			{"/staff/campaigns", "help.nonresponse.open", []string{"campaign.list", "sample.title"}},
		}},
		{"help.import", survey.EditUnits, []step{
			{"/staff/units", "help.import.units", []string{"unit.import"}},
			{"/staff/sectors", "help.import.sectors", []string{"sector.import"}},
		}},
		{"help.progress", survey.SeeProgress, []step{
			{"/staff/campaigns", "help.progress.open", []string{"campaign.list", "progress.title"}},
		}},
		{"help.batch", survey.EditCampaigns, []step{
			{"/staff/batches", "help.batch.list", []string{"batch.list", "batch.new"}},
			{"", "help.batch.new", nil},
			{"/staff/batches", "help.batch.close", []string{"batch.list"}},
		}},
		{"help.entry", survey.EnterResponses, []step{
			{"/staff/batches", "help.entry.open", []string{"batch.list"}},
			{"", "help.entry.key", nil},
			{"", "help.entry.offline", nil},
			{"", "help.entry.void", []string{"batch.void_short"}},
		}},
		{"help.recheck", survey.Recheck, []step{
			{"/staff/rechecks", "help.recheck.list", []string{"recheck.list"}},
			{"", "help.recheck.draw", []string{"recheck.draw_go"}},
			{"", "help.recheck.record", []string{"recheck.save"}},
			{"", "help.recheck.failed", nil},
		}},
	}
}

// toRead is help with other ways in, and with what came of it.
func toRead() []topic {
	return []topic{
		{"help.slip", survey.IssueSlips, []step{
			{"/staff/slips", "help.slip.issue", []string{"slip.title", "slip.count", "slip.issue"}},
			{"", "help.slip.print", []string{"slip.print.sheet", "slip.print.roll"}},
			{"/staff/slips", "help.slip.compare", []string{"slip.compare"}},
		}},
		{"help.kiosk", survey.EditPoints, []step{
			{"/staff/devices", "help.kiosk.enrol", []string{"device.invite"}},
			{"", "help.kiosk.open", []string{"point.kiosk"}},
			{"", "help.kiosk.pin", nil},
		}},
		{"help.results", survey.SeeResults, []step{
			{"/results", "help.results.read", []string{"results.title"}},
		}},
		{"help.audit", survey.ReadAudit, []step{
			{"/staff/audit", "help.audit.read", []string{"audit.title"}},
		}},
	}
}
