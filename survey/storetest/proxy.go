package storetest

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// Proxy stands between a program and a server of MongoDB's protocol, and does to their
// connection what a network or an election does.
type Proxy struct {
	listener net.Listener
	all      sync.WaitGroup

	mu      sync.Mutex
	ended   bool
	server  string
	fault   Fault
	change  chan struct{} // closed when fault changes
	pairs   map[*pair]bool
	refused int
}

// Fault is what is wrong with a connection.
type Fault int

// The faults.
const (
	NoFault     Fault = iota
	Cut               // open connections are cut once; new ones work
	Refuse            // open connections are cut, new ones are refused
	Stall             // nothing gets through, and nothing is said
	HalfOpen          // what is sent arrives; the answers are lost, and then the connection
	Delay             // every message takes 100 ms longer
	SteppedDown       // the server answers that it is no primary any more
)

func (f Fault) String() string {
	return [...]string{"no fault", "connections cut", "connections refused", "connections stalled", "connections half open", "messages delayed", "primary stepped down"}[f]
}

// Faults are all but NoFault.
var Faults = []Fault{Cut, Refuse, Stall, HalfOpen, Delay, SteppedDown}

// NewProxy returns a proxy before a server, which ends with the test.
func NewProxy(t testing.TB, server string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: listener, server: server, change: make(chan struct{}), pairs: map[*pair]bool{}}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		p.mu.Lock()
		p.ended = true
		p.mu.Unlock()
		p.Set(Cut)
		p.all.Wait()
	})
	return p
}

// Host is the address of the proxy.
func (p *Proxy) Host() string { return p.listener.Addr().String() }

// Before puts the proxy before another server.
func (p *Proxy) Before(server string) {
	p.mu.Lock()
	p.server = server
	p.mu.Unlock()
	p.Set(NoFault)
}

// Set begins a fault, which goes on until the next call.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	broken := f == Cut || f == Refuse || p.fault == HalfOpen && f != HalfOpen
	if p.fault = f; f == Cut {
		p.fault = NoFault
	}
	close(p.change)
	p.change = make(chan struct{})
	for c := range p.pairs {
		if broken {
			c.close()
		}
	}
}

// Refused is how many commands were answered in the place of the server.
func (p *Proxy) Refused() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

// now is the fault, and what is closed when it changes.
func (p *Proxy) now() (Fault, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault, p.change
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.all.Go(func() { p.serve(client) })
	}
}

// pair is a connection on both sides of the proxy.
type pair struct {
	client, server net.Conn
	write          sync.Mutex // to the client
	once           sync.Once
}

func (c *pair) close() {
	c.once.Do(func() {
		_ = c.client.Close()
		if c.server != nil {
			_ = c.server.Close()
		}
	})
}

func (p *Proxy) serve(client net.Conn) {
	c := &pair{client: client}
	defer c.close()
	p.mu.Lock()
	refuse, server := p.ended || p.fault == Refuse, p.server
	p.mu.Unlock()
	if refuse {
		return
	}
	var err error
	if c.server, err = net.Dial("tcp", server); err != nil {
		return
	}
	p.mu.Lock()
	if p.ended || p.fault == Refuse {
		p.mu.Unlock()
		return
	}
	p.pairs[c] = true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { defer c.close(); p.forward(c, c.client, p.toServer) })
	both.Go(func() { defer c.close(); p.forward(c, c.server, p.toClient) })
	both.Wait()
	p.mu.Lock()
	delete(p.pairs, c)
	p.mu.Unlock()
}

// forward hands one message after another on.
func (p *Proxy) forward(c *pair, from net.Conn, to func(*pair, []byte) error) {
	for {
		message, err := readMessage(from)
		if err != nil {
			return
		}
		for fault, changed := p.now(); fault == Stall; fault, changed = p.now() {
			<-changed
		}
		if fault, _ := p.now(); fault == Delay {
			time.Sleep(100 * time.Millisecond)
		}
		if err := to(c, message); err != nil {
			return
		}
	}
}

func (p *Proxy) toServer(c *pair, message []byte) error {
	if fault, _ := p.now(); fault == SteppedDown {
		if name := commandOf(message); name != "" && name != "hello" && name != "isMaster" && name != "ismaster" && name != "ping" {
			p.mu.Lock()
			p.refused++
			p.mu.Unlock()
			return c.answer(message, bson.D{
				{Key: "ok", Value: 0.0}, {Key: "errmsg", Value: "not primary"}, {Key: "code", Value: int32(10107)}, {Key: "codeName", Value: "NotWritablePrimary"},
			})
		}
	}
	_, err := c.server.Write(message)
	return err
}

func (p *Proxy) toClient(c *pair, message []byte) error {
	if fault, _ := p.now(); fault == HalfOpen {
		return nil
	}
	c.write.Lock()
	defer c.write.Unlock()
	_, err := c.client.Write(message)
	return err
}

// Of the protocol: a header of four numbers (length, id, id of what it answers, kind), and
// of a message its flags and one document.
const (
	headerSize = 16
	opMessage  = 2013
)

func readMessage(from io.Reader) ([]byte, error) {
	message := make([]byte, headerSize, 4096)
	if _, err := io.ReadFull(from, message); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(message)
	if length < headerSize || length > 64<<20 {
		return nil, io.ErrUnexpectedEOF
	}
	message = append(message, make([]byte, length-headerSize)...)
	_, err := io.ReadFull(from, message[headerSize:])
	return message, err
}

// commandOf is the name of a command; "" of what is none.
func commandOf(message []byte) string {
	const document = headerSize + 4 + 1
	if len(message) < document || binary.LittleEndian.Uint32(message[12:]) != opMessage || message[document-1] != 0 {
		return ""
	}
	first, err := bson.Raw(message[document:]).IndexErr(0)
	if err != nil {
		return ""
	}
	return first.Key()
}

// answer answers a command in the place of the server.
func (c *pair) answer(command []byte, doc bson.D) error {
	body, err := bson.Marshal(doc)
	if err != nil {
		return err
	}
	message := make([]byte, headerSize+4+1, headerSize+4+1+len(body))
	message = append(message, body...)
	binary.LittleEndian.PutUint32(message, uint32(len(message)))
	binary.LittleEndian.PutUint32(message[4:], 1)
	copy(message[8:12], command[4:8])
	binary.LittleEndian.PutUint32(message[12:], opMessage)
	c.write.Lock()
	defer c.write.Unlock()
	_, err = c.client.Write(message)
	return err
}
