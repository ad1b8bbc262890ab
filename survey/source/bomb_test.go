package source_test

import (
	"fmt"
	"strings"

	"hailong/survey/source"
)

// repeated is many lines that a number makes different.
func repeated(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

// bombs are small files that cost a parser much: 13 s, 231 MB and more than 40 s of
// those that are named for it.
var bombs = map[string]struct {
	content func() string
	want    string
}{
	"Keys13Seconds":   {func() string { return repeated(20_000, "k%d: 1\n") }, "more than 20000 values"},
	"Aliases40Second": {func() string { return "a: &a x\nunits:\n" + strings.Repeat("- *a\n", 20_000) }, "anchors (&) and aliases (*)"},
	"Deep231MB":       {func() string { return strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) }, "more than 32 deep"},
	"Laughs":          {laughs, "anchors (&) and aliases (*)"},
	"DeepFields":      {func() string { return strings.Repeat("{a: ", 10_000) + strings.Repeat("}", 10_000) }, "more than 32 deep"},
	"DeepLines":       {func() string { return deepLines(700) }, "more than 32 deep"},
	"Deeper":          {func() string { return strings.Repeat("[", 250_000) }, "max depth"},
	"DeepDashes":      {func() string { return strings.Repeat("- ", 120_000) }, "max depth"},
	"DeepQuestions":   {func() string { return strings.Repeat("? ", 120_000) }, "max depth"},
	"Elements":        {func() string { return "units: [" + strings.Repeat("a,", 120_000) + "]" }, "more than 20000 values"},
	"SameKey":         {func() string { return strings.Repeat("name: {vi: a}\n", 15_000) }, "stands on line 1 already"},
	"MostKeys":        {func() string { return repeated(9_990, "k%d: 1\n") }, "not found"},
	"MostElements":    {func() string { return "units: [" + strings.Repeat("{id: a},", 6_600) + "]" }, ""},
	"Tags":            {func() string { return strings.Repeat("!a ", 80_000) }, "did not find"},
	"Anchors":         {func() string { return strings.Repeat("&a ", 80_000) }, "did not find"},
	"LongValue":       {func() string { return "name: {vi: " + strings.Repeat("x", 260_000) + "}" }, ""},
	"Escapes":         {func() string { return `name: {vi: "` + strings.Repeat(`\u1ea1`, 43_000) + `"}` }, ""},
	"QuoteNotClosed":  {func() string { return `name: "` + strings.Repeat("x\n", 120_000) }, "end of stream"},
	"Documents":       {func() string { return strings.Repeat("---\na\n", 40_000) }, "40000 documents"},
	"Comments":        {func() string { return strings.Repeat("#x\n", 80_000) }, "the file is empty"},
	"Large":           {func() string { return strings.Repeat("#", source.MaxBytes+1) }, "larger than 256 KiB"},
	"Gigabyte":        {func() string { return strings.Repeat("x", 100<<20) }, "larger than 256 KiB"},
}

// laughs is a file in which each of nine lists has ten times the one before.
func laughs() string {
	b := strings.Builder{}
	b.WriteString("a0: &a0 x\n")
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	return b.String()
}

func deepLines(n int) string {
	b := strings.Builder{}
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
