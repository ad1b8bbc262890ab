package registry_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/servertest"
)

// A list is shown first, changes nothing until it is stored, and changes nothing
// more when it is read again.
func TestListImport(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path, list string
		shown      []string // in the preview
		stored     func(*survey.Catalog) bool
	}{
		"Units": {
			path: "/staff/units",
			list: "Tên đơn vị;Loại;Trực thuộc;Mã;Từ ngày\nXã Mới;xã;cu;777;01/07/2025\nMột cửa xã Mới;một cửa;Xã Mới;;\nTrung tâm Phục vụ hành chính công xã Bum Tở;một cửa;xa;M1;\n",
			shown: []string{
				"2 đơn vị mới, 1 đơn vị sửa", "Một cửa xã Mới",
			},
			stored: func(c *survey.Catalog) bool {
				u, below := c.Unit("xa-moi"), c.Unit("mot-cua-xa-moi")
				return u != nil && u.Code == "777" && u.Valid.From == "2025-07-01" && below != nil && below.Parent == "xa-moi" && c.Unit("motcua").Code == "M1"
			},
		},
		"Sectors": {
			path: "/staff/sectors", list: "Tên,Nhóm,Danh sách ngắn,name_en\nXây dựng,x,x,Construction\nHộ tịch,,,\n",
			shown: []string{"1 lĩnh vực mới", "Xây dựng"},
			stored: func(c *survey.Catalog) bool {
				s, other := c.Sector("xay-dung"), c.Sector(survey.OtherSector)
				return s != nil && s.Group == survey.LandBuildInvest && s.Short && s.Name["en"] == "Construction" && s.Order < other.Order &&
					!c.Sector("civil").Short && c.Sector("civil").Name["en"] == "Civil status"
			},
		},
		"Schools": {
			path: "/staff/schools", list: "Tên trường,Cấp học,Xã,Mã\nTrường Mầm non Bum Tở,mầm non,Xã Bum Tở,MN1\n",
			shown:  []string{"1 trường mới", "Trường Mầm non Bum Tở", "Mầm non"},
			stored: func(c *survey.Catalog) bool { return c.Unit("truong-mn1") != nil },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := servertest.NewStaffServer(t)
			servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
			v := servertest.SignIn(t, w.Server, "lan")
			resp, body := v.Upload(tt.path+"/import", "file", "ds.csv", tt.list)
			doc := servertest.Document(t, body)
			for _, text := range tt.shown {
				if main := doc.Find("main").Text(); resp.StatusCode != http.StatusOK || !strings.Contains(main, text) {
					t.Errorf("preview: %d, %q is not in %s", resp.StatusCode, text, main)
				}
			}
			if tt.stored(w.Current.Catalog()) {
				t.Fatal("the preview stored the list")
			}
			pairs := servertest.HiddenFields(doc, "main form")
			if resp, body := v.Post(tt.path+"/import/apply", pairs...); resp.StatusCode != http.StatusSeeOther || !tt.stored(w.Current.Catalog()) {
				t.Fatalf("stored: %d %s", resp.StatusCode, servertest.Document(t, body).Find("main").Text())
			}
			before := servertest.StoredCatalog(t, w)
			v.Post(tt.path+"/import/apply", pairs...)
			if after := servertest.StoredCatalog(t, w); len(before) != len(after) || strings.Join(before, "") != strings.Join(after, "") {
				t.Error("the same list again changed something")
			}
		})
	}
}

func TestListImportRefused(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, w.Server, "hoa", survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	lan, hoa := servertest.SignIn(t, w.Server, "lan"), servertest.SignIn(t, w.Server, "hoa")
	before := strings.Join(servertest.StoredCatalog(t, w), "")
	for name, tt := range map[string]struct {
		v          *servertest.Client
		path, list string
		want       []string
	}{
		"NoColumns":     {lan, "/staff/units", "Họ tên\nA\n", []string{"thiếu cột: tên đơn vị, loại, trực thuộc"}},
		"Empty":         {lan, "/staff/units", "name,kind,parent\n", []string{"Không có dòng nào"}},
		"BadKind":       {lan, "/staff/units", "name,kind,parent\nA,trường,xa\n", []string{"Dòng 2, cột loại", "trường"}},
		"BadParent":     {lan, "/staff/units", "name,kind,parent\nA,xã,không đâu\nB,xã,\n", []string{"Dòng 2, cột trực thuộc", "Dòng 3, cột trực thuộc"}},
		"Twice":         {lan, "/staff/units", "name,kind,parent\nA,xã,cu\nA,xã,cu\n", []string{"Dòng 3", "dòng 2"}},
		"BadDay":        {lan, "/staff/units", "name,kind,parent,from\nA,xã,cu,hôm qua\n", []string{"cột từ ngày"}},
		"OutsideScope":  {hoa, "/staff/units", "name,kind,parent\nA,một cửa,cu\n", []string{"ngoài phần phụ trách"}},
		"BadGroup":      {lan, "/staff/sectors", "name,group\nA,có lẽ\n", []string{"cột nhóm"}},
		"SectorTwice":   {lan, "/staff/sectors", "name\nA mới\nA mới\n", []string{"dòng 2"}},
		"NoSectorName":  {lan, "/staff/sectors", "name,group\n,x\n", []string{"Dòng 2"}},
		"SchoolUnknown": {lan, "/staff/schools", "name,level,unit,code\nA,mầm non,không đâu,1\n", []string{"không đâu"}},
	} {
		resp, body := tt.v.Upload(tt.path+"/import", "file", "ds.csv", tt.list)
		text := servertest.Document(t, body).Find(".errors, .error").Text()
		for _, want := range tt.want {
			if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, want) {
				t.Errorf("%s: %d, %q is not in %q", name, resp.StatusCode, want, text)
			}
		}
		// Nor is it stored by who sends it past the preview.
		if resp, _ := tt.v.Post(tt.path+"/import/apply", "kept", (page.ListFile{Content: []byte(tt.list)}).Packed(), "kept_name", "ds.csv"); resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s, past the preview: %d", name, resp.StatusCode)
		}
	}
	for _, kept := range []string{"***", ""} {
		if resp, _ := lan.Post("/staff/units/import/apply", "kept", kept); resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("no list: %d", resp.StatusCode)
		}
	}
	if after := strings.Join(servertest.StoredCatalog(t, w), ""); before != after {
		t.Error("a refused list changed something")
	}
}

