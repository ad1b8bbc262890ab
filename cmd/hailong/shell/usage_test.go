package shell_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/cmd/hailong/shelltest"
	"hailong/survey"
)

// program has a command of each kind, and one that ends as it is told.
func program(end error) *cobra.Command {
	work := &cobra.Command{Use: "work", Short: "làm / works", Args: shell.Exactly(1), RunE: func(*cobra.Command, []string) error { return end }}
	work.Flags().Int("size", 1, "cỡ / size")
	root := shell.NewRoot(work, shell.NewGroup("list", "danh sách / lists",
		&cobra.Command{Use: "add", Short: "thêm / adds", RunE: func(*cobra.Command, []string) error { return nil }}))
	root.RunE = func(*cobra.Command, []string) error { return nil }
	return root
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line string
		end  error
		code int
		says string
	}{
		{"work now", nil, 0, ""},
		{"work now", errors.New("the disk is full"), 1, "the disk is full"},
		{"work now", shell.Misused(errors.New("--size is none")), 2, "--size is none"},
		{"work", nil, 2, "write: hailong work"},
		{"work --size=big now", nil, 2, "viết sai cờ"},
		{"wor now", nil, 2, "did you mean: work"},
		{"play", nil, 2, `unknown command "play" for "hailong"`},
		{"list", nil, 2, "say what: add"},
		{"list ad", nil, 2, "did you mean: add"},
		{"list add", nil, 0, ""},
	} {
		args := strings.Fields(tt.line)
		_, _, err := shelltest.Run(t, program(tt.end), args...)
		if said := fmt.Sprint(err); (err != nil) != (tt.says != "") || !strings.Contains(said, tt.says) {
			t.Errorf("hailong %s: error %v, it should say %q", tt.line, err, tt.says)
		}
		shelltest.WantExit(t, program(tt.end), tt.code, args...)
	}
}

// Who asks for help reads both languages, headings too.
func TestHelp(t *testing.T) {
	t.Parallel()
	out, _, err := shelltest.Run(t, program(nil), "work", "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"làm / works", "Cách dùng / Usage:", "Cờ / Flags:", "cỡ / size", "giải thích lệnh này / explains this command"} {
		if !strings.Contains(out, want) {
			t.Errorf("the help lacks %q:\n%s", want, out)
		}
	}
	if out, _, err := shelltest.Run(t, program(nil), "help", "--help"); err != nil || !strings.Contains(out, "Giải thích một lệnh") {
		t.Errorf("help of help: %v\n%s", err, out)
	}
}

// An error with words for it is said in them, one of ours as it is.
func TestExplained(t *testing.T) {
	t.Parallel()
	unknown := &survey.Error{Kind: survey.Invalid, Op: "ask", Key: "results.unknown_value", Args: []any{"unit", "x"}}
	if err := shell.Explained(unknown); !errors.Is(err, unknown) || err.Error() == unknown.Error() || !strings.Contains(err.Error(), " / ") {
		t.Errorf("%v", err)
	}
	fault := survey.NewError(survey.Internal, "store", errors.New("nil map"))
	if err := shell.Explained(fault); err == nil || err.Error() != fault.Error() {
		t.Errorf("a fault of ours is said as %v", err)
	}
	if err := shell.Explained(nil); err != nil {
		t.Error(err)
	}
	said := shell.WithWords("gọi người quản trị", unknown)
	if err := shell.Explained(said); err.Error() != "gọi người quản trị" {
		t.Errorf("explained twice: %v", err)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := os.Open(t.TempDir() + "/none.csv")
	if got := shell.Unreadable("none.csv", err); got.Error() != "không có tệp none.csv / there is no file none.csv" || !errors.Is(got, os.ErrNotExist) {
		t.Errorf("%v", got)
	}
	other := errors.New("input/output error")
	if got := shell.Unreadable("none.csv", other); got != other { //nolint:errorlint // the same, not one of its kind
		t.Errorf("%v", got)
	}
	missing := survey.NewError(survey.NotFound, "user", nil)
	if got := shell.NotListed(missing, "lan", "hailong user list"); !strings.Contains(got.Error(), `không có “lan”; xem “hailong user list”`) {
		t.Errorf("%v", got)
	}
	if got := shell.NotListed(other, "lan", ""); got != other { //nolint:errorlint // the same, not one of its kind
		t.Errorf("%v", got)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	vi, en := shell.Language{Lang: "vi"}, shell.Language{Lang: "en"}
	if vi.Say("phiếu", "forms") != "phiếu" || en.Sayf("%d phiếu", "%d forms", 3) != "3 forms" {
		t.Error(vi.Say("phiếu", "forms"), en.Sayf("%d phiếu", "%d forms", 3))
	}
	unknown := &survey.Error{Kind: survey.Invalid, Op: "ask", Key: "results.unknown_value", Args: []any{"unit", "x"}}
	if vi.Explain(unknown) == en.Explain(unknown) || vi.Explain(unknown) == unknown.Error() {
		t.Error(vi.Explain(unknown), en.Explain(unknown))
	}
	if got := vi.Explain(errors.New("plain")); got != "plain" {
		t.Error(got)
	}
}
