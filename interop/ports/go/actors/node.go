// Package actors is a small Sabir node in Go: actors, and the protocol of docs/protocol.md on a pure Go ZeroMQ library.
//
//	one goroutine per connection           one goroutine per actor        one goroutine per peer
//	frame -> envelope -> RTE-6 -> mailbox --------> handler --------> queue -> connection
package actors

import (
	"errors"
	"log"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

const (
	mailboxCapacity = 65_536
	epochsMax       = 4096 // senders' epochs that are remembered; any may be forgotten beyond that
)

// What never arrives from outside as the built-in message (RES-1).
var builtIns = map[string]bool{"Start": true, "Shutdown": true, "Timeout": true, "Continue": true, "Down": true, "LinkDown": true}

// Node owns the listener, the actors and the way out.
type Node struct {
	settings   Settings
	listener   net.Listener
	bound      string
	advertised string
	actors     map[string]*Actor
	types      map[string]bool
	outbox     *outbox
	asks       *asks
	known      sync.Map // endpoints that the application has made into a Ref
	told       sync.Map // peers whose refusal has been logged
	toldCount  atomic.Int64
	dropped    atomic.Int64
	working    atomic.Int64 // messages in mailboxes and handlers

	seqLock  sync.Mutex
	greatest map[string]uint64
}

// NewNode makes a node that knows its settings; Run or Start binds it.
func NewNode(settings Settings) *Node {
	return &Node{settings: settings, actors: map[string]*Actor{}, types: map[string]bool{}, outbox: newOutbox(), asks: newAsks(),
		greatest: map[string]uint64{}}
}

// Actor adds an actor. Capacity is how many messages may wait for it; 0 means the usual.
func (n *Node) Actor(name string, capacity int) *Actor {
	if !isName(name) || strings.HasPrefix(name, "sabir.") || n.actors[name] != nil {
		panic("actors: " + name + " cannot be the name of an actor, or is one already")
	}
	if capacity == 0 {
		capacity = mailboxCapacity
	}
	n.actors[name] = &Actor{node: n, name: name, mailbox: make(chan mail, capacity), handlers: map[string]handler{}}
	return n.actors[name]
}

// Local adds an actor that other nodes cannot reach (RTE-8).
func (n *Node) Local(name string) *Actor {
	a := n.Actor(name, 0)
	a.isLocal = true
	return a
}

// Find gives an actor of this node, or nil.
func (n *Node) Find(name string) *Actor { return n.actors[name] }

// Declare makes a message type known, so that it can be sent.
func Declare(n *Node, messageTypes ...string) {
	for _, name := range messageTypes {
		if !isName(name) || strings.HasPrefix(name, "sabir.") {
			panic("actors: " + name + " cannot be the name of a message type")
		}
		n.types[name] = true
	}
}

// Start binds the node and begins to serve.
func (n *Node) Start() error {
	listener, err := net.Listen(n.settings.network, n.settings.bind)
	if err != nil {
		return errorf("BIND", "%s cannot be bound: %v", n.settings.bind, err)
	}
	n.listener = listener
	n.bound = "tcp://" + listener.Addr().String()
	n.advertised = n.settings.advertise
	if n.advertised == "" {
		n.advertised = n.bound
	}
	for _, actor := range n.actors {
		go actor.work()
	}
	go n.accept()
	return nil
}

// Stop sends what can be sent within patience; what is for the dead stays unsent.
func (n *Node) Stop(patience time.Duration) {
	_ = n.listener.Close()
	deadline := time.Now().Add(patience)
	for n.working.Load() > 0 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	n.outbox.flush(time.Until(deadline))
}

func (n *Node) accept() {
	for {
		connection, err := n.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, for instance: those that are open go on
			time.Sleep(10 * time.Millisecond)
			continue
		}
		go n.serve(connection)
	}
}

func (n *Node) serve(connection net.Conn) {
	defer connection.Close()
	source := hostOfConnection(connection)
	l, err := greet(connection, zmq4.Pull, ByteLimit)
	for err == nil {
		var parts [][]byte
		if parts, err = l.receive(); err == nil {
			n.take(parts, source)
		}
	}
}

// take is what happens to one ZeroMQ message, in the order of RTE-6.
func (n *Node) take(parts [][]byte, source string) {
	if len(parts) != 1 {
		n.dropped.Add(1)
		return
	}
	e, err := readEnvelope(parts[0])
	if err != nil || n.isRepeated(e) || strings.HasPrefix(e.Type, "sabir.") {
		n.dropped.Add(1) // malformed, too late, or reserved
		return
	}
	if e.Type == "Reject" {
		readReject(e)
	}
	if e.Re != "" {
		if !n.asks.take(e) {
			n.dropped.Add(1) // nobody waits for it, or no longer
		}
		return
	}
	n.settle(e, source)
	if why := n.route(e); why != nil {
		n.reject(e, why)
	}
}

// isRepeated: has this, or a later one of the same epoch, been seen (ORD-2)?
func (n *Node) isRepeated(e *Envelope) bool {
	epoch, count, ok := seqOf(e.Seq)
	if !ok {
		return false
	}
	n.seqLock.Lock()
	defer n.seqLock.Unlock()
	if count <= n.greatest[epoch] {
		return true
	}
	if _, isKnown := n.greatest[epoch]; !isKnown && len(n.greatest) >= epochsMax {
		for other := range n.greatest {
			delete(n.greatest, other)
			break
		}
	}
	n.greatest[epoch] = count
	return false
}

// settle decides, while it is known where the envelope came from, whether its sender may be answered: if not, there is none for
// us, although the application still sees it.
func (n *Node) settle(e *Envelope, source string) {
	if e.Sender == nil {
		return
	}
	if e.Dialect == Flat { // DIA-6
		for _, any := range []string{"tcp://*:", "tcp://0.0.0.0:"} {
			if port, isAny := strings.CutPrefix(e.Sender.Endpoint, any); isAny {
				e.Sender.Endpoint = "tcp://" + net.JoinHostPort(source, port)
			}
		}
	}
	if to, ok := ParseEndpoint(e.Sender.Endpoint); ok && n.mayAnswer(to, source) {
		e.back = &to
	}
}

// mayAnswer is RTE-4.
func (n *Node) mayAnswer(to Endpoint, source string) bool {
	_, isKnown := n.known.Load(to)
	if to.Path == "" && (isKnown || n.settings.allows(to) || to.isLiteral() && to.Host == source) {
		return true
	}
	if _, isTold := n.told.Load(to); !isTold && n.toldCount.Load() < 1000 {
		n.told.Store(to, true)
		n.toldCount.Add(1)
		log.Printf("not answering %s, which wrote from %s; \"allow\": [\"%s\"] in the peers file would permit it", to, source, to.Host)
	}
	return false
}

func (n *Node) route(e *Envelope) *Error {
	actor := n.actors[e.Target]
	if actor == nil || actor.isLocal {
		return errorf("unknown_target", "there is no actor %s here", short(e.Target))
	}
	if actor.isOver.Load() {
		return actor.stopped()
	}
	if builtIns[e.Type] {
		return errorf("not_allowed", "%s does not come from outside", e.Type)
	}
	n.working.Add(1)
	why := actor.accept(e)
	if why != nil {
		n.working.Add(-1)
	}
	return why
}
