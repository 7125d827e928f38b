package actors

import "fmt"

// Error is why something cannot be sent, received or started. Name is the word that every language of the family uses for it.
type Error struct {
	Name string
	Why  string
}

func (e *Error) Error() string { return e.Name + ": " + e.Why }

func errorf(name, format string, arguments ...any) *Error {
	return &Error{name, fmt.Sprintf(format, arguments...)}
}

// The names of Error.
const (
	BadPayload  = "BADPAYLOAD"  // a payload does not have the fields of its type
	Failed      = "FAILED"      // a handler failed
	Invalid     = "INVAL"       // an argument cannot be used
	NoType      = "NOENT"       // the type was never declared
	Refused     = "REFUSED"     // this node may not send to that endpoint
	Reserved    = "RESERVED"    // the name belongs to the protocol
	TooBig      = "TOOBIG"      // over the limits of this port
	Value       = "VALUE"       // JSON, or the protocol, cannot carry the value
	Unbound     = "UNBOUND"     // the node has no endpoint that a reply could go to
	Rejected    = "REJECTED"    // an ask was answered with a Reject
	TimedOut    = "TIMEDOUT"    // an ask was not answered in time
	Unsupported = "UNSUPPORTED" // not possible with this peer
	Down        = "DOWN"        // the peer is down and its queue is full
)
