package survey

import (
	"slices"
	"testing"
)

func TestGrantMay(t *testing.T) {
	t.Parallel()
	for _, role := range Roles {
		if !(Grant{Role: role}).May(SeeOwnAccount) {
			t.Errorf("%s cannot see the own account", role)
		}
	}
	for _, p := range Permissions {
		if !(Grant{Role: Administrator}).May(p) {
			t.Errorf("the administrator may not %s", p)
		}
		if (Grant{Role: "stranger"}).May(p) {
			t.Errorf("an unknown role may %s", p)
		}
		if p != SeeOwnAccount && p != EnterResponses && p != SeeBatches && p != VisitSample && (Grant{Role: Surveyor}).May(p) {
			t.Errorf("a surveyor may %s", p)
		}
	}
	for role, permissions := range granted {
		if !slices.Contains(Roles, role) {
			t.Errorf("%s is granted something but is no role", role)
		}
		for _, p := range permissions {
			if !slices.Contains(Permissions, p) {
				t.Errorf("%s is granted %s, which is no permission", role, p)
			}
		}
	}
}

func TestGrantCovers(t *testing.T) {
	t.Parallel()
	c := (&Catalog{Units: []Unit{
		{ID: "area", Kind: Area},
		{ID: "xa-1", Kind: Commune, Parent: "area"},
		{ID: "xa-2", Kind: Commune, Parent: "area"},
		{ID: "truong-1", Kind: School, Parent: "xa-1"},
	}}).Index()
	tests := []struct {
		name   string
		scope  Scope
		extent Reach
		want   bool
	}{
		{"Everywhere", Scope{}, OfUnit("xa-2").In(Education), true},
		{"OwnUnit", Scope{Units: []UnitID{"xa-1"}}, OfUnit("xa-1"), true},
		{"BelowOwnUnit", Scope{Units: []UnitID{"xa-1"}}, OfUnit("truong-1"), true},
		{"Neighbour", Scope{Units: []UnitID{"xa-1"}}, OfUnit("xa-2"), false},
		{"Above", Scope{Units: []UnitID{"xa-1"}}, OfUnit("area"), false},
		{"UnknownUnit", Scope{Units: []UnitID{"xa-1"}}, OfUnit("nowhere"), false},
		{"OwnFamily", Scope{Families: []Family{Education}}, OfUnit("xa-2").In(Education), true},
		{"OtherFamily", Scope{Families: []Family{Education}}, OfUnit("xa-2").In(Procedures), false},
		{"UnitRightFamilyWrong", Scope{Units: []UnitID{"xa-1"}, Families: []Family{Education}}, OfUnit("xa-1").In(Procedures), false},
		{"NothingSaid", Scope{}, Reach{}, false},
		{"NoUnitKnown", Scope{Units: []UnitID{"xa-1"}}, OfUnit(""), false},
		{"NoUnitKnownEverywhere", Scope{}, OfUnit(""), true},
		{"NoFamilyKnown", Scope{Families: []Family{Education}}, OfUnit("xa-1").In(""), false},
		{"EveryUnit", Scope{Units: []UnitID{"area"}}, Everywhere(), false},
		{"CampaignOfAll", Scope{Units: []UnitID{"xa-1"}}, (&Campaign{}).Reach(), false},
		{"CampaignOfAllShown", Scope{Units: []UnitID{"xa-1"}}, (&Campaign{}).Reach().In(Education).Part(), true},
		{"CampaignWithin", Scope{Units: []UnitID{"area"}}, (&Campaign{Family: Education, Units: []UnitID{"xa-1", "truong-1"}}).Reach(), true},
		{"CampaignBeyond", Scope{Units: []UnitID{"xa-1"}}, (&Campaign{Family: Education, Units: []UnitID{"xa-1", "xa-2"}}).Reach(), false},
		{"CampaignBeyondShown", Scope{Units: []UnitID{"xa-1"}}, (&Campaign{Family: Education, Units: []UnitID{"xa-1", "xa-2"}}).Reach().Part(), true},
		{"CampaignAboveShown", Scope{Units: []UnitID{"xa-1"}}, (&Campaign{Family: Education, Units: []UnitID{"area"}}).Reach().Part(), true},
		{"CampaignElsewhereShown", Scope{Units: []UnitID{"xa-1"}}, (&Campaign{Family: Education, Units: []UnitID{"xa-2"}}).Reach().Part(), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := (Grant{Role: Viewer, Scope: tt.scope}).Covers(c, tt.extent); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
