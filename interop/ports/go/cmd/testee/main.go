// The conformance testee in Go: the actors that `sabir conform` drives, over the public API of the package actors alone.
package main

import (
	"encoding/hex"
	"errors"
	"os"
	"time"

	"sabir/port/actors"
)

var port = actors.Port{Name: "go", Version: "1.0", Features: []string{"flat", "ask", "seq", "peer-address", "bytes", "local", "unbound",
	"special.nan", "special.bigint",
	"special.lone-surrogate", "special.unregistered"}}

func main() { os.Exit(actors.Main(port, build)) }

func build(n *actors.Node) {
	actors.Declare(n, "conf.EchoReply", "conf.TypedReply", "conf.Description", "conf.Reported", "conf.Collected", "conf.Sent",
		"conf.Slept", "conf.BinaryReply", "conf.Left", "conf.Asked", "conf.Strayed")
	actors.Handle(n.Actor("echo", 0), "conf.Echo", func(c *actors.Context, payload actors.Raw) error {
		return c.Reply("conf.EchoReply", payload)
	})
	actors.Handle(n.Actor("probe", 0), "conf.Describe", func(c *actors.Context, payload map[string]any) error {
		answer := description{Seen: tagged(payload), Type: c.Type}
		if c.Sender != nil {
			answer.Sender = &sender{c.Sender.Name, c.Sender.Endpoint}
		}
		return c.Reply("conf.Description", answer)
	})
	actors.Handle(n.Actor("typed", 0), "conf.Typed", func(c *actors.Context, message typed) error {
		return c.Reply("conf.TypedReply", describeTyped(message))
	})
	actors.Handle(n.Actor("slow", 4), "conf.Sleep", func(c *actors.Context, message sleep) error {
		time.Sleep(time.Duration(message.Ms) * time.Millisecond)
		return c.Reply("conf.Slept", nothing{})
	})
	actors.Handle(n.Find("typed"), "conf.Binary", func(c *actors.Context, message binary) error {
		return c.Reply("conf.BinaryReply", binaryReply{hex.EncodeToString(message.Data), message.Data})
	})
	addRelay(n)
	addMortal(n)
	addAsker(n)
	addStray(n)
	actors.Handle(n.Local("hidden"), "conf.Echo", func(c *actors.Context, payload actors.Raw) error {
		return c.Reply("conf.EchoReply", payload)
	})
	addSink(n)
	addDriver(n)
}

// addRelay adds the actor that forwards: it sends as itself and keeps the way back (RTE-5).
func addRelay(n *actors.Node) {
	a := n.Actor("relay", 0)
	back := func(string, any) error { return nil }
	actors.Handle(a, "conf.Forward", func(c *actors.Context, order forward) error {
		back = c.Later()
		return sendTo(n, c, a, order.To, order.Type, order.Payload)
	})
	actors.Handle(a, "conf.EchoReply", func(_ *actors.Context, payload actors.Raw) error {
		return back("conf.EchoReply", payload)
	})
}

func addMortal(n *actors.Node) {
	a := n.Actor("mortal", 0)
	actors.Handle(a, "conf.Fail", func(*actors.Context, nothing) error { return errors.New("told to fail") })
	actors.Handle(a, "conf.GiveUp", func(*actors.Context, nothing) error { return nil })
	actors.Handle(a, "conf.Leave", func(c *actors.Context, _ nothing) error {
		a.Stop()
		return c.Reply("conf.Left", nothing{})
	})
}

func describeTyped(message typed) map[string]any {
	items := make([]any, len(message.L))
	for i, item := range message.L {
		items[i] = item
	}
	fields := map[string]any{"i": tagged(message.I), "f": tagged(message.F), "s": tagged(message.S), "b": tagged(message.B),
		"l": tagged(items)}
	if message.O != nil {
		fields["o"] = tagged(*message.O)
	}
	return fields
}
