package page

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// FileKind is what a file is by its content, whatever its name says.
type FileKind string

// The kinds of files that people bring.
const (
	TextFile     FileKind = "text" // CSV, YAML: UTF-8, with or without a mark
	WorkbookFile FileKind = "xlsx"
)

// Upload returns the file that a form brought in a field, with its kind by
// content. Invalid, at the field, if there is none, if it is larger than limit
// bytes, or if it is of none of the kinds.
func Upload(c *fiber.Ctx, field string, limit int64, kinds ...FileKind) (name string, content []byte, kind FileKind, err error) {
	wrong := func(key string, args ...any) error {
		return &survey.Error{Kind: survey.Invalid, Op: "take file", Fields: map[string]survey.Message{field: {Key: key, Args: args}}}
	}
	header := FormFile(c, field)
	if header == nil || header.Size == 0 {
		return "", nil, "", wrong("upload.missing")
	}
	if header.Size > limit {
		return "", nil, "", wrong("upload.size", int(limit>>20))
	}
	file, err := header.Open()
	if err != nil {
		return "", nil, "", err
	}
	defer file.Close()
	if content, err = io.ReadAll(io.LimitReader(file, limit)); err != nil {
		return "", nil, "", err
	}
	kind = sniff(content)
	for _, k := range kinds {
		if k == kind {
			return strings.Clone(header.Filename), content, kind, nil
		}
	}
	return "", nil, "", wrong("upload.kind." + string(kinds[0]))
}

// sniff tells a file's kind, "" for one of no kind that is taken.
func sniff(content []byte) FileKind {
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")) && bytes.Contains(content, []byte("[Content_Types].xml")):
		return WorkbookFile
	case utf8.Valid(content) && !bytes.ContainsFunc(content, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }):
		return TextFile
	}
	return ""
}
