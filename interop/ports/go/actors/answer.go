package actors

import "strings"

// Ref is the address of an actor of another node.
type Ref struct {
	node     *Node
	endpoint Endpoint
	name     string
	dialect  Dialect
}

// Remote gives a Ref. Whoever the application itself addresses may also be answered (RTE-4 a).
func (n *Node) Remote(name, endpoint string, dialect Dialect) (Ref, error) {
	to, ok := ParseEndpoint(endpoint)
	if !ok || to.Path != "" {
		return Ref{}, errorf(Refused, "%s is no endpoint that this port can reach", short(endpoint))
	}
	if !isName(name) {
		return Ref{}, errorf(Invalid, "%q cannot be the name of an actor", short(name))
	}
	n.known.Store(to, true)
	return Ref{n, to, name, dialect}, nil
}

// Send queues a message; it returns at once. From is whom replies go to, or nil.
func (r Ref) Send(from *Actor, messageType string, payload any) error {
	return r.send(from, messageType, payload, "")
}

func (r Ref) send(from *Actor, messageType string, payload any, trace string) error {
	return r.post(from, Envelope{Type: messageType, Payload: payload, Trace: trace})
}

// post addresses an envelope and queues it. A node that is not bound has no endpoint for a sender to be answered at (RTE-7).
func (r Ref) post(from *Actor, e Envelope) error {
	if err := r.node.mayLeave(e.Type); err != nil {
		return err
	}
	e.Target, e.Dialect = r.name, r.dialect
	if from != nil && r.node.advertised == "" {
		return errorf(Unbound, "the node is not bound, so nobody can answer %s", from.name)
	}
	if from != nil {
		e.Sender = &Sender{from.name, r.node.advertised}
	}
	return r.node.outbox.post(r.endpoint, e)
}

func (n *Node) mayLeave(messageType string) error {
	if strings.HasPrefix(messageType, "sabir.") {
		return errorf(Reserved, "%s belongs to the protocol", short(messageType))
	}
	if !n.types[messageType] {
		return errorf(NoType, "%s was never declared", short(messageType))
	}
	return nil
}

// answer sends a reply to where the cause came from, from the replying actor's own name (RTE-2). Without a sender nobody wants it.
func (n *Node) answer(cause *Envelope, from *Actor, messageType string, payload any) error {
	if err := n.mayLeave(messageType); err != nil {
		return err
	}
	if cause.Sender == nil {
		return nil
	}
	return n.post(cause, Envelope{Type: messageType, Sender: &Sender{from.name, n.advertised}, Payload: payload})
}

// reject tells the sender of cause why it reached no handler (REJ-1), unless that could make a loop (REJ-2).
func (n *Node) reject(cause *Envelope, why *Error) {
	if cause.Type == "Reject" || cause.Re != "" || cause.Sender == nil {
		return
	}
	reason := clip(why.Why, 200)
	payload := map[string]any{"code": why.Name, "reason": reason, "message_type": cause.Type, "target": cause.Target,
		"rejected_by": n.advertised}
	if cause.Dialect == Flat { // DIA-3
		payload = map[string]any{"message_type": cause.Type, "reason": reason, "rejected_by": cause.Target}
	}
	if n.post(cause, Envelope{Type: "Reject", Payload: payload}) != nil {
		n.dropped.Add(1)
	}
}

func (n *Node) post(cause *Envelope, e Envelope) error {
	if cause.back == nil {
		return errorf(Refused, "%s may not be answered", short(cause.Sender.Endpoint))
	}
	e.Target, e.Dialect = cause.Sender.Name, cause.Dialect
	if e.Dialect == V1 {
		e.Re, e.Trace = cause.ID, cause.Trace
	}
	return n.outbox.post(*cause.back, e)
}

// clip gives at most limit bytes of text, and no half character.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}
