package actors

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Dialect is a spelling of the envelope.
type Dialect string

// V1 is the protocol's own dialect, Flat that of the older family.
const (
	V1   Dialect = "v1"
	Flat Dialect = "flat"
)

// Limits of this port (LIM-1), and those of every port.
const (
	ByteLimit  = 4 << 20
	DepthLimit = 64
	nameBytes  = 255
)

// Sender is who sent an envelope, and where replies to it go.
type Sender struct {
	Name     string `wire:"name"`
	Endpoint string `wire:"endpoint"`
}

// Envelope is a message with its target and its sender. ID, Re, Trace and Seq are empty when they have no value.
type Envelope struct {
	Type, Target       string
	Sender             *Sender
	Payload            any
	ID, Re, Trace, Seq string
	Dialect            Dialect

	back *Endpoint // where answers may go (RTE-4); nil for nowhere
}

var (
	tokenForm = regexp.MustCompile(`^[ -~]{1,64}$`)
	traceForm = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$`)
	zeros     = regexp.MustCompile(`^0+$`)
	seqForm   = regexp.MustCompile(`^([0-9a-fA-F]{16}):([1-9][0-9]{0,19})$`)
)

// readEnvelope reads one frame, or says which clause it breaks.
func readEnvelope(frame []byte) (*Envelope, error) {
	value, err := readJSON(frame)
	if err != nil {
		return nil, err
	}
	members, ok := value.(map[string]any)
	if !ok {
		return nil, broken("ENV-2", "not a JSON object")
	}
	_, hasReceiver := members["receiver"]
	_, hasTarget := members["target"]
	switch {
	case hasReceiver && hasTarget:
		return nil, broken("DIA-1", "both target and receiver")
	case hasReceiver:
		return readFlat(members)
	}
	return readV1(members)
}

func broken(clause, why string) error { return errorf("MALFORMED", "%s: %s", clause, why) }

func readV1(members map[string]any) (*Envelope, error) {
	for _, key := range []string{"type", "target", "payload"} {
		if _, isThere := members[key]; !isThere {
			return nil, broken("ENV-3", key+" is missing")
		}
	}
	e := &Envelope{Dialect: V1, Payload: members["payload"]}
	var okType, okTarget bool
	e.Type, okType = nameOf(members["type"])
	e.Target, okTarget = nameOf(members["target"])
	if !okType || !okTarget {
		return nil, broken("ENV-6", "type and target are strings of 1 to 255 bytes without control characters")
	}
	if _, isObject := e.Payload.(map[string]any); !isObject {
		return nil, broken("ENV-8", "payload is not an object")
	}
	for key, target := range map[string]*string{"id": &e.ID, "re": &e.Re} {
		text, isText := members[key].(string)
		if members[key] != nil && !(isText && tokenForm.MatchString(text)) {
			return nil, broken("ENV-9", key+" is not 1 to 64 printable ASCII characters")
		}
		*target = text
	}
	e.Trace = traceOf(members["trace"])
	e.Seq, _ = members["seq"].(string)
	if members["sender"] == nil {
		return e, nil
	}
	if e.Sender = senderOf(members["sender"]); e.Sender == nil {
		return nil, broken("ENV-7", "sender is neither null nor a name and an endpoint")
	}
	return e, nil
}

func senderOf(value any) *Sender {
	members, _ := value.(map[string]any)
	name, okName := nameOf(members["name"])
	endpoint, okEndpoint := nameOf(members["endpoint"])
	if !okName || !okEndpoint {
		return nil
	}
	return &Sender{name, endpoint}
}

// nameOf gives the string of 1 to 255 bytes without code points of category Cc that value has to be (ENV-6).
func nameOf(value any) (string, bool) {
	text, ok := value.(string)
	return text, ok && isName(text)
}

func isName(text string) bool {
	if len(text) < 1 || len(text) > nameBytes {
		return false
	}
	for _, char := range text {
		if unicode.IsControl(char) {
			return false
		}
	}
	return true
}

// traceOf gives a valid traceparent, or nothing: one that is not valid is ignored.
func traceOf(value any) string {
	text, _ := value.(string)
	parts := traceForm.FindStringSubmatch(text)
	if parts == nil || parts[1] == "ff" || zeros.MatchString(parts[2]) || zeros.MatchString(parts[3]) {
		return ""
	}
	return text
}

// seqOf takes a seq apart: the sender's epoch for this peer, and its count. One of any other form is as if it were absent (ORD-2).
func seqOf(text string) (epoch string, count uint64, ok bool) {
	parts := seqForm.FindStringSubmatch(text)
	if parts == nil {
		return "", 0, false
	}
	count, err := strconv.ParseUint(parts[2], 10, 64)
	return strings.ToLower(parts[1]), count, err == nil
}

// write gives the bytes of one frame, or why the envelope cannot leave (OUT-1, LIM-1).
func (e *Envelope) write() ([]byte, error) {
	w := &writer{}
	mark := byte('{')
	if e.Dialect == Flat {
		e.writeFlat(w, &mark)
	} else {
		e.writeV1(w, &mark)
	}
	w.end(mark, '{', '}')
	if w.err != nil {
		return nil, w.err
	}
	if len(w.text) > ByteLimit {
		return nil, errorf(TooBig, "%d bytes, and the limit is %d", len(w.text), ByteLimit)
	}
	return w.text, nil
}

func (e *Envelope) writeV1(w *writer, mark *byte) {
	w.member(mark, "type", e.Type)
	w.member(mark, "target", e.Target)
	w.member(mark, "sender", e.Sender)
	w.member(mark, "payload", e.Payload)
	for _, option := range []struct{ key, text string }{{"id", e.ID}, {"re", e.Re}, {"trace", e.Trace}, {"seq", e.Seq}} {
		if option.text != "" {
			w.member(mark, option.key, option.text)
		}
	}
}
