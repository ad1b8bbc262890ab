package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
)

// runCommand runs the program and returns what it printed.
func runCommand(t testing.TB, args ...string) (out, messages string, err error) {
	t.Helper()
	return shelltest.Run(t, newRootCommand(), args...)
}

// newStore makes a store with nothing in it.
func newStore(t *testing.T) (flag string) {
	t.Helper()
	url := shelltest.BoltURL(t)
	shelltest.CloseStore(t, shelltest.OpenURL(t, url))
	return "--store=" + url
}

func listPoints(t *testing.T, store string) []survey.PointListing {
	t.Helper()
	out, _, err := runCommand(t, "points", "list", "--json", "--public-url", "https://example.vn/", store)
	if err != nil {
		t.Fatal(err)
	}
	var list []survey.PointListing
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPointsList(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	list := listPoints(t, store)
	kinds := map[survey.Family]int{}
	for _, p := range list {
		kinds[p.Kind]++
		if p.URL != "https://example.vn/s/"+string(p.Code) || p.UnitName == "" || p.Channel != survey.ChannelQR {
			t.Errorf("point %+v", p)
		}
	}
	if diff := cmp.Diff(map[survey.Family]int{"tthc": 15, "edu": 35, "sipas": 7}, kinds); diff != "" {
		t.Errorf("points of each family (-want +got):\n%s", diff)
	}

	table, _, err := runCommand(t, "points", "list", store)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(table, "\n"), "\n")
	if len(lines) != len(list)+1 {
		t.Errorf("the table has %d lines, want a header and %d points", len(lines), len(list))
	}
	if !strings.Contains(table, "Đánh giá nhanh tại quầy – Đất đai") {
		t.Error("the table does not name the sector of the counter for land")
	}
}

const (
	goodCSV = "\ufeffTên trường;Cấp học;Xã;Mã\r\nTrường A (mẫu);Mầm non;Pa Ủ;A1\r\n;;;\r\nTrường B (mẫu);\"Tiểu học, THCS\";3466;B1\r\n"
	badCSV  = "name,level,unit,code\nTrường A (mẫu),Mầm non,Pa Ủ,A1\nTrường B (mẫu),THPT,Nơi khác,A1\n"
)

func TestUnitsImport(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	before := listPoints(t, store)
	file := shelltest.WriteTemp(t, "truong.csv", goodCSV)

	out, _, err := runCommand(t, "units", "import", file, "--dry-run", store)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"mới  A1  Trường A (mẫu)  Xã Pa Ủ", "Trường: 2 mới, 0 sửa, 0 giữ nguyên. Điểm: 4 mới, 4 ngừng dùng.", "Đây là xem trước"} {
		if !strings.Contains(out, want) {
			t.Errorf("the preview lacks %q:\n%s", want, out)
		}
	}
	if diff := cmp.Diff(before, listPoints(t, store)); diff != "" {
		t.Errorf("the preview changed points (-before +after):\n%s", diff)
	}

	if _, _, err := runCommand(t, "units", "import", file, store); err != nil {
		t.Fatal(err)
	}
	after := listPoints(t, store)
	of := map[survey.UnitID]int{}
	for _, p := range after {
		if p.Kind == survey.Education {
			of[p.Unit]++
		}
	}
	if of["truong-a1"] != 1 || of["truong-b1"] != 3 || of["xa-pa-u-2025"] != 4 || of["xa-bum-nua-2025"] != 2 || of["xa-mu-ca"] != 5 {
		t.Errorf("points about education: %v", of)
	}

	out, _, err = runCommand(t, "units", "import", file, "--lang=en", store)
	if err != nil || !strings.Contains(out, "Schools: 0 new, 0 changed, 2 unchanged. Points: 0 new, 0 out of use.") {
		t.Errorf("the same list again: error %v\n%s", err, out)
	}
}

func TestUnitsImportFromSpreadsheet(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	for i, row := range [][]any{{"Mã", "Tên trường", "Xã", "Cấp học"}, {1201, "Trường A (mẫu)", 3442, "MN"}} {
		if err := f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "truong.xlsx")
	if err := f.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	out, _, err := runCommand(t, "units", "import", file, newStore(t))
	if err != nil || !strings.Contains(out, "mới  1201  Trường A (mẫu)  Xã Pa Ủ") {
		t.Errorf("error %v\n%s", err, out)
	}
}

func TestUnitsImportRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file, content string
		want                []string
	}{
		{"BadRows", "a.csv", badCSV, []string{
			`dòng 3, cột cấp học: không có cấp học "THPT"`, `dòng 3, cột xã: không tìm thấy xã "Nơi khác"`, `dòng 3, cột mã: mã "A1" đã có ở dòng 2`, "có 3 lỗi, chưa lưu gì",
		}},
		{"NoColumn", "a.csv", "tên trường,xã\nA,Pa Ủ\n", []string{"dòng tiêu đề thiếu cột: cấp học, mã"}},
		{"OnlyHeader", "a.csv", "name,level,unit,code\n", []string{"không có trường nào"}},
		{"Empty", "a.csv", "", []string{"tệp trống"}},
		{"NotUTF8", "a.csv", "t\xean tr\xfd\xf6ng\n", []string{"UTF-8"}},
		{"BrokenQuotes", "a.csv", "name,level\n\"A,b\n", []string{"extraneous or missing"}},
		{"NotASpreadsheet", "a.xlsx", "hello", []string{"not a readable .xlsx file"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t)
			out, messages, err := runCommand(t, "units", "import", shelltest.WriteTemp(t, test.file, test.content), store)
			if err == nil {
				t.Fatal("the file was accepted")
			}
			for _, want := range test.want {
				if said := messages + err.Error(); !strings.Contains(said, want) {
					t.Errorf("%q is not among:\n%s", want, said)
				}
			}
			if out != "" {
				t.Errorf("printed %q", out)
			}
			for _, p := range listPoints(t, store) {
				if strings.HasPrefix(string(p.Unit), "truong-") {
					t.Errorf("a refused list made point %+v", p)
				}
			}
		})
	}
}
