package analysis

import "errors"

// ErrTooFew says that the data at hand do not define the figure: too few
// groups, rows or distinct values.
var ErrTooFew = errors.New("too few data")

// ErrBadRequest says that the arguments contradict each other or lie
// outside their range.
var ErrBadRequest = errors.New("impossible request")
