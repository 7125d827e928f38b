package actors

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// The way out: one connection per peer, made when it is first needed and made again when it is lost.

const (
	waysMax       = 64 // connections kept; the one that was used the longest time ago is given up
	queueMessages = 100_000
	queueBytes    = 64 << 20
	reconnectTime = 100 * time.Millisecond
	mailLives     = 5 * time.Second // what waits longer for a peer that is not there is a dead letter
	batchBytes    = 64 << 10
)

type letter struct {
	frame   []byte
	expires time.Time
}

// way is the way to one peer. What is queued waits for the handshake; what was written when a connection broke is lost, and never
// sent twice (ORD-1).
type way struct {
	endpoint Endpoint
	lastUsed uint64

	mu       sync.Mutex
	changed  *sync.Cond
	queue    []letter
	bytes    int
	isBusy   bool // whether letters are being written
	isClosed bool
	lost     uint64
	current  *link
}

func newWay(endpoint Endpoint) *way {
	w := &way{endpoint: endpoint}
	w.changed = sync.NewCond(&w.mu)
	go w.run()
	return w
}

func (w *way) send(frame []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) >= queueMessages || w.bytes+len(frame) > queueBytes {
		w.lost++
		return errorf(Down, "%s does not take its mail", w.endpoint)
	}
	w.queue = append(w.queue, letter{frame, time.Now().Add(mailLives)})
	w.bytes += len(frame)
	w.changed.Signal()
	return nil
}

// run connects, serves the connection until it is lost, and begins again.
func (w *way) run() {
	for w.wantsConnection() {
		connection, err := net.DialTimeout("tcp", w.endpoint.address(), handshakeTime)
		if err == nil {
			w.serve(connection)
			_ = connection.Close()
		}
		w.forgetOld()
		time.Sleep(reconnectTime)
	}
}

// wantsConnection waits until there is something to send; false means that the way has been given up.
func (w *way) wantsConnection() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) == 0 && !w.isClosed {
		w.changed.Wait()
	}
	return !w.isClosed
}

func (w *way) serve(connection net.Conn) {
	l, err := greet(connection, zmq4.Push, commandLimit)
	if err != nil || !w.begin(l) {
		return
	}
	go func() { // a peer says nothing but PING to a PUSH; the end of what it says is the end of the connection
		for err == nil {
			_, err = l.receive()
		}
		w.end(l)
	}()
	for {
		batch, ok := w.take(l)
		if !ok {
			return
		}
		if _, err := connection.Write(batch); err != nil {
			w.end(l)
			return
		}
	}
}

func (w *way) begin(l *link) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = l
	return !w.isClosed
}

func (w *way) end(l *link) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = l.Close()
	if w.current == l {
		w.current = nil
		w.isBusy = false
	}
	w.changed.Broadcast()
}

// take waits for letters and gives as many as make one good write; false once the connection is lost or given up.
func (w *way) take(l *link) ([]byte, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isBusy = false
	w.changed.Broadcast()
	for len(w.queue) == 0 && w.current == l && !w.isClosed {
		w.changed.Wait()
	}
	if w.current != l || w.isClosed {
		return nil, false
	}
	var batch []byte
	count := 0
	for count < len(w.queue) && (count == 0 || len(batch)+len(w.queue[count].frame) < batchBytes) {
		batch = appendMessage(batch, w.queue[count].frame)
		w.bytes -= len(w.queue[count].frame)
		count++
	}
	w.drop(count)
	w.isBusy = true
	return batch, true
}

func (w *way) drop(count int) {
	for i := 0; i < count; i++ {
		w.queue[i].frame = nil
	}
	w.queue = w.queue[count:]
	if len(w.queue) == 0 {
		w.queue = nil
	}
}

// forgetOld gives up what has waited too long for a peer that cannot be reached.
func (w *way) forgetOld() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, count := time.Now(), 0
	for count < len(w.queue) && w.queue[count].expires.Before(now) {
		w.bytes -= len(w.queue[count].frame)
		count++
	}
	w.drop(count)
	w.lost += uint64(count)
}

func (w *way) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isClosed = true
	w.lost += uint64(len(w.queue))
	w.queue = nil
	if w.current != nil {
		_ = w.current.Close()
	}
	w.changed.Broadcast()
}

func (w *way) isFlushed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue) == 0 && !w.isBusy
}

// outbox has all ways out.
type outbox struct {
	mu     sync.Mutex
	ways   map[Endpoint]*way
	counts map[Endpoint]*count // go on when a way is made anew
	epochs uint64              // the last one that was given out
	clock  uint64
}

// count numbers what goes to one peer (ORD-2). Each has an epoch of its own, because two endpoints may be one node, which would take
// the lower number for the older message.
type count struct{ epoch, sent uint64 }

func newOutbox() *outbox {
	return &outbox{epochs: randomNumber(), ways: map[Endpoint]*way{}, counts: map[Endpoint]*count{}}
}

func randomNumber() uint64 {
	var bytes [8]byte
	if _, err := rand.Read(bytes[:]); err != nil {
		panic(err) // a system without random numbers is no place to start a node
	}
	return binary.BigEndian.Uint64(bytes[:])
}

// post puts an envelope on its way. Numbering and queueing are one step, so that the numbers leave in their order.
func (o *outbox) post(endpoint Endpoint, e Envelope) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	count := o.count(endpoint)
	if e.Dialect == V1 {
		e.Seq = fmt.Sprintf("%016x:%d", count.epoch, count.sent+1)
	}
	frame, err := e.write()
	if err != nil {
		return err
	}
	if err := o.way(endpoint).send(frame); err != nil {
		return err
	}
	count.sent++
	return nil
}

func (o *outbox) count(endpoint Endpoint) *count {
	found := o.counts[endpoint]
	if found == nil {
		o.epochs++
		found = &count{epoch: o.epochs}
		o.counts[endpoint] = found
	}
	return found
}

func (o *outbox) way(endpoint Endpoint) *way {
	o.clock++
	found := o.ways[endpoint]
	if found == nil {
		o.makeRoom()
		found = newWay(endpoint)
		o.ways[endpoint] = found
	}
	found.lastUsed = o.clock
	return found
}

func (o *outbox) makeRoom() {
	if len(o.ways) < waysMax {
		return
	}
	var oldest *way
	for _, way := range o.ways {
		if oldest == nil || way.lastUsed < oldest.lastUsed {
			oldest = way
		}
	}
	delete(o.ways, oldest.endpoint)
	oldest.close()
}

// flush waits until everything has been written, but no longer than patience.
func (o *outbox) flush(patience time.Duration) {
	deadline := time.Now().Add(patience)
	for !o.isFlushed() && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
}

func (o *outbox) isFlushed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, way := range o.ways {
		if !way.isFlushed() {
			return false
		}
	}
	return true
}
