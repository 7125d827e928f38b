package actors

import (
	"fmt"
	"log"
	"reflect"
	"sync/atomic"
)

// Raw is the payload of a message that takes any object; its numbers keep their tokens, so that it can be passed on unchanged.
type Raw map[string]any

// Actor has private state, one mailbox, and handles one message at a time. Its handlers are added before the node starts.
type Actor struct {
	node     *Node
	name     string
	mailbox  chan mail
	handlers map[string]handler
	isOver   atomic.Bool
	isLocal  bool
}

// mail is a message that waits: its payload was found good before it was let in.
type mail struct {
	envelope *Envelope
	run      func(*Context) error
}

// handler reads a payload, and gives what to do with it.
type handler func(payload any) (func(*Context) error, error)

// Handle lets the actor take messages of a type; M is a struct with the type's fields, or Raw, or map[string]any.
func Handle[M any](a *Actor, messageType string, do func(*Context, M) error) {
	Declare(a.node, messageType)
	a.handlers[messageType] = func(payload any) (func(*Context) error, error) {
		var message M
		if raw, isRaw := any(&message).(*Raw); isRaw {
			*raw = payload.(map[string]any)
		} else if err := decode(payload, reflect.ValueOf(&message).Elem()); err != nil {
			return nil, err
		}
		return func(c *Context) error { return do(c, message) }, nil
	}
}

// Name is what others send to.
func (a *Actor) Name() string { return a.name }

// Stop ends the actor behind the message that it is handling. What comes later, or waits already, is answered `stopped` (REJ-5).
func (a *Actor) Stop() { a.isOver.Store(true) }

func (a *Actor) stopped() *Error { return errorf("stopped", "%s has stopped", a.name) }

// accept lets a message in; nil, or the code and the words of a Reject.
func (a *Actor) accept(e *Envelope) *Error {
	handler := a.handlers[e.Type]
	if handler == nil {
		return errorf("unknown_type", "%s has no handler for %s", a.name, short(e.Type))
	}
	run, err := handler(e.Payload)
	if err != nil {
		return errorf("bad_payload", "%s", err.(*Error).Why)
	}
	select {
	case a.mailbox <- mail{e, run}:
		return nil
	default: // the one who reads the wire never waits (RTE-9)
		return errorf("mailbox_full", "%s has as much mail as it may hold", a.name)
	}
}

func (a *Actor) work() {
	for letter := range a.mailbox {
		a.handle(letter)
		a.node.working.Add(-1)
	}
}

// handle runs one handler. Whoever sent an id learns when it failed, or will never be answered (REJ-5).
func (a *Actor) handle(letter mail) {
	if a.isOver.Load() {
		a.node.reject(letter.envelope, a.stopped())
		return
	}
	c := &Context{Actor: a, Sender: letter.envelope.Sender, Type: letter.envelope.Type, cause: letter.envelope}
	err := c.call(letter.run)
	if err != nil {
		log.Printf("%s: %s: %v", a.name, c.Type, err)
	}
	if c.cause.ID != "" && !c.isAnswered {
		a.node.reject(c.cause, errorf("failed", "%s did not answer", a.name))
	}
}

// Context is one message being handled.
type Context struct {
	Actor  *Actor
	Sender *Sender // nil if there is none
	Type   string

	cause      *Envelope
	isAnswered bool
}

func (c *Context) call(run func(*Context) error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	return run(c)
}

// Reply answers the message that is being handled; nobody is told if nobody asked.
func (c *Context) Reply(messageType string, payload any) error {
	return c.Later()(messageType, payload)
}

// Later takes the right to reply along, for a reply after the handler has returned.
func (c *Context) Later() func(messageType string, payload any) error {
	c.isAnswered = true
	cause, actor := c.cause, c.Actor
	return func(messageType string, payload any) error {
		return actor.node.answer(cause, actor, messageType, payload)
	}
}

// Send sends to another node's actor; what is caused by a message carries on its trace.
func (c *Context) Send(to Ref, from *Actor, messageType string, payload any) error {
	return to.send(from, messageType, payload, c.cause.Trace)
}
