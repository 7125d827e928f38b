// The pong node of the matrix: answers each Ping with a Pong of the same count.
package main

import (
	"os"

	"sabir/port/actors"
)

type count struct {
	Count int64 `wire:"count"`
}

func main() {
	os.Exit(actors.Main(actors.Port{Name: "go", Version: "1.0", Features: []string{"flat", "seq", "peer-address"}}, build))
}

func build(n *actors.Node) {
	actors.Declare(n, "Pong")
	actors.Handle(n.Actor("pong", 0), "Ping", func(c *actors.Context, message count) error {
		return c.Reply("Pong", message)
	})
}
