package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// eachCommand visits a command and those below it.
func eachCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, c := range cmd.Commands() {
		eachCommand(c, visit)
	}
}

// isVietnamese reports whether a text holds letters that only Vietnamese has.
func isVietnamese(text string) bool {
	return strings.ContainsAny(strings.ToLower(text), "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")
}

// Every command and every flag is explained in Vietnamese first, and in English.
func TestHelpIsInBothLanguages(t *testing.T) {
	t.Parallel()
	eachCommand(newRootCommand(), func(cmd *cobra.Command) {
		expect := func(what, text string) {
			t.Helper()
			switch {
			case strings.Count(text, betweenLanguages) != 1:
				t.Errorf("%s, %s: %q is not “tiếng Việt / English”", cmd.CommandPath(), what, text)
			case inVietnamese(text) == "" || inEnglish(text) == "":
				t.Errorf("%s, %s: %q lacks a language", cmd.CommandPath(), what, text)
			}
		}
		expect("its description", cmd.Short)
		if vi := inVietnamese(cmd.Short); !isVietnamese(vi) {
			t.Errorf("%s: %q is not Vietnamese", cmd.CommandPath(), vi)
		}
		if cmd.Long != "" && !isVietnamese(strings.SplitN(cmd.Long, "\n", 2)[0]) {
			t.Errorf("%s: its explanation does not begin in Vietnamese: %.60q", cmd.CommandPath(), cmd.Long)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) { expect("--"+f.Name, f.Usage) })
	})
}

// What a person reads who asks for help has no heading in English alone.
func TestHelpPage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--help"}, {"user", "--help"}, {"sample", "--help"}, {"help", "export"}} {
		out, _, err := runCommand(t, args...)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out, "\n") {
			if strings.HasSuffix(line, ":") && !strings.HasPrefix(line, " ") && strings.HasPrefix(line, strings.TrimSpace(line)) &&
				strings.ContainsAny(line[:1], "UAEFG") && !isVietnamese(line) {
				t.Errorf("hailong %v: the heading %q is in English alone", args, line)
			}
		}
		if !strings.Contains(out, "Cách dùng / Usage:") || !strings.Contains(out, "giải thích lệnh này / explains this command") {
			t.Errorf("hailong %v:\n%s", args, out)
		}
	}
}

// The tables of the READMEs are held to the same texts.
const betweenLanguages = " / "

// inVietnamese and inEnglish are the two halves of a text.
func inVietnamese(text string) string {
	vi, _, _ := strings.Cut(text, betweenLanguages)
	return vi
}

func inEnglish(text string) string {
	_, en, _ := strings.Cut(text, betweenLanguages)
	return en
}
