package actors

// codes that this version of the protocol knows; any other reads as `other` (REJ-3).
var codes = map[string]bool{"unknown_target": true, "unknown_type": true, "bad_payload": true, "mailbox_full": true, "not_allowed": true,
	"stopped": true, "failed": true}

// readReject gives the payload of a Reject the form of v1, whatever dialect and spelling it came in (DIA-3, REJ-3).
func readReject(e *Envelope) {
	members, _ := e.Payload.(map[string]any)
	text := func(keys ...string) string {
		for _, key := range keys {
			if found, ok := members[key].(string); ok {
				return found
			}
		}
		return ""
	}
	code := text("code")
	if !codes[code] {
		code = "other"
	}
	rejected := text("target")
	if e.Dialect == Flat {
		rejected = text("rejected_by", "rejectedBy")
	}
	e.Payload = map[string]any{"code": code, "reason": text("reason"), "message_type": text("message_type", "messageType"),
		"target": rejected, "rejected_by": text("rejected_by", "rejectedBy")}
}
