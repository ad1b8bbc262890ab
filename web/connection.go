package web

import (
	"crypto/tls"
	"net"
	"sync"
)

// unused holds the connections on which nothing has arrived yet. Browsers open
// some in advance. fasthttp counts them as requests under way, so a stop would
// wait for them until the read timeout.
type unused struct {
	mu      sync.Mutex
	stopped bool
	conns   map[net.Conn]bool
}

// listen returns l with its connections held until their first byte.
func (u *unused) listen(l net.Listener) net.Listener { return &unusedListener{l, u} }

// close closes those there are, and all that come later.
func (u *unused) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.stopped = true
	for c := range u.conns {
		_ = c.Close() // nobody has asked anything on it
	}
	u.conns = nil
}

func (u *unused) add(c net.Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.stopped {
		_ = c.Close()
		return
	}
	if u.conns == nil {
		u.conns = map[net.Conn]bool{}
	}
	u.conns[c] = true
}

func (u *unused) remove(c net.Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.conns, c)
}

type unusedListener struct {
	net.Listener
	unused *unused
}

func (l *unusedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.unused.add(c)
	plain := &unusedConn{Conn: c, unused: l.unused}
	// Fiber asks a connection whether it is encrypted by these methods.
	if encrypted, ok := c.(tlsConn); ok {
		return struct {
			*unusedConn
			tlsConn
		}{plain, encrypted}, nil
	}
	return plain, nil
}

type tlsConn interface {
	Handshake() error
	ConnectionState() tls.ConnectionState
}

// unusedConn is used from the first byte that arrives, or from its end.
type unusedConn struct {
	net.Conn
	unused *unused
	once   sync.Once
}

func (c *unusedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.once.Do(func() { c.unused.remove(c.Conn) })
	return n, err
}

func (c *unusedConn) Close() error {
	c.once.Do(func() { c.unused.remove(c.Conn) })
	return c.Conn.Close()
}
