package mongo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/readconcern"
	"go.mongodb.org/mongo-driver/mongo/readpref"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"

	"hailong/survey"
)

// defaultDatabase is used where the address names none.
const defaultDatabase = "hailong"

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
		SetConnectTimeout(dialWait).
		SetMaxPoolSize(mostConnections).
		SetMinPoolSize(leastConnections).
		SetMaxConnIdleTime(idleWait).
		SetTimeout(operationWait).
		ApplyURI(address). // what comes after it no address can change
		SetServerAPIOptions(options.ServerAPI(options.ServerAPIVersion1)).
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
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	err := s.client.Disconnect(ctx)
	if err != nil && !errors.Is(err, mongo.ErrClientDisconnected) {
		return survey.NewError(survey.Internal, "close store", err)
	}
	return nil
}
