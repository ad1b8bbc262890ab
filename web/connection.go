package web

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"

	"hailong/web/page"
)

// unused holds the connections on which nothing has arrived yet. Browsers open
// some in advance. fasthttp counts them as requests under way, so a stop would
// wait for them until the read timeout.
type unused struct {
	mu      sync.Mutex
	stopped bool
	conns   map[net.Conn]bool
}

// listen returns l with its connections held until their first byte, and no more
// of them from one network than may be open at once.
func (u *unused) listen(l net.Listener, n *networks) net.Listener { return &unusedListener{l, u, n} }

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
	unused   *unused
	networks *networks
}

func (l *unusedListener) Accept() (net.Conn, error) {
	c, giveBack, err := l.networks.accept(l.Listener)
	if err != nil {
		return nil, err
	}
	l.unused.add(c)
	plain := &unusedConn{Conn: c, unused: l.unused, giveBack: giveBack}
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

	giveBack func() // the place among those of its network, once
}

func (c *unusedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.once.Do(func() { c.unused.remove(c.Conn) })
	return n, err
}

func (c *unusedConn) Close() error {
	c.once.Do(func() { c.unused.remove(c.Conn) })
	c.giveBack()
	return c.Conn.Close()
}

// mostOfNetwork is how many connections one network may have open, an IPv4 address
// or an IPv6 /64. A school has one address: two classes of forty telephones, each
// with six connections while a page loads, are 480.
const mostOfNetwork = 512

// networks bounds the connections of each network, so that one machine cannot
// take them all. A trusted proxy and this machine itself have no bound: they stand
// for everybody.
type networks struct {
	unbounded func(netip.Addr) bool

	mu   sync.Mutex
	open map[string]int
}

// accept takes the next connection of a network that may have one more. Others are
// closed at once: what they would ask is not known yet.
func (n *networks) accept(l net.Listener) (net.Conn, func(), error) {
	for {
		c, err := l.Accept()
		if err != nil {
			return nil, nil, err
		}
		from, err := netip.ParseAddrPort(c.RemoteAddr().String())
		if err != nil || n.unbounded(from.Addr().Unmap()) {
			return c, func() {}, nil
		}
		network := page.Network(from.Addr().Unmap())
		if n.take(network) {
			return c, sync.OnceFunc(func() { n.giveBack(network) }), nil
		}
		_ = c.Close() // nothing was asked on it
	}
}

func (n *networks) take(network string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open[network] >= mostOfNetwork {
		return false
	}
	if n.open == nil {
		n.open = map[string]int{}
	}
	n.open[network]++
	return true
}

func (n *networks) giveBack(network string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open[network]--; n.open[network] == 0 {
		delete(n.open, network)
	}
}
