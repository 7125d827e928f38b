// A port of the Sabir protocol in Go that reaches level 0: one actor, `echo`, and the Rejects of whatever is not for it.
//
// It needs nothing but the standard library: what it knows of ZeroMQ (ZMTP 3.0, mechanism NULL) stands in wire.go; a ZeroMQ library
// can take its place. encoding/json is enough to begin with and wrong for level 1: it takes equal keys, ignores their case and
// repairs broken text (docs/protocol.md). Replies go to 127.0.0.1 only, until RTE-4 is there.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

const cannotStart = 10

var loopback = regexp.MustCompile(`^tcp://(127\.0\.0\.1):(\*|[0-9]{1,5})$`)

type sender struct {
	Name     string `json:"name"`
	Endpoint string `json:"endpoint"`
}

type envelope struct {
	Type    string          `json:"type"`
	Target  string          `json:"target"`
	Sender  *sender         `json:"sender"`
	Payload json.RawMessage `json:"payload"`
	ID      string          `json:"id,omitempty"`
	Re      string          `json:"re,omitempty"`
}

type node struct {
	endpoint string
	ways     ways
}

func (n *node) take(frame []byte) {
	var e envelope
	if json.Unmarshal(frame, &e) != nil || e.Type == "" || e.Target == "" || len(e.Payload) == 0 || e.Payload[0] != '{' {
		return // malformed: dropped, never answered
	}
	switch {
	case e.Type == "Reject":
	case e.Target != "echo":
		n.reject(e, "unknown_target", "there is no such actor")
	case e.Type != "conf.Echo":
		n.reject(e, "unknown_type", "echo has no handler for it")
	default:
		n.answer(e, envelope{Type: "conf.EchoReply", Sender: &sender{"echo", n.endpoint}, Payload: e.Payload})
	}
}

func (n *node) reject(cause envelope, code, reason string) {
	payload, _ := json.Marshal(map[string]string{"code": code, "reason": reason, "message_type": cause.Type, "target": cause.Target,
		"rejected_by": n.endpoint})
	n.answer(cause, envelope{Type: "Reject", Payload: payload})
}

func (n *node) answer(cause, answer envelope) {
	if cause.Sender == nil || !loopback.MatchString(cause.Sender.Endpoint) {
		return
	}
	answer.Target, answer.Re = cause.Sender.Name, cause.ID
	if frame, err := json.Marshal(answer); err == nil {
		n.ways.send(cause.Sender.Endpoint[len("tcp://"):], frame)
	}
}

func main() {
	told := os.Getenv("SABIR_BIND")
	parts := loopback.FindStringSubmatch(told)
	address := "no endpoint"
	if parts != nil {
		address = net.JoinHostPort(parts[1], map[bool]string{true: "0", false: parts[2]}[parts[2] == "*"])
	}
	listener, err := net.Listen("tcp4", address)
	if err != nil {
		fmt.Fprintf(os.Stderr, "SABIR_BIND=%s cannot be bound (it is like tcp://127.0.0.1:* here): %v\n", told, err)
		os.Exit(cannotStart)
	}
	n := &node{endpoint: "tcp://" + listener.Addr().String()}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop <- syscall.SIGTERM
	}()
	go serve(listener, n.take)
	fmt.Printf(`READY {"endpoint":%q,"bound":%q,"port":"@NAME@","version":"0.1","suite":1,"limits":{"bytes":%d,"depth":64},"features":[]}`+"\n",
		n.endpoint, n.endpoint, limitBytes)
	<-stop
}
