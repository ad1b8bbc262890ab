package page

import (
	"testing"
)

func TestSniff(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content string
		want    FileKind
	}{
		"CSV":         {"tên,mã\r\nBum Tở,1\r\n", TextFile},
		"CSVWithMark": {"\ufefftên;mã\n", TextFile},
		"Workbook":    {"PK\x03\x04 … [Content_Types].xml …", WorkbookFile},
		"OtherZip":    {"PK\x03\x04 … readme.txt …", ""},
		"UTF16":       {"\xff\xfet\x00e\x00", ""},
		"Windows1258": {"t\xean", ""},
		"Program":     {"\x7fELF\x02\x01\x01\x00", ""},
		"PDF":         {"%PDF-1.7\n\x00", ""},
	} {
		if got := sniff([]byte(tt.content)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
