package main

import (
	"math"
	"math/big"

	"sabir/port/actors"
)

// What JSON cannot carry, and in "nul" what it only just can.
var specials = map[string]any{
	"nan": math.NaN(), "inf": math.Inf(1), "-inf": math.Inf(-1), "bigint": new(big.Int).Lsh(big.NewInt(1), 64),
	"nul": "a\x00b", "lone-surrogate": "\xed\xa0\x80",
}

// addDriver adds the actor that sends what it is told, through the API that everybody uses.
func addDriver(n *actors.Node) {
	a := n.Actor("driver", 0)
	actors.Handle(a, "conf.Send", func(c *actors.Context, order send) error {
		repeat := int64(1)
		if order.Repeat != nil {
			repeat = *order.Repeat
		}
		answer := sent{Errors: []string{}}
		for i := int64(0); i < repeat; i++ {
			if outcome := nameOf(carryOut(n, c, order)); outcome != "OK" {
				answer.Errors = append(answer.Errors, outcome)
			} else {
				answer.OK++
			}
		}
		return c.Reply("conf.Sent", answer)
	})
}

func carryOut(n *actors.Node, c *actors.Context, order send) error {
	var from *actors.Actor
	if order.As != nil {
		from = n.Find(*order.As)
	}
	if order.Special == nil {
		return sendTo(n, c, from, order.To, order.Type, order.Payload)
	}
	if *order.Special == "unregistered" {
		return sendTo(n, c, from, order.To, "conf.NobodyDeclaredThis", order.Payload)
	}
	payload := map[string]any{"special": specials[*order.Special]}
	for key, value := range order.Payload {
		payload[key] = value
	}
	return sendTo(n, c, from, order.To, order.Type, payload)
}

func sendTo(n *actors.Node, c *actors.Context, from *actors.Actor, to address, messageType string, payload any) error {
	ref, err := to.ref(n)
	if err != nil {
		return err
	}
	return c.Send(ref, from, messageType, payload)
}

func (a address) ref(n *actors.Node) (actors.Ref, error) {
	dialect := actors.V1
	if a.Dialect != nil && *a.Dialect == string(actors.Flat) {
		dialect = actors.Flat
	}
	return n.Remote(a.Name, a.Endpoint, dialect)
}
