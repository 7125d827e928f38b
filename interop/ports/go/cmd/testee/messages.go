package main

import "sabir/port/actors"

// The types of the conformance suite.

type description struct {
	Seen   any     `wire:"seen"`
	Sender *sender `wire:"sender,null"`
	Type   string  `wire:"type"`
}

type sender struct {
	Name     string `wire:"name"`
	Endpoint string `wire:"endpoint"`
}

type typed struct {
	I int64   `wire:"i"`
	F float64 `wire:"f"`
	S string  `wire:"s"`
	B bool    `wire:"b"`
	L []int64 `wire:"l"`
	O *string `wire:"o"`
}

type note struct {
	From string  `wire:"from"`
	Seq  int64   `wire:"seq"`
	Data *string `wire:"data"`
}

type report struct {
	From *string `wire:"from"`
}

type reported struct {
	Count   string            `wire:"count"`
	InOrder bool              `wire:"in_order"`
	Last    map[string]string `wire:"last"`
	Digest  string            `wire:"digest"`
}

type collected struct {
	Items []item `wire:"items"`
}

type item struct {
	Type string `wire:"type"`
	Seen any    `wire:"seen"`
}

type send struct {
	To      address        `wire:"to"`
	Type    string         `wire:"type"`
	Payload map[string]any `wire:"payload"`
	As      *string        `wire:"as"`
	Repeat  *int64         `wire:"repeat"`
	Special *string        `wire:"special"`
}

type address struct {
	Name     string  `wire:"name"`
	Endpoint string  `wire:"endpoint"`
	Dialect  *string `wire:"dialect"`
}

type forward struct {
	To      address        `wire:"to"`
	Type    string         `wire:"type"`
	Payload map[string]any `wire:"payload"`
}

type ask struct {
	To        address        `wire:"to"`
	Payload   map[string]any `wire:"payload"`
	TimeoutMs int64          `wire:"timeout_ms"`
}

type asked struct {
	Outcome string      `wire:"outcome"`
	Payload *actors.Raw `wire:"payload"`
}

type stray struct {
	To address `wire:"to"`
}

type strayed struct {
	Named    string `wire:"named"`
	Asked    string `wire:"asked"`
	Nameless string `wire:"nameless"`
}

type binary struct {
	Data []byte `wire:"data"`
}

type binaryReply struct {
	Hex  string `wire:"hex"`
	Data []byte `wire:"data"`
}

type sent struct {
	OK     int64    `wire:"ok"`
	Errors []string `wire:"errors"`
}

type sleep struct {
	Ms int64 `wire:"ms"`
}

type nothing struct{}
