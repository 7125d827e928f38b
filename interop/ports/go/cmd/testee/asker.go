package main

import (
	"errors"
	"time"

	"sabir/port/actors"
)

// nameOf is how the suite calls an outcome: OK, or the error's name.
func nameOf(err error) string {
	var known *actors.Error
	switch {
	case err == nil:
		return "OK"
	case errors.As(err, &known):
		return known.Name
	}
	return actors.Failed
}

// addAsker adds the actor that asks another one and reports the one outcome.
func addAsker(n *actors.Node) {
	actors.Handle(n.Actor("asker", 0), "conf.Ask", func(c *actors.Context, order ask) error {
		to, err := order.To.ref(n)
		var answer actors.Raw
		if err == nil {
			answer, err = c.Ask(to, "conf.Echo", order.Payload, time.Duration(order.TimeoutMs)*time.Millisecond)
		}
		found := asked{Outcome: nameOf(err)}
		if err == nil {
			found.Payload = &answer
		}
		return c.Reply("conf.Asked", found)
	})
}

// addStray adds the actor that sends from a second node of this process, one that is not bound (RTE-7).
func addStray(n *actors.Node) {
	unbound := actors.NewNode(actors.Settings{})
	nobody := unbound.Actor("nobody", 0)
	actors.Declare(unbound, "conf.Echo")
	actors.Handle(n.Actor("stray", 0), "conf.Stray", func(c *actors.Context, order stray) error {
		to, err := order.To.ref(unbound)
		if err != nil {
			return err
		}
		_, askedErr := to.Ask(nobody, "conf.Echo", nothing{}, time.Second)
		return c.Reply("conf.Strayed", strayed{
			Named:    nameOf(to.Send(nobody, "conf.Echo", nothing{})),
			Asked:    nameOf(askedErr),
			Nameless: nameOf(to.Send(nil, "conf.Echo", nothing{})),
		})
	})
}
