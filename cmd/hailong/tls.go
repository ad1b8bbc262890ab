package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// certificate is a certificate and its key in two files. A renewed pair is
// taken up without a restart.
type certificate struct {
	cert, key string

	mu     sync.Mutex
	loaded *tls.Certificate
	stamp  time.Time // of the newer of the two files, as loaded
}

// openCertificate reads the pair once, so that a mistake shows at the start.
func openCertificate(cert, key string) (*certificate, error) {
	c := &certificate{cert: cert, key: key}
	if _, err := c.get(nil); err != nil {
		return nil, fmt.Errorf("--tls-cert and --tls-key: %w", err)
	}
	return c, nil
}

// get returns the pair as it stands in the files. While a renewal is being
// written and does not fit together, the old one stays in use.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp, err := newest(c.cert, c.key)
	if c.loaded != nil && (err != nil || stamp.Equal(c.stamp)) {
		return c.loaded, nil
	}
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		if c.loaded != nil {
			return c.loaded, nil
		}
		return nil, err
	}
	c.loaded, c.stamp = &pair, stamp
	return c.loaded, nil
}

func newest(files ...string) (time.Time, error) {
	var stamp time.Time
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			return stamp, err
		}
		if info.ModTime().After(stamp) {
			stamp = info.ModTime()
		}
	}
	return stamp, nil
}

// listen makes l speak TLS.
func (c *certificate) listen(l net.Listener) net.Listener {
	return tls.NewListener(l, &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12})
}
