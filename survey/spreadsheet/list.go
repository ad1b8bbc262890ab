package spreadsheet

import (
	"context"
	"slices"
	"strings"

	"hailong/survey"
)

// ListColumn is a column of a list that offices bring, known by its header.
type ListColumn struct {
	Name     string      // of its cells in a ListRow
	Title    survey.Text // for messages
	Headers  []string    // in small letters
	Optional bool
}

// ListRow is a row of such a list: its cells by the names of columns.
type ListRow struct {
	Row   int // as a spreadsheet counts
	Cells map[string]string
}

// ReadList reads a list by its header. The error is Invalid with a key:
// that of Unreadable, "list.file_empty", "list.file_no_rows",
// "list.file_long" with the most rows there may be, or "list.file_columns" with
// the titles of the columns that are missing.
func ReadList(ctx context.Context, name string, content []byte, columns []ListColumn) ([]ListRow, error) {
	bad := func(key string, err error, args ...any) error {
		return &survey.Error{Kind: survey.Invalid, Op: "read list", Key: key, Args: args, Err: err}
	}
	table, err := ReadTable(ctx, name, content, MaxListRows+2) // with the header, and one more to be refused below
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		why := Unreadable(err)
		return nil, bad(why.Key, err, why.Args...)
	case len(table) == 0:
		return nil, bad("list.file_empty", nil)
	}
	at := map[string]int{}
	missing := map[survey.Lang][]string{}
	for _, c := range columns {
		at[c.Name] = slices.IndexFunc(table[0].Cells, func(header string) bool {
			return slices.Contains(c.Headers, strings.ToLower(header))
		})
		if at[c.Name] < 0 && !c.Optional {
			for lang, title := range c.Title {
				missing[lang] = append(missing[lang], title)
			}
		}
	}
	if len(missing) > 0 {
		titles := survey.Text{}
		for lang, words := range missing {
			titles[lang] = strings.Join(words, ", ")
		}
		return nil, bad("list.file_columns", nil, titles)
	}
	if len(table) == 1 {
		return nil, bad("list.file_no_rows", nil)
	}
	if len(table)-1 > MaxListRows {
		return nil, bad("list.file_long", nil, MaxListRows)
	}
	rows := make([]ListRow, len(table)-1)
	for i, r := range table[1:] {
		rows[i] = ListRow{r.Number, map[string]string{}}
		for _, c := range columns {
			if k := at[c.Name]; k >= 0 && k < len(r.Cells) {
				rows[i].Cells[c.Name] = r.Cells[k]
			}
		}
	}
	return rows, nil
}

// MaxListRows is how many rows a list may have.
const MaxListRows = 5000
