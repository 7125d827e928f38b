package actors

import (
	"fmt"
	"sync"
	"time"
)

// question is an ask that waits: who asked, and where the answer goes.
type question struct {
	asker  string
	answer chan *Envelope
}

// asks are the questions of this node. An answer belongs to the question of its `re` and its target, or is late (ASK-1).
type asks struct {
	mu      sync.Mutex
	epoch   uint64 // random, so that no id comes twice, not after a restart either (ASK-2)
	count   uint64
	waiting map[string]question
}

func newAsks() *asks { return &asks{epoch: randomNumber(), waiting: map[string]question{}} }

func (a *asks) begin(asker string) (id string, answer chan *Envelope) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
	id, answer = fmt.Sprintf("%016x-%d", a.epoch, a.count), make(chan *Envelope, 1)
	a.waiting[id] = question{asker, answer}
	return id, answer
}

// end forgets a question; whatever answers it from now on is late.
func (a *asks) end(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, id)
}

// take gives an answer to whoever waits for it; false if nobody does.
func (a *asks) take(e *Envelope) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, isThere := a.waiting[e.Re]
	if !isThere || found.asker != e.Target {
		return false
	}
	delete(a.waiting, e.Re)
	found.answer <- e
	return true
}

// Ask sends a question in the name of the actor and waits for its answer; meanwhile the actor handles nothing else.
func (c *Context) Ask(to Ref, messageType string, payload any, within time.Duration) (Raw, error) {
	return to.ask(c.Actor, messageType, payload, within, c.cause.Trace)
}

// Ask is the same for whoever is not handling a message.
func (r Ref) Ask(from *Actor, messageType string, payload any, within time.Duration) (Raw, error) {
	return r.ask(from, messageType, payload, within, "")
}

func (r Ref) ask(from *Actor, messageType string, payload any, within time.Duration, trace string) (Raw, error) {
	if r.dialect == Flat {
		return nil, errorf(Unsupported, "flat has neither id nor re (DIA-4)")
	}
	id, answer := r.node.asks.begin(from.name)
	defer r.node.asks.end(id)
	if err := r.post(from, Envelope{Type: messageType, Payload: payload, ID: id, Trace: trace}); err != nil {
		return nil, err
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case e := <-answer:
		members := e.Payload.(map[string]any)
		if e.Type == "Reject" {
			return nil, errorf(Rejected, "%v: %v", members["code"], members["reason"])
		}
		return Raw(members), nil
	case <-timer.C:
		return nil, errorf(TimedOut, "%s did not answer within %v", short(r.name), within)
	}
}
