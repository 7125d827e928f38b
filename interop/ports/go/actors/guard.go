package actors

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
)

// The ZeroMQ library reads a frame's length and allocates that many bytes, whatever a stranger has written there, and answers a
// PING with a PONG that has lost the context. So a guard stands between the library and the TCP connection. It follows the frames
// as they pass,
//
//	greeting (64 bytes) | flags, length (1 or 8 bytes), body | flags, length, body | ...
//
// ends a connection whose message would be over the limit before anything is allocated for it, and holds back what the library
// writes once the handshake is over, so that the right PONG can be written instead.

const (
	greetingBytes = 64
	frameCost     = 64 // what a frame costs beyond its bytes: a message of endless empty frames is over the limit too

	flagMore, flagLong, flagCommand = 1, 2, 4
)

var errTooBig = errors.New("a message over the limit")

type guard struct {
	net.Conn
	in    *bufio.Reader // the library reads a header and a body apart
	limit uint64

	skip    uint64 // bytes of a greeting or a body that are still to pass
	header  []byte // the flags and the length, as far as they have passed
	message uint64 // cost so far of the message whose frames pass

	isMuted bool // whether what the library writes is held back
	isAsked bool // whether it has wanted to write, which means that a PING came
}

func newGuard(connection net.Conn, limit uint64) *guard {
	return &guard{Conn: connection, in: bufio.NewReaderSize(connection, 32<<10), limit: limit, skip: greetingBytes}
}

func (g *guard) Read(into []byte) (int, error) {
	count, err := g.in.Read(into)
	if tooBig := g.follow(into[:count]); tooBig != nil {
		return 0, tooBig
	}
	return count, err
}

func (g *guard) follow(passed []byte) error {
	for len(passed) > 0 {
		if g.skip > 0 {
			step := min(g.skip, uint64(len(passed)))
			g.skip -= step
			passed = passed[step:]
			continue
		}
		g.header = append(g.header, passed[0])
		passed = passed[1:]
		if err := g.frame(); err != nil {
			return err
		}
	}
	return nil
}

// frame looks at a header once it is complete.
func (g *guard) frame() error {
	flags := g.header[0]
	switch {
	case flags&flagLong == 0 && len(g.header) == 2:
		g.skip = uint64(g.header[1])
	case flags&flagLong != 0 && len(g.header) == 9:
		g.skip = binary.BigEndian.Uint64(g.header[1:])
	default:
		return nil
	}
	g.header = g.header[:0]
	if g.skip > g.limit || g.message+g.skip > g.limit {
		return errTooBig
	}
	g.message += g.skip + frameCost
	if flags&flagMore == 0 {
		g.message = 0
	}
	return nil
}

// Write passes the handshake on, and afterwards only remembers that the library wanted to answer.
func (g *guard) Write(from []byte) (int, error) {
	if g.isMuted {
		g.isAsked = true
		return len(from), nil
	}
	return g.Conn.Write(from)
}

// pong answers a PING as NET-2 asks: body is what stood behind its name, two bytes of a time and the context.
func (g *guard) pong(body []byte) error {
	if !g.isAsked || len(body) < 2 {
		return nil
	}
	g.isAsked = false
	command := append([]byte{flagCommand, 0}, "\x04PONG"...)
	command = append(command, body[2:]...)
	if len(command)-2 > 255 {
		return errTooBig // a context has at most 16 bytes
	}
	command[1] = byte(len(command) - 2)
	_, err := g.Conn.Write(command)
	return err
}
