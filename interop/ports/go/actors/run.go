package actors

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	exitCannotStart = 10
	stopTime        = 500 * time.Millisecond // of the two seconds that LIFE-2 gives
)

// Port is what a program of this port says of itself.
type Port struct {
	Name, Version string
	Features      []string
}

type limits struct {
	Bytes int64 `wire:"bytes"`
	Depth int64 `wire:"depth"`
}

type ready struct {
	Endpoint string   `wire:"endpoint"`
	Bound    string   `wire:"bound"`
	Port     string   `wire:"port"`
	Version  string   `wire:"version"`
	Suite    int64    `wire:"suite"`
	Limits   limits   `wire:"limits"`
	Features []string `wire:"features"`
}

// Main is the whole life of a node: bind, say READY, serve, stop. Build adds the actors. It gives the exit code.
func Main(port Port, build func(*Node)) int {
	log.SetFlags(0)
	log.SetPrefix(port.Name + ": ")
	settings, err := FromEnvironment()
	if err != nil {
		return cannotStart(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	node := NewNode(settings)
	build(node)
	if err := node.Start(); err != nil {
		return cannotStart(err)
	}
	line, err := writeJSON([]byte("READY "), ready{node.advertised, node.bound, port.Name, port.Version, 1,
		limits{ByteLimit, DepthLimit}, port.Features})
	if err != nil {
		return cannotStart(err)
	}
	fmt.Println(string(line))
	select {
	case <-stop:
	case <-endOfInput():
	}
	node.Stop(stopTime)
	return 0
}

// cannotStart says why in one sentence, without the name of the error, which is for programs.
func cannotStart(err error) int {
	var known *Error
	if errors.As(err, &known) {
		log.Print(known.Why)
	} else {
		log.Print(err)
	}
	return exitCannotStart
}

// endOfInput is closed when nobody can write to standard input any more.
func endOfInput() <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	return ended
}
