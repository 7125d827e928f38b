package actors

import (
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

type number struct {
	N int64 `wire:"n"`
}

// start gives a bound node on loopback.
func start(t *testing.T, build func(*Node)) *Node {
	t.Helper()
	n := NewNode(Settings{network: "tcp4", bind: "127.0.0.1:0"})
	build(n)
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Stop(0) })
	return n
}

// next waits for a value, within a time that is long even on a busy machine.
func next[V any](t *testing.T, from <-chan V) V {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func TestMessagesOfOneSenderArriveInTheirOrder(t *testing.T) {
	const count = 5000
	came := make(chan int64, count)
	there := start(t, func(n *Node) {
		Handle(n.Actor("sink", 0), "N", func(_ *Context, m number) error { came <- m.N; return nil })
	})
	here := start(t, func(n *Node) { Declare(n, "N") })
	ref, err := here.Remote("sink", there.advertised, V1)
	if err != nil {
		t.Fatal(err)
	}
	for i := int64(0); i < count; i++ {
		if err := ref.Send(nil, "N", number{i}); err != nil {
			t.Fatal(err)
		}
	}
	for i := int64(0); i < count; i++ {
		if found := next(t, came); found != i {
			t.Fatalf("%d came instead of %d", found, i)
		}
	}
}

// askIt sends one envelope with an id to a node's actor "a", and gives what comes back over the wire.
func askIt(t *testing.T, build func(*Node)) *Envelope {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	to, _ := ParseEndpoint(start(t, build).advertised)
	asked := Envelope{Type: "N", Target: "a", Payload: number{1}, Sender: &Sender{"me", "tcp://" + listener.Addr().String()}, ID: "7",
		Dialect: V1}
	if err := newOutbox().post(to, asked); err != nil {
		t.Fatal(err)
	}
	_ = listener.(*net.TCPListener).SetDeadline(time.Now().Add(10 * time.Second))
	connection, err := listener.Accept()
	if err != nil {
		t.Fatal("nobody answers:", err)
	}
	defer connection.Close()
	l, err := greet(connection, zmq4.Pull, ByteLimit)
	if err != nil {
		t.Fatal(err)
	}
	_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
	parts, err := l.receive()
	if err != nil {
		t.Fatal("nothing is answered:", err)
	}
	answer, err := readEnvelope(parts[0])
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestWhoeverAskedLearnsThatAHandlerFailed(t *testing.T) {
	for name, do := range map[string]func(*Context, number) error{
		"an error": func(*Context, number) error { return errors.New("no") },
		"a panic":  func(*Context, number) error { panic("no") },
		"silence":  func(*Context, number) error { return nil },
	} {
		answer := askIt(t, func(n *Node) { Handle(n.Actor("a", 0), "N", do) })
		payload := answer.Payload.(map[string]any)
		if payload["code"] != "failed" || answer.Re != "7" || strings.Contains(payload["reason"].(string), "panic") {
			t.Errorf("%s is answered with %+v", name, answer)
		}
	}
}

func TestWhatIsNotDeclaredOrReservedDoesNotLeave(t *testing.T) {
	n := start(t, func(*Node) {})
	ref, _ := n.Remote("a", "tcp://127.0.0.1:9", V1)
	for messageType, want := range map[string]string{"Nobody": NoType, "sabir.watch": Reserved} {
		var known *Error
		if err := ref.Send(nil, messageType, nil); !errors.As(err, &known) || known.Name != want {
			t.Errorf("%s: %v", messageType, err)
		}
	}
	for _, endpoint := range []string{"tcp://*:1", "ipc:///tmp/x", "nothing"} {
		if _, err := n.Remote("a", endpoint, V1); err == nil {
			t.Errorf("%s was taken", endpoint)
		}
	}
}

func TestARejectReadsTheSameInEveryDialectAndSpelling(t *testing.T) {
	for _, text := range []string{
		`{"type":"Reject","target":"a","payload":{"code":"other","reason":"r","message_type":"T","target":"x","rejected_by":"x"}}`,
		`{"type":"Reject","target":"a","payload":{"code":"of-1.7","reason":"r","message_type":"T","target":"x","rejected_by":"x"}}`,
		`{"message_type":"Reject","receiver":"a","message":{"reason":"r","message_type":"T","rejected_by":"x"}}`,
		`{"message_type":"Reject","receiver":"a","message":{"reason":"r","messageType":"T","rejectedBy":"x"}}`,
	} {
		e, err := readEnvelope([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		readReject(e)
		written, _ := writeJSON(nil, e.Payload)
		if want := `{"code":"other","message_type":"T","reason":"r","rejected_by":"x","target":"x"}`; string(written) != want {
			t.Errorf("%s reads as %s", text, written)
		}
	}
}

func TestAnActorThatHasStoppedAnswersStopped(t *testing.T) {
	answer := askIt(t, func(n *Node) {
		a := n.Actor("a", 0)
		Handle(a, "N", func(*Context, number) error { return nil })
		a.Stop()
	})
	if code := answer.Payload.(map[string]any)["code"]; code != "stopped" {
		t.Errorf("it is answered %v", code)
	}
}

func TestWhatThePeersFileAllowsIsComparedRebuilt(t *testing.T) {
	path := t.TempDir() + "/peers.json"
	s := Settings{hosts: map[string]bool{}, endpoints: map[string]bool{}}
	for text, want := range map[string]bool{
		`{"allow":["LocalHost","Shop.example:7001","::1"],"nodes":{"a":{"endpoint":"tcp://localhost:9"}},"more":1}`: true,
		`{"allow":["a b"]}`: false, `{"allow":[1]}`: false, `{"nodes":{"a":{}}}`: false, `[]`: false, `{"allow":[]`: false,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.readPeers(path); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, want := range map[string]bool{
		"tcp://127.0.0.1:5": true, "tcp://shop.example:7001": true, "tcp://shop.example:7002": false, "tcp://[::1]:5": true, "tcp://127.0.0.2:5": false,
	} {
		if to, _ := ParseEndpoint(text); s.allows(to) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
	if s.readPeers(path+".none") == nil {
		t.Error("a peers file that is not there was read")
	}
}
