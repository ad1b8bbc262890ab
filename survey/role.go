package survey

import (
	"slices"
)

// Role is what a person or a token is trusted with.
type Role string

// The roles, and whom each is meant for.
const (
	Administrator    Role = "administrator" // people, settings, everything
	HomeAffairs      Role = "home_affairs"  // campaigns, catalogue, all results, publishing
	OneStopOffice    Role = "onestop"       // procedures: results, points, slips
	EducationOffice  Role = "education"     // schools: results, points, school list
	CommuneCommittee Role = "commune"       // its own subtree
	Surveyor         Role = "surveyor"      // enters the batches assigned to them
	Supervisor       Role = "supervisor"    // sees progress and re-checks; edits nothing
	Viewer           Role = "viewer"        // sees what is published
	// ReleaseReader reads releases within the scope and changes nothing: a program
	// that an office trusts with what it sees itself.
	ReleaseReader Role = "release_reader"
)

// Roles in the order they are offered.
var Roles = []Role{Administrator, HomeAffairs, OneStopOffice, EducationOffice, CommuneCommittee, Surveyor, Supervisor, Viewer, ReleaseReader}

// Permission is one thing that can be allowed. Every staff route and every API
// call names exactly one.
type Permission string

// The permissions.
const (
	SeeOwnAccount     Permission = "account.own"         // own password, second factor, sessions
	SeeResults        Permission = "results.see"         // what is published, among staff
	SeeReleases       Permission = "releases.see"        // figures of the release within the scope
	SeeProgress       Permission = "progress.see"        // collected against required
	ReadResponses     Permission = "responses.read"      // microdata; logged
	ExportResponses   Permission = "responses.export"    // logged
	WriteResponses    Permission = "responses.write"     // import, API
	EnterResponses    Permission = "responses.enter"     // enter paper forms of an assigned batch
	SeeBatches        Permission = "batches.see"         // batches of paper forms; a surveyor only their own
	Recheck           Permission = "responses.recheck"   // phúc tra
	SeeCatalog        Permission = "catalog.see"         // units, sectors, points, questionnaires
	EditUnits         Permission = "units.edit"          //
	EditSchools       Permission = "schools.edit"        //
	EditPoints        Permission = "points.edit"         // make, print, replace, deactivate
	EditForms         Permission = "questionnaires.edit" //
	EditCampaigns     Permission = "campaigns.edit"      // plan, open, close
	PublishCampaigns  Permission = "campaigns.publish"   // fix figures, withdraw
	RunSample         Permission = "sample.run"          // draw, assign, see and erase contacts; logged
	VisitSample       Permission = "sample.visit"        // see and mark the rows assigned to oneself
	IssueSlips        Permission = "slips.issue"         // slips: one-time codes of transactions
	ManageUsers       Permission = "users.manage"        // people and tokens
	EditPrivacy       Permission = "privacy.edit"        // who answers for personal data, how long they are kept
	ReadAudit         Permission = "audit.read"          //
	OperateDeployment Permission = "deployment.operate"  // backup, settings
)

// Permissions lists every permission.
var Permissions = []Permission{
	SeeOwnAccount, SeeResults, SeeReleases, SeeProgress, ReadResponses, ExportResponses, WriteResponses, EnterResponses, SeeBatches, Recheck,
	SeeCatalog, EditUnits, EditSchools, EditPoints, EditForms, EditCampaigns, PublishCampaigns, RunSample, VisitSample,
	IssueSlips, ManageUsers, EditPrivacy, ReadAudit, OperateDeployment,
}

// granted is the one table that says who may do what. What a role may do it
// may do only within its scope.
var granted = map[Role][]Permission{
	Administrator: Permissions,
	HomeAffairs: {
		SeeOwnAccount, SeeResults, SeeReleases, SeeProgress, ReadResponses, ExportResponses, WriteResponses, SeeBatches, SeeCatalog, EditUnits, EditSchools,
		EditPoints, EditForms, EditCampaigns, PublishCampaigns, RunSample, VisitSample, IssueSlips, EditPrivacy, ReadAudit,
	},
	OneStopOffice:    {SeeOwnAccount, SeeResults, SeeReleases, SeeProgress, ReadResponses, ExportResponses, SeeCatalog, EditPoints, IssueSlips},
	EducationOffice:  {SeeOwnAccount, SeeResults, SeeReleases, SeeProgress, ReadResponses, ExportResponses, SeeCatalog, EditSchools, EditPoints},
	CommuneCommittee: {SeeOwnAccount, SeeResults, SeeReleases, SeeProgress, SeeCatalog, IssueSlips},
	Surveyor:         {SeeOwnAccount, EnterResponses, SeeBatches, VisitSample},
	Supervisor:       {SeeOwnAccount, SeeProgress, Recheck},
	Viewer:           {SeeOwnAccount, SeeResults},
	ReleaseReader:    {SeeOwnAccount, SeeResults, SeeReleases},
}

// Scope is the part of the world a role applies to: units with everything
// below them, and families of questionnaires. An empty list is "all", except
// that an empty Scope never widens what the role itself allows.
type Scope struct {
	Units    []UnitID `bson:"units,omitempty" json:"units,omitempty"`
	Families []Family `bson:"families,omitempty" json:"families,omitempty"`
}

// Grant is a role within a scope: what a signed-in person or a token carries.
type Grant struct {
	Role  Role  `bson:"role" json:"role"`
	Scope Scope `bson:"scope" json:"scope"`
}

// families are those a role has to do with, whatever its scope; a role that is
// not here has to do with all.
var families = map[Role][]Family{
	OneStopOffice:   {Procedures},
	EducationOffice: {Education},
}

// Check adds what is wrong with a grant to fields.
func (g Grant) Check(fields Fields) {
	switch _, known := granted[g.Role]; {
	case !known:
		fields.Add("role", "user.bad_role")
	case g.Role == Administrator && !g.Everywhere():
		fields.Add("role", "user.administrator_scope")
	case g.Role == CommuneCommittee && len(g.Scope.Units) == 0:
		fields.Add("units", "user.commune_scope")
	}
	for _, f := range g.Scope.Families {
		if !slices.Contains(Families, f) {
			fields.Add("families", "user.bad_family")
		} else if own, limited := families[g.Role]; limited && !slices.Contains(own, f) {
			fields.Add("families", "user.role_family")
		}
	}
}

// May reports whether the role allows p at all.
func (g Grant) May(p Permission) bool { return slices.Contains(granted[g.Role], p) }
