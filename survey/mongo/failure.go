package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"hailong/survey"
)

// Codes of the server's errors. It has names for them, but not in every error.
const (
	unauthorized         = 13
	authenticationFailed = 18
)

// passing are errors that end by themselves, or when somebody mends the server: what was
// asked is right, and may be asked again. Writes carry a label for some of them, reads
// carry none.
var passing = []int32{
	91, 11600, // ShutdownInProgress, InterruptedAtShutdown
	189, 10107, 10058, 11602, // PrimarySteppedDown, NotWritablePrimary, its older name, InterruptedDueToReplStateChange
	13435, 13436, // NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary
	6, 7, 89, 202, 9001, // HostUnreachable, HostNotFound, NetworkTimeout, NetworkInterfaceExceededTimeLimit, SocketException
	43, 237, 11601, // CursorNotFound, CursorKilled, Interrupted: by a restart or an administrator
	50, 262, 24, 46, 112, // MaxTimeMSExpired, ExceededTimeLimit, LockTimeout, LockBusy, WriteConflict
	64, 100, 134, // WriteConcernTimeout, UnsatisfiableWriteConcern, ReadConcernMajorityNotAvailableYet: members are missing
	133, 63, 150, 13388, // FailedToSatisfyReadPreference, StaleShardVersion, StaleEpoch, StaleConfig
	14031, // OutOfDiskSpace
}

// passes reports whether an error that the server answered ends by itself.
func passes(err mongo.CommandError) bool {
	return slices.Contains(passing, err.Code) || err.HasErrorLabel("RetryableWriteError") || err.HasErrorLabel("TransientTransactionError")
}

// failed gives an error of the driver its kind, and says what helps.
func (s *Store) failed(op string, err error) error {
	var command mongo.CommandError
	answered := errors.As(err, &command)
	switch {
	case answered && (command.Code == authenticationFailed || command.Code == unauthorized):
		err = fmt.Errorf("MongoDB at %s refuses this user; check user, password, authSource and roles: %w", s.hosts, err)
	case strings.Contains(err.Error(), "auth error"): // the handshake's has no type
		err = fmt.Errorf("MongoDB at %s refuses this user; check user, password and authSource: %w", s.hosts, err)
	case errors.Is(err, context.Canceled), errors.Is(err, mongo.ErrClientDisconnected):
	case mongo.IsTimeout(err), mongo.IsNetworkError(err):
		err = fmt.Errorf("no answer from MongoDB at %s; check that it runs, can be reached and has a primary: %w", s.hosts, reason(err))
	case answered && passes(command):
		err = fmt.Errorf("MongoDB at %s cannot do this at present; it may be choosing another primary, or its disk may be full: %w", s.hosts, err)
	case answered:
		return survey.NewError(survey.Internal, op, err)
	}
	return survey.NewError(survey.Unavailable, op, err)
}

// reason is what a server answered, if err is that none could be chosen: the
// driver says that in a picture of all it knows.
func reason(err error) error {
	var none topology.ServerSelectionError
	if errors.As(err, &none) {
		for _, server := range none.Desc.Servers {
			if server.LastError != nil {
				return server.LastError
			}
		}
	}
	return err
}