// What the page of a sector refuses to whose scope is education, a list does too.
func TestSectorsOutsideScope(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "hoa", survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Families: []survey.Family{survey.Education}}})
	hoa := servertest.SignIn(t, w.Server, "hoa")
	before := strings.Join(servertest.StoredCatalog(t, w), "")
	const list = "name,short\nHộ tịch,\n"
	if resp, _ := hoa.Upload("/staff/sectors/import", "file", "ds.csv", list); resp.StatusCode != http.StatusForbidden {
		t.Errorf("preview: %d", resp.StatusCode)
	}
	if resp, _ := hoa.Post("/staff/sectors/import/apply", "kept", (page.ListFile{Content: []byte(list)}).Packed(), "kept_name", "ds.csv"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("past the preview: %d", resp.StatusCode)
	}
	if after := strings.Join(servertest.StoredCatalog(t, w), ""); before != after {
		t.Error("a refused list changed something")
	}
}

// A list that meets somebody else's change is not stored in part, and a unit
// that somebody else made under the same id is not passed over.
func TestListImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	lan := servertest.SignIn(t, w.Server, "lan")
	_, body := lan.Upload("/staff/units/import", "file", "ds.csv", "name,kind,parent\nXã Mới,xã,cu\nXã Khác,xã,cu\n")
	pairs := servertest.HiddenFields(servertest.Document(t, body), "main form")
	units := survey.Documents[survey.Unit]{Store: w.Store, Collection: survey.Units}
	other := survey.Unit{ID: "xa-khac", Rev: 1, Kind: survey.Commune, Name: survey.Text{"vi": "Xã khác hẳn"}, Parent: "cu", Valid: survey.Span{From: "2026-01-01"}}
	if err := units.Insert(t.Context(), other); err != nil { // on another server
		t.Fatal(err)
	}
	if resp, _ := lan.Post("/staff/units/import/apply", pairs...); resp.StatusCode != http.StatusConflict {
		t.Errorf("%d", resp.StatusCode)
	}
	_, body = lan.Get("/staff/audit")
	if log := servertest.Document(t, body).Find("main").Text(); strings.Contains(log, "Xã Mới") {
		t.Errorf("the log tells of what was not done: %s", log)
	}
	if _, err := units.Get(t.Context(), "xa-moi"); !survey.Is(err, survey.NotFound) {
		t.Errorf("the other unit of the list is there (%v)", err)
	}
}

// Of two who bring a list the second sees what is left to change.
func TestListImportConflict(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	lan := servertest.SignIn(t, w.Server, "lan")
	_, body := lan.Upload("/staff/sectors/import", "file", "ds.csv", "name,short\nHộ tịch,\n")
	pairs := servertest.HiddenFields(servertest.Document(t, body), "main form")
	// On another server, so that this one does not know yet.
	stored := *w.Current.Catalog().Sector("civil")
	stored.Rev, stored.Order = stored.Rev+1, 9
	if err := (survey.Documents[survey.Sector]{Store: w.Store, Collection: survey.Sectors}).Replace(t.Context(), stored.Rev-1, stored); err != nil {
		t.Fatal(err)
	}
	resp, body := lan.Post("/staff/sectors/import/apply", pairs...)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusConflict || doc.Find(".conflict").Length() != 1 {
		t.Fatalf("%d %s", resp.StatusCode, doc.Find("main").Text())
	}
	if resp, _ := lan.Post("/staff/sectors/import/apply", servertest.HiddenFields(doc, "main form")...); resp.StatusCode != http.StatusSeeOther || w.Current.Catalog().Sector("civil").Short || w.Current.Catalog().Sector("civil").Order != 9 {
		t.Errorf("sent again: %d, %+v", resp.StatusCode, w.Current.Catalog().Sector("civil"))
	}
}
