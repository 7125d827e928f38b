package actors

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// pair gives the PULL end as the node has it, and the library's own PUSH end with the bare connection under it.
func pair(t *testing.T, limit uint64) (*link, *zmq4.Conn, net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	near, err := net.Dial("tcp4", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	pushed := make(chan *zmq4.Conn, 1)
	go func() {
		push, _ := zmq4.Open(near, null.Security(), zmq4.Push, nil, false, nil)
		pushed <- push
	}()
	pull, err := greet(far, zmq4.Pull, limit)
	push := <-pushed
	if err != nil || push == nil {
		t.Fatal("no handshake", err)
	}
	for _, side := range []net.Conn{near, far} {
		_ = side.SetDeadline(time.Now().Add(10 * time.Second))
	}
	return pull, push, near
}

func TestAMessageOfExactlyTheLimitArrivesAndOneByteMoreEndsTheConnection(t *testing.T) {
	pull, push, _ := pair(t, 1000)
	for _, size := range []int{1000, 1, 0, 255, 256} {
		if err := push.SendMsg(zmq4.NewMsg(make([]byte, size))); err != nil {
			t.Fatal(err)
		}
		if parts, err := pull.receive(); err != nil || len(parts) != 1 || len(parts[0]) != size {
			t.Fatal(size, len(parts), err)
		}
	}
	_ = push.SendMsg(zmq4.NewMsg(make([]byte, 1001)))
	if _, err := pull.receive(); !errors.Is(err, errTooBig) {
		t.Error("a message over the limit ends in", err)
	}
}

func TestALengthThatNobodyCanMeanAllocatesNothing(t *testing.T) {
	pull, _, near := pair(t, 1000)
	_, _ = near.Write([]byte{flagLong, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	if _, err := pull.receive(); !errors.Is(err, errTooBig) {
		t.Error("it ends in", err)
	}
}

func TestFramesWithoutEndAreOverTheLimit(t *testing.T) {
	pull, _, near := pair(t, 1000)
	_, _ = near.Write(bytes.Repeat([]byte{flagMore, 0}, 100))
	if _, err := pull.receive(); !errors.Is(err, errTooBig) {
		t.Error("they end in", err)
	}
}

func TestAPingIsAnsweredWithItsContextAlone(t *testing.T) {
	pull, push, near := pair(t, 1000)
	_, _ = near.Write([]byte("\x04\x0a\x04PING\x00\x07abc"))
	_, _ = near.Write([]byte("\x04\x07\x04PING\x00\x07"))
	_ = push.SendMsg(zmq4.NewMsg([]byte("after")))
	if parts, err := pull.receive(); err != nil || string(parts[0]) != "after" {
		t.Fatal(parts, err)
	}
	want := []byte("\x04\x08\x04PONGabc\x04\x05\x04PONG")
	seen := make([]byte, len(want))
	if _, err := readFull(near, seen); err != nil || !bytes.Equal(seen, want) {
		t.Errorf("answered %q (%v)", seen, err)
	}
}

func TestAHandshakeThatIsNoneIsAnErrorAndNoPanic(t *testing.T) {
	greeting := make([]byte, 64)
	greeting[0], greeting[9], greeting[10] = 0xff, 0x7f, 3
	copy(greeting[12:], "NULL")
	for _, ready := range []string{"\x04\x08\x05READY\x01a", "\x04\x08\x05READY\xff\x01", "\x04\x00", "GET / HTTP/1.1\r\n\r\n"} {
		near, far := net.Pipe()
		go func() {
			go func() { _, _ = readFull(near, make([]byte, 1<<16)) }()
			_, _ = near.Write(append(append([]byte{}, greeting...), ready...))
		}()
		if _, err := greet(far, zmq4.Pull, 1000); err == nil {
			t.Errorf("%q was taken for a handshake", ready)
		}
		_, _ = near.Close(), far.Close()
	}
}

func readFull(from net.Conn, into []byte) (int, error) {
	count := 0
	for count < len(into) {
		step, err := from.Read(into[count:])
		if count += step; err != nil {
			return count, err
		}
	}
	return count, nil
}
