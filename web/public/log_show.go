package public

import (
	"bytes"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/mod/sumdb/tlog"

	"hailong/survey"
)

// logRecordsAtOnce bounds an answer with records of the signed log; about 250 KB.
const logRecordsAtOnce = 1000

// What mirrors ask for changes once a day. A minute keeps a crowd of them away, and a
// cache from being taken for a log that was rewritten.
const logCacheControl = "public, max-age=60"

// logHeadShow sends the signed head of the log.
func (h *Handlers) logHeadShow(c *fiber.Ctx) error {
	head, err := h.log.Head(c.UserContext())
	if err != nil {
		return err
	}
	return sendLogText(c, head.Signed)
}

// logKeyShow sends the key that verifies the log.
func (h *Handlers) logKeyShow(c *fiber.Ctx) error {
	key, err := h.log.Key(c.UserContext())
	if err != nil {
		return err
	}
	return sendLogText(c, key+"\n")
}

// logRecordsShow sends records from one on, in the format of package tlog.
func (h *Handlers) logRecordsShow(c *fiber.Ctx) error {
	from, err := strconv.ParseInt(c.Query("from", "0"), 10, 64)
	if err != nil || from < 0 {
		return &survey.Error{Kind: survey.Invalid, Op: "send records of the log", Key: "log.bad_from", Err: err}
	}
	texts, err := h.log.Texts(c.UserContext(), from, logRecordsAtOnce)
	if err != nil {
		return err
	}
	var all bytes.Buffer
	for i, text := range texts {
		record, err := tlog.FormatRecord(from+int64(i), []byte(text))
		if err != nil {
			return survey.NewError(survey.Internal, "send records of the log", err)
		}
		all.Write(record)
	}
	return sendLogText(c, all.String())
}

func sendLogText(c *fiber.Ctx, text string) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, logCacheControl)
	return c.SendString(text)
}
