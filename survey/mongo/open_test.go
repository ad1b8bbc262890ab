package mongo_test

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/mongo"
	"hailong/survey/storetest"
)

// refused opens an address that cannot work and returns the error, which must
// be one line without user or password.
func refused(t *testing.T, address string) error {
	t.Helper()
	s, err := mongo.Open(t.Context(), address, slog.New(slog.DiscardHandler))
	if err == nil {
		_ = s.Close()
		t.Fatal("opened")
	}
	for _, secret := range []string{"ong-giap", "m%40t", "m@t", "\n"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the message %q holds %q", err, secret)
		}
	}
	return err
}

func TestOpenUnreachable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := listener.Addr().String()
	_ = listener.Close() // nobody listens there now
	err = refused(t, "mongodb://ong-giap:m%40t@"+host+"/hailong?serverSelectionTimeoutMS=200")
	if !survey.Is(err, survey.Unavailable) || !strings.Contains(err.Error(), host) || !strings.Contains(err.Error(), "check that it runs") ||
		!strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "{") {
		t.Error(err)
	}
}

// TestOpenSilentServer meets a server that takes connections and says nothing.
func TestOpenSilentServer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	err = refused(t, "mongodb://ong-giap:m%40t@"+listener.Addr().String()+"/?serverSelectionTimeoutMS=200")
	if !survey.Is(err, survey.Unavailable) {
		t.Error(err)
	}
}

func TestOpenBadAddress(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"UnescapedPassword": "mongodb://ong-giap:m@t@host/hailong",
		"NoHost":            "mongodb://",
		"BadPort":           "mongodb://ong-giap:m%40t@host:m%40t/hailong",
		"UnknownOption":     "mongodb://ong-giap:m%40t@host/hailong?w=m%40t&w=-1",
		"OtherScheme":       "postgres://ong-giap:m%40t@host/hailong",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := refused(t, address); !survey.Is(err, survey.Invalid) {
				t.Error(err)
			}
		})
	}
}

func TestServerGoesAway(t *testing.T) {
	t.Parallel()
	server := storetest.MongoDB(t)
	s := open(t, server.Database(t)+"?serverSelectionTimeoutMS=300")
	doc := storetest.Document(t, "a", 1, "")
	if _, err := s.Insert(t.Context(), survey.Points, doc); err != nil {
		t.Fatal(err)
	}
	server.Stop(t)
	_, insertErr := s.Insert(t.Context(), survey.Points, doc)
	_, getErr := s.Get(t.Context(), survey.Points, "a")
	for name, err := range map[string]error{"insert": insertErr, "get": getErr} {
		if !survey.Is(err, survey.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClosedStore(t *testing.T) {
	t.Parallel()
	s, err := mongo.Open(context.Background(), storetest.MongoDB(t).Database(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Get(t.Context(), survey.Points, "a"); !survey.Is(err, survey.Unavailable) {
		t.Error(err)
	}
}
