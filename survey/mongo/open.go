package mongo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/readconcern"
	"go.mongodb.org/mongo-driver/mongo/readpref"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"hailong/survey"
)

const (
	// defaultDatabase is used where the address names none.
	defaultDatabase = "hailong"

	// selectWait is how long an operation looks for a server that takes it:
	// longer than an election of a new primary usually takes would make a
	// citizen wait in vain. The address may say otherwise
	// (serverSelectionTimeoutMS).
	selectWait = 3 * time.Second

	// openWait bounds Open as a whole.
	openWait = 5 * time.Second

	// operationWait bounds an operation whose context has no deadline.
	operationWait = 30 * time.Second
)

// Store is a survey.Store in a MongoDB database. All methods may be called at the same time.
type Store struct {
	client   *mongo.Client
	database *mongo.Database
	hosts    string // for messages; the address itself may hold a password
	log      *slog.Logger

	checksums atomic.Bool // the format is one in which every document has one
	latch     survey.DamageLatch
	pool      *poolCounter
}

var _ survey.Store = (*Store)(nil)

// Open connects to the database that an address names, "mongodb://…" or
// "mongodb+srv://…". Indexes are made when they are first needed. An empty database
// becomes one of the current format; one of an older format is left as it is, and
// package migrations brings it up to date.
//
// Errors: Invalid for a malformed address and for a database that a newer program
// wrote, Unavailable if no server answers. No
// message holds user or password.
func Open(ctx context.Context, address string, log *slog.Logger) (*Store, error) {
	return open(ctx, address, survey.StoreFormat.Check, log)
}

// OpenHalfFilled is Open for who fills the store, and completes what was interrupted.
func OpenHalfFilled(ctx context.Context, address string, log *slog.Logger) (*Store, error) {
	return open(ctx, address, survey.StoreFormat.CheckVersion, log)
}

func open(ctx context.Context, address string, takes func(survey.StoreFormat) error, log *slog.Logger) (*Store, error) {
	const op = "open store"
	uri, err := connstring.ParseAndValidate(address)
	if err != nil {
		// The parser's message may quote the address.
		if lookup := (*net.DNSError)(nil); errors.As(err, &lookup) {
			return nil, survey.NewError(survey.Unavailable, op, fmt.Errorf("the name in the MongoDB address is not known: %w", lookup))
		}
		return nil, survey.NewError(survey.Invalid, op, errors.New(
			"the MongoDB address cannot be read; write mongodb://USER:PASSWORD@HOST:27017/NAME, special characters of user and password as %XX"))
	}
	database := uri.Database
	if database == "" {
		database = defaultDatabase
	}
	journal := true
	pool := new(poolCounter)
	client, err := mongo.Connect(ctx, options.Client().
		SetPoolMonitor(pool.monitor()).
		SetAppName("hailong").
		SetServerSelectionTimeout(selectWait).
		SetTimeout(operationWait).
		ApplyURI(address).
		SetServerAPIOptions(options.ServerAPI(options.ServerAPIVersion1)).
		// Acknowledged means durable: on the disks of most members. What most
		// members hold is also all that is read, so that no figure counts a
		// response that a failing primary takes with it; and it is read where
		// it was written. No address can ask for less.
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()))
	if err != nil {
		return nil, survey.NewError(survey.Invalid, op, errors.New("the options in the MongoDB address contradict each other; see the manual on connection strings"))
	}
	s := &Store{client: client, database: client.Database(database), hosts: strings.Join(uri.Hosts, ","), log: log, pool: pool}
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	if err := s.database.RunCommand(ctx, bson.D{{Key: "ping", Value: 1}}).Err(); err != nil {
		_ = client.Disconnect(ctx)
		return nil, s.failed(op, err)
	}
	if err := s.readFormat(ctx, takes); err != nil {
		_ = client.Disconnect(ctx)
		return nil, err
	}
	return s, nil
}

// Close ends all connections. A second Close does nothing.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), openWait)
	defer cancel()
	err := s.client.Disconnect(ctx)
	if err != nil && !errors.Is(err, mongo.ErrClientDisconnected) {
		return survey.NewError(survey.Internal, "close store", err)
	}
	return nil
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

// failed gives an error of the driver its kind, and says what helps.
func (s *Store) failed(op string, err error) error {
	var command mongo.CommandError
	switch {
	case errors.As(err, &command) && (command.Code == 18 || command.Code == 13): // AuthenticationFailed, Unauthorized
		err = fmt.Errorf("MongoDB at %s refuses this user; check user, password, authSource and roles: %w", s.hosts, err)
	case strings.Contains(err.Error(), "auth error"): // the handshake's has no type
		err = fmt.Errorf("MongoDB at %s refuses this user; check user, password and authSource: %w", s.hosts, err)
	case errors.Is(err, context.Canceled), errors.Is(err, mongo.ErrClientDisconnected):
	case mongo.IsTimeout(err), mongo.IsNetworkError(err):
		err = fmt.Errorf("no answer from MongoDB at %s; check that it runs, can be reached and has a primary: %w", s.hosts, reason(err))
	case errors.As(err, &command) && !command.HasErrorLabel("RetryableWriteError"):
		return survey.NewError(survey.Internal, op, err)
	}
	return survey.NewError(survey.Unavailable, op, err)
}
