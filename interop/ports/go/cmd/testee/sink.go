package main

import (
	"fmt"
	"hash/fnv"
	"strconv"

	"sabir/port/actors"
)

// sink counts notes, whether they came in order, and a digest of what they carried; it keeps whatever else comes.
type sink struct {
	notes  []note
	others []item
}

func addSink(n *actors.Node) {
	s := &sink{others: []item{}}
	a := n.Actor("sink", 262_144)
	actors.Handle(a, "conf.Note", func(_ *actors.Context, message note) error {
		s.notes = append(s.notes, message)
		return nil
	})
	actors.Handle(a, "conf.Report", func(c *actors.Context, message report) error {
		return c.Reply("conf.Reported", s.report(message.From))
	})
	actors.Handle(a, "conf.Collect", func(c *actors.Context, _ report) error {
		return c.Reply("conf.Collected", collected{s.others})
	})
	actors.Handle(a, "conf.Reset", func(*actors.Context, nothing) error {
		s.notes, s.others = nil, []item{}
		return nil
	})
	for _, name := range []string{"conf.EchoReply", "conf.TypedReply", "conf.Description", "Reject"} {
		actors.Handle(a, name, func(c *actors.Context, payload map[string]any) error {
			s.others = append(s.others, item{c.Type, tagged(payload)})
			return nil
		})
	}
}

// report is about one sender, or about all.
func (s *sink) report(from *string) reported {
	count, inOrder, last, digest := 0, true, map[string]int64{}, fnv.New64a()
	for _, note := range s.notes {
		if from != nil && note.From != *from {
			continue
		}
		before, isKnown := last[note.From]
		inOrder = inOrder && (!isKnown || note.Seq > before)
		last[note.From] = note.Seq
		count++
		if note.Data != nil {
			_, _ = digest.Write([]byte(*note.Data))
		}
	}
	texts := make(map[string]string, len(last))
	for name, seq := range last {
		texts[name] = strconv.FormatInt(seq, 10)
	}
	return reported{strconv.Itoa(count), inOrder, texts, fmt.Sprintf("%016x", digest.Sum64())}
}
