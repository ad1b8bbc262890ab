package survey

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Kind is the closed set of ways in which a use case can fail. The outer
// layers translate it (to an HTTP status, an exit code); nothing else about an
// error decides what a caller does.
type Kind uint8

// The kinds. Internal is the zero value so that an unclassified error is never
// taken for something the user could mend.
const (
	Internal        Kind = iota // a fault of ours; logged with an id, never explained to the user
	Invalid                     // the input breaks a rule; Fields says where
	NotFound                    // it does not exist, or the caller must not know that it does
	Conflict                    // somebody else changed or made it first
	Unauthenticated             // nobody is signed in
	Forbidden                   // signed in, and known not to be allowed
	Closed                      // the campaign does not take responses now
	RateLimited                 // too often; later again
	Unavailable                 // the store cannot be written or reached; later again
)

func (k Kind) String() string {
	names := [...]string{"internal", "invalid", "not_found", "conflict", "unauthenticated", "forbidden", "closed", "rate_limited", "unavailable"}
	if int(k) < len(names) {
		return names[k]
	}
	return "internal"
}

// Message is a translation key with its arguments. The web translates it; the
// domain never holds a sentence for a person.
type Message struct {
	Key  string
	Args []any
}

func (m Message) String() string {
	if len(m.Args) == 0 {
		return m.Key
	}
	return m.Key + fmt.Sprint(m.Args)
}

// Error is the error of every use case. Key and Fields are for the user, by
// way of translation; Op and Err are for the log and for errors.Is and As.
type Error struct {
	Kind   Kind
	Op     string // what was being done: "submit response"
	Key    string // translation key of the sentence for the user, may be empty
	Args   []any  // arguments of Key
	Fields Fields // by field name, for Invalid
	Err    error  // cause, never shown to a user
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Kind.String())
	if e.Key != "" {
		b.WriteString(": " + Message{e.Key, e.Args}.String())
	}
	if len(e.Fields) > 0 {
		fmt.Fprintf(&b, " %v", e.Fields)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// NewError returns an error of a kind; err may be nil.
func NewError(kind Kind, op string, err error) error {
	return &Error{Kind: kind, Op: op, Err: err}
}

// Wait is the cause of a RateLimited error: how long until it can be tried
// again.
type Wait time.Duration

func (w Wait) Error() string { return "wait " + time.Duration(w).String() }

// Seconds is the wait in whole seconds, rounded up.
func (w Wait) Seconds() int { return int(math.Ceil(time.Duration(w).Seconds())) }

// Is reports whether err has the kind. A nil error has no kind; an error that
// is no *Error is Internal.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// KindOf returns the kind of the first *Error in err's chain, Internal if
// there is none, also for no error at all. Is asks for one kind.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// RowProblem says what is wrong in one cell of a list.
type RowProblem struct {
	Row    int
	Column string // "name", "level", "unit", "code"
	Message
}
