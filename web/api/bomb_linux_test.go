package api

import (
	"strings"
	"testing"

	"hailong/survey/costtest"
)

// mostBody is the longest body that a program may send.
const mostBody = 8 << 20

// filled repeats a text as often as fits between a head and a tail in the longest body.
func filled(head, text, tail string) string {
	return head + strings.Repeat(text, (mostBody-len(head)-len(tail))/len(text)) + tail
}

// bombs are bodies that cost more than they weigh, with what they are read as.
var bombs = map[string]struct {
	body func() string
	into func() any
}{
	"Rows":         {func() string { return filled(`{"responses":[0`, `,0`, `]}`) }, func() any { return new(Submissions) }},
	"EmptyRows":    {func() string { return filled(`{"responses":[{}`, `,{}`, `]}`) }, func() any { return new(Submissions) }},
	"Deep":         {func() string { return filled(`{"responses":[`, `[`, ``) }, func() any { return new(Submissions) }},
	"DeepObjects":  {func() string { return filled(`{"responses":[`, `{"a":`, ``) }, func() any { return new(Submissions) }},
	"Blank":        {func() string { return filled(`{"responses":[`, ` `, `]}`) }, func() any { return new(Submissions) }},
	"SameKey":      {func() string { return filled(`{"responses":[]`, `,"responses":[]`, `}`) }, func() any { return new(Submissions) }},
	"Codes":        {func() string { return filled(`{"answers":{"q":[1`, `,1`, `]}}`) }, func() any { return new(Submission) }},
	"Items":        {func() string { return `{"answers":{` + pairs(`1`) + `}}` }, func() any { return new(Submission) }},
	"Texts":        {func() string { return `{"texts":{` + pairs(`""`) + `}}` }, func() any { return new(Submission) }},
	"Escapes":      {func() string { return filled(`{"texts":{"q":"`, `\u1ea1`, `"}}`) }, func() any { return new(Submission) }},
	"Number":       {func() string { return filled(`{"answers":{"q":1`, `0`, `}}`) }, func() any { return new(Submission) }},
	"MostRows":     {func() string { return `{"responses":[0` + strings.Repeat(`,0`, mostValues-10) + `]}` }, func() any { return new(Submissions) }},
	"MostCodes":    {func() string { return `{"answers":{"q":[1` + strings.Repeat(`,1`, mostValues-10) + `]}}` }, func() any { return new(Submission) }},
	"MostCounts":   {func() string { return `{"transactions":[{}` + strings.Repeat(`,{}`, mostValues/2-10) + `]}` }, func() any { return new(TransactionCounts) }},
	"Transactions": {func() string { return filled(`{"transactions":[{}`, `,{}`, `]}`) }, func() any { return new(TransactionCounts) }},
}

// pairs are many fields that a number makes different, with the same value.
func pairs(value string) string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	var b strings.Builder
	b.WriteString(`"":` + value)
	for i := 0; b.Len() < mostBody-40; i++ {
		b.WriteString(`,"`)
		for n := i; n > 0; n /= len(digits) {
			b.WriteByte(digits[n%len(digits)])
		}
		b.WriteString(`.":` + value)
	}
	return b.String()
}

// No body of a program costs much, whatever it makes a parser do.
func TestBombs(t *testing.T) {
	t.Parallel()
	for name, bomb := range bombs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cost := costtest.Check(t, func() []byte { return []byte(bomb.body()) }, func(body []byte) string {
				if err := decode(body, bomb.into()); err != nil {
					return err.Error()
				}
				return "read"
			})
			if cost.Result == "read" && countValues([]byte(bomb.body())) > mostValues {
				t.Error("so many values were read")
			}
		})
	}
}
