package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// As much of ZMTP 3.0 (mechanism NULL) as a PULL that listens and a PUSH per peer need.
//
//	greeting (64 bytes) | READY command | frames: flags, length (1 or 8 bytes), body

const (
	limitBytes                      = 4 << 20
	flagMore, flagLong, flagCommand = 1, 2, 4
)

var errWire = errors.New("not ZMTP 3, or over the limit")

// serve takes connections of PUSH sockets; every message of one frame goes to take.
func serve(listener net.Listener, take func([]byte)) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer connection.Close()
			receive(connection, take)
		}()
	}
}

func receive(connection net.Conn, take func([]byte)) {
	if greet(connection, "PULL") != nil {
		return
	}
	isPart := false
	for {
		flags, body, err := readFrame(connection)
		switch {
		case err != nil:
			return
		case flags&flagCommand != 0:
			if bytes.HasPrefix(body, []byte("\x04PING")) && len(body) >= 7 {
				_, _ = connection.Write(framed(flagCommand, append([]byte("\x04PONG"), body[7:]...)))
			}
			continue
		case !isPart && flags&flagMore == 0:
			take(body)
		}
		isPart = flags&flagMore != 0
	}
}

func greet(connection net.Conn, kind string) error {
	greeting := make([]byte, 64)
	greeting[0], greeting[9], greeting[10] = 0xff, 0x7f, 3
	copy(greeting[12:], "NULL")
	ready := append([]byte("\x05READY\x0bSocket-Type\x00\x00\x00\x04"), kind...)
	if _, err := connection.Write(append(greeting, framed(flagCommand, ready)...)); err != nil {
		return err
	}
	theirs := make([]byte, 64)
	if _, err := io.ReadFull(connection, theirs); err != nil {
		return err
	}
	flags, body, err := readFrame(connection)
	wanted := map[string]string{"PULL": "PUSH", "PUSH": "PULL"}[kind]
	if err != nil || theirs[0] != 0xff || theirs[9] != 0x7f || theirs[10] < 3 || !bytes.HasPrefix(theirs[12:], []byte("NULL\x00")) ||
		flags&flagCommand == 0 || !bytes.HasPrefix(body, []byte("\x05READY")) || !bytes.Contains(body, []byte(wanted)) {
		return errWire
	}
	return nil
}

func readFrame(from io.Reader) (flags byte, body []byte, err error) {
	head := make([]byte, 9)
	if _, err := io.ReadFull(from, head[:1]); err != nil {
		return 0, nil, err
	}
	at := 8
	if head[0]&flagLong != 0 {
		at = 1
	}
	if _, err := io.ReadFull(from, head[at:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint64(head[1:])
	if size > limitBytes {
		return 0, nil, errWire
	}
	body = make([]byte, size)
	_, err = io.ReadFull(from, body)
	return head[0], body, err
}

func framed(flags byte, body []byte) []byte {
	if len(body) < 256 {
		return append([]byte{flags, byte(len(body))}, body...)
	}
	head := make([]byte, 9)
	head[0] = flags | flagLong
	binary.BigEndian.PutUint64(head[1:], uint64(len(body)))
	return append(head, body...)
}

// ways has one connection per peer, made when it is first needed, and anew when it was lost.
type ways struct {
	mu   sync.Mutex
	open map[string]net.Conn
}

// send waits for the peer, which is right for level 0 alone: a peer that is not there must hold up nobody (LIFE-1).
func (w *ways) send(address string, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for attempt := 0; attempt < 2; attempt++ {
		way, err := w.way(address)
		if err == nil {
			_, err = way.Write(framed(0, body))
		}
		if err == nil {
			return
		}
		delete(w.open, address)
	}
}

func (w *ways) way(address string) (net.Conn, error) {
	if way := w.open[address]; way != nil {
		return way, nil
	}
	way, err := net.DialTimeout("tcp4", address, 2*time.Second)
	if err != nil {
		return nil, err
	}
	if err := greet(way, "PUSH"); err != nil {
		_ = way.Close()
		return nil, err
	}
	if w.open == nil {
		w.open = map[string]net.Conn{}
	}
	w.open[address] = way
	return way, nil
}
