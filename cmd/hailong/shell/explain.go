package shell

import (
	"errors"
	"fmt"
	"io/fs"

	"hailong/survey"
	"hailong/web/page"
)

// Unreadable says that there is no file of a name, if err is that.
func Unreadable(path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return WithWords(fmt.Sprintf("không có tệp %[1]s / there is no file %[1]s", path), err)
}

// NotListed says where the names stand that a command takes, if err is that
// there is no such thing.
func NotListed(err error, name, list string) error {
	if !survey.Is(err, survey.NotFound) {
		return err
	}
	return WithWords(fmt.Sprintf("không có “%s”; xem “%s” / there is no “%s”; see “%s”", name, list, name, list), err)
}

// explainedError says what is wrong in the words of a page.
type explainedError struct {
	words string
	err   error
}

func (e explainedError) Error() string { return e.words }

func (e explainedError) Unwrap() error { return e.err }

// WithWords says err in these words.
func WithWords(words string, err error) error { return explainedError{words, err} }

// Explained returns err in both languages and without its internals, if there
// are words for it; a fault of ours keeps them, for whoever has to find it.
func Explained(err error) error {
	vi, en := page.Explain(err, survey.Vietnamese), page.Explain(err, survey.English)
	if said := (explainedError{}); err == nil || vi == "" || survey.Is(err, survey.Internal) || errors.As(err, &said) {
		return err
	}
	return WithWords(vi+" / "+en, err)
}
