package shell

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// WorkProgress counts what long work has done, on stderr if a person looks at it.
type WorkProgress struct{ bar *progressbar.ProgressBar }

// NewProgress starts a count. total is -1 where it is not known beforehand.
func NewProgress(what string, total int64) WorkProgress {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return WorkProgress{}
	}
	return WorkProgress{progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond),
	)}
}

// Add counts n more.
func (p WorkProgress) Add(n int) {
	if p.bar != nil {
		_ = p.bar.Add(n)
	}
}

// Finish takes the count off the screen.
func (p WorkProgress) Finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
