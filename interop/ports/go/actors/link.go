package actors

import (
	"fmt"
	"net"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// A link is one ZeroMQ connection. Of the library this port uses the layer of single connections, zmq4.Conn, and not its sockets:
// those accept one handshake at a time, so that a silent stranger keeps everybody out; they do not tell whom a message came from
// (RTE-4); and an error on one connection comes out of Recv for all.

const (
	handshakeTime = 10 * time.Second
	commandLimit  = 4096 // what a PULL may say to a PUSH
)

type link struct {
	*guard
	zmtp *zmq4.Conn
}

// greet does the handshake; kind is our side's socket type. A malformed handshake makes the library panic, which must not be more
// than the end of this connection.
func greet(connection net.Conn, kind zmq4.SocketType, limit uint64) (found *link, err error) {
	defer asError(&err)
	g := newGuard(connection, limit)
	if err := connection.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return nil, err
	}
	zmtp, err := zmq4.Open(g, null.Security(), kind, nil, kind == zmq4.Pull, nil)
	if err != nil {
		return nil, err
	}
	g.isMuted = true
	return &link{g, zmtp}, connection.SetDeadline(time.Time{})
}

// receive gives the parts of the next message; commands are dealt with on the way.
func (l *link) receive() (parts [][]byte, err error) {
	defer asError(&err)
	for {
		message, err := l.zmtp.RecvMsg()
		if err != nil {
			return nil, err
		}
		if message.Type == zmq4.UsrMsg {
			return message.Frames, nil
		}
		if len(message.Frames) == 1 {
			if err := l.pong(message.Frames[0]); err != nil {
				return nil, err
			}
		}
	}
}

// asError turns a panic of the library into an error of the connection.
func asError(err *error) {
	if fault := recover(); fault != nil {
		*err = fmt.Errorf("not ZMTP: %v", fault)
	}
}

// appendMessage appends one message of one frame, as it goes over the wire after the handshake.
func appendMessage(to, frame []byte) []byte {
	if len(frame) < 256 {
		to = append(to, 0, byte(len(frame)))
	} else {
		size := uint64(len(frame))
		to = append(to, flagLong)
		for shift := 56; shift >= 0; shift -= 8 {
			to = append(to, byte(size>>shift))
		}
	}
	return append(to, frame...)
}
