package mongo

import (
	"context"
	"fmt"
	"io"
	"testing"

	"go.mongodb.org/mongo-driver/mongo"

	"hailong/survey"
)

// While a primary is chosen, a citizen's form and a page are refused for now, and kept;
// what is wrong for good is a fault.
func TestKindsOfFailures(t *testing.T) {
	t.Parallel()
	s := &Store{hosts: "db1:27017"}
	for _, c := range []struct {
		name string
		err  error
		want survey.Kind
	}{
		{"ShutdownInProgress", mongo.CommandError{Code: 91}, survey.Unavailable},
		{"PrimarySteppedDown", mongo.CommandError{Code: 189}, survey.Unavailable},
		{"NotWritablePrimary", mongo.CommandError{Code: 10107}, survey.Unavailable},
		{"LegacyNotPrimary", mongo.CommandError{Code: 10058}, survey.Unavailable},
		{"InterruptedAtShutdown", mongo.CommandError{Code: 11600}, survey.Unavailable},
		{"InterruptedDueToReplStateChange", mongo.CommandError{Code: 11602}, survey.Unavailable},
		{"NotPrimaryNoSecondaryOk", mongo.CommandError{Code: 13435}, survey.Unavailable},
		{"NotPrimaryOrSecondary", mongo.CommandError{Code: 13436}, survey.Unavailable},
		{"HostUnreachable", mongo.CommandError{Code: 6}, survey.Unavailable},
		{"HostNotFound", mongo.CommandError{Code: 7}, survey.Unavailable},
		{"NetworkTimeout", mongo.CommandError{Code: 89}, survey.Unavailable},
		{"SocketException", mongo.CommandError{Code: 9001}, survey.Unavailable},
		{"ExceededTimeLimit", mongo.CommandError{Code: 262}, survey.Unavailable},
		{"CursorNotFound", mongo.CommandError{Code: 43}, survey.Unavailable},
		{"Interrupted", mongo.CommandError{Code: 11601}, survey.Unavailable},
		{"ReadConcernMajorityNotAvailableYet", mongo.CommandError{Code: 134}, survey.Unavailable},
		{"OutOfDiskSpace", mongo.CommandError{Code: 14031}, survey.Unavailable},
		{"ByLabel", mongo.CommandError{Code: 1, Labels: []string{"RetryableWriteError"}}, survey.Unavailable},
		{"Wrapped", fmt.Errorf("scan: %w", mongo.CommandError{Code: 189}), survey.Unavailable},
		{"ConnectionLost", mongo.CommandError{Labels: []string{"NetworkError"}, Wrapped: io.ErrUnexpectedEOF}, survey.Unavailable},
		{"MembersMissing", mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}}, survey.Unavailable},
		{"SteppedDownBetween", mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 189}}, survey.Unavailable},
		{"Deadline", context.DeadlineExceeded, survey.Unavailable},
		{"Canceled", context.Canceled, survey.Unavailable},
		{"Closed", mongo.ErrClientDisconnected, survey.Unavailable},
		{"NoRight", mongo.CommandError{Code: 13}, survey.Unavailable},
		{"WrongPassword", mongo.CommandError{Code: 18}, survey.Unavailable},
		{"BadValue", mongo.CommandError{Code: 2}, survey.Internal},
		{"CommandNotFound", mongo.CommandError{Code: 59}, survey.Internal},
		{"InternalError", mongo.CommandError{Code: 1}, survey.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := s.failed("get from units", c.err)
			if got := survey.KindOf(err); got != c.want {
				t.Errorf("kind %s, want %s: %v", got, c.want, err)
			}
		})
	}
}
