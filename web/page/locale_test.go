package page

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hailong/survey"
)

func mustLocales(t *testing.T) map[survey.Lang]*Locale {
	t.Helper()
	locales, err := LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	return locales
}

// The domain names its sentences by keys; each must be translated. The keys
// are read from its source, so that a new one cannot be forgotten.
func TestEveryKeyOfTheDomainIsTranslated(t *testing.T) {
	t.Parallel()
	key := regexp.MustCompile(`(?:Key:\s*|fail\([^"\n]*|Message\{|\.Add\([^"\n]*(?:"[^"]*"(?:\+\S+)?, )?|\.Err\("[^"]*", |InvalidField\("[^"]*", )"([a-z0-9_]+\.[a-z0-9_.]+)"`)
	var files []string
	if err := filepath.WalkDir("../../survey", func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	vi := mustLocales(t)[survey.Vietnamese].Messages
	found := 0
	for _, file := range files {
		if matched, _ := filepath.Match("*_test.go", filepath.Base(file)); matched {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllSubmatch(source, -1) {
			found++
			if _, ok := vi[string(m[1])]; !ok {
				t.Errorf("%s uses %q, which locale/vi.json does not have", file, m[1])
			}
		}
	}
	if found < 200 {
		t.Errorf("only %d keys found in the domain: the pattern no longer fits its source", found)
	}
}

func TestEveryKindHasWords(t *testing.T) {
	t.Parallel()
	for _, l := range mustLocales(t) {
		var words []string
		for kind := range StatusOf {
			words = append(words, kind.String())
		}
		for _, word := range wordOfStatus {
			words = append(words, word)
		}
		for _, word := range words {
			for _, part := range []string{".title", ".text"} {
				if k := "error." + word + part; l.T(k) == k {
					t.Errorf("%s: no %q", l.Lang, k)
				}
			}
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	t.Parallel()
	locales := mustLocales(t)
	vi, en := locales[survey.Vietnamese], locales[survey.English]
	for _, c := range []struct{ name, got, want string }{
		{"Thousands", vi.Num(12345), "12.345"},
		{"Decimal", vi.Num(4.25), "4,25"},
		{"Percent", vi.Percent(0.924), "92,4\u00a0%"},
		{"WholePercent", vi.Percent(1), "100,0\u00a0%"},
		{"Date", vi.Date("2026-03-05"), "05/03/2026"},
		{"OpenDate", vi.Date(""), ""},
		{"EnglishThousands", en.Num(12345), "12,345"},
		{"EnglishPercent", en.Percent(0.924), "92.4%"},
		{"Share", vi.WholePercent(45), "45\u00a0%"},
		{"EnglishShare", en.WholePercent(45), "45%"},
		{"Moment", vi.Moment(time.Date(2026, 3, 31, 7, 5, 0, 0, time.UTC)), "14:05, 31/03/2026"},
		{"EnglishDate", en.Date("2026-03-05"), "5 March 2026"},
		{"Arguments", vi.T("answer.out_of_range", 1.5, 2000.0), "Xin nhập một số từ 1,5 đến 2.000."},
		{"TextArgument", en.T("code.bad_character", survey.Text{"vi": "một", "en": "one"}), "No code has the character “one” in it."},
		{"MessageArgument", vi.T("batch.too_often", survey.Message{Key: "role.home_affairs"}), "Phiếu này đã bị hủy quá nhiều lần. Xin báo Phòng Nội vụ."},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

// Whoever asks for sentences a thousand times has the files read once.
func TestLocalesAreReadOnce(t *testing.T) {
	t.Parallel()
	first, err := LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadLocales()
	if err != nil || again[survey.Vietnamese] != first[survey.Vietnamese] {
		t.Errorf("the files were read again (%v)", err)
	}
}
