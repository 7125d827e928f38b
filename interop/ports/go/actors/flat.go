package actors

// The dialect `flat`, which the older family of actor libraries speaks.

func readFlat(members map[string]any) (*Envelope, error) {
	e := &Envelope{Dialect: Flat, Payload: members["message"]}
	var okType, okTarget bool
	e.Type, okType = nameOf(members["message_type"])
	e.Target, okTarget = nameOf(members["receiver"])
	if !okType || !okTarget {
		return nil, broken("DIA-5", "message_type and receiver are strings of 1 to 255 bytes without control characters")
	}
	if e.Payload == nil {
		e.Payload = map[string]any{} // structs without fields are written as null by some
	}
	if _, isObject := e.Payload.(map[string]any); !isObject {
		return nil, broken("DIA-5", "message is not an object")
	}
	name, endpoint := members["sender_actor"], members["sender_endpoint"]
	if isNothing(name) || isNothing(endpoint) {
		return e, nil
	}
	e.Sender = senderOf(map[string]any{"name": name, "endpoint": endpoint})
	if e.Sender == nil {
		return nil, broken("DIA-5", "sender_actor and sender_endpoint cannot be a sender")
	}
	return e, nil
}

func isNothing(value any) bool { return value == nil || value == "" }

// writeFlat writes all five keys, null where there is no value; id, re, trace and seq do not exist (DIA-2, DIA-4).
func (e *Envelope) writeFlat(w *writer, mark *byte) {
	var name, endpoint any
	if e.Sender != nil {
		name, endpoint = e.Sender.Name, e.Sender.Endpoint
	}
	w.member(mark, "sender_actor", name)
	w.member(mark, "sender_endpoint", endpoint)
	w.member(mark, "receiver", e.Target)
	w.member(mark, "message_type", e.Type)
	w.member(mark, "message", e.Payload)
}
