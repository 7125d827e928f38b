// The ping node of the matrix: plays as many rounds as it is told with the actor that it is told, then says how it went.
package main

import (
	"os"

	"sabir/port/actors"
)

type count struct {
	Count int64 `wire:"count"`
}

type playPing struct {
	Name     string  `wire:"name"`
	Endpoint string  `wire:"endpoint"`
	Dialect  *string `wire:"dialect"`
	Rounds   int64   `wire:"rounds"`
}

type played struct {
	Rounds int64 `wire:"rounds"`
	Errors int64 `wire:"errors"`
}

// game is the one that is being played.
type game struct {
	node                  *actors.Node
	ping                  *actors.Actor
	pong                  actors.Ref
	answer                func(messageType string, payload any) error
	rounds, count, errors int64
}

func main() {
	os.Exit(actors.Main(actors.Port{Name: "go", Version: "1.0", Features: []string{"flat", "seq", "peer-address"}}, build))
}

func build(n *actors.Node) {
	g := &game{node: n, ping: n.Actor("ping", 0)}
	actors.Declare(n, "Ping", "Played")
	actors.Handle(g.ping, "PlayPing", g.begin)
	actors.Handle(g.ping, "Pong", g.returned)
}

func (g *game) begin(c *actors.Context, wanted playPing) error {
	dialect := actors.V1
	if wanted.Dialect != nil && *wanted.Dialect == string(actors.Flat) {
		dialect = actors.Flat
	}
	pong, err := g.node.Remote(wanted.Name, wanted.Endpoint, dialect)
	if err != nil {
		return err
	}
	g.pong, g.answer, g.rounds, g.count, g.errors = pong, c.Later(), wanted.Rounds, 0, 0
	return g.serve()
}

func (g *game) returned(_ *actors.Context, message count) error {
	if message.Count != g.count {
		g.errors++
	}
	g.count++
	return g.serve()
}

func (g *game) serve() error {
	if g.count < g.rounds {
		return g.pong.Send(g.ping, "Ping", count{g.count})
	}
	return g.answer("Played", played{g.rounds, g.errors})
}
