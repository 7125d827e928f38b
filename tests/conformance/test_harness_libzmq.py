"""The harness's ZMTP against libzmq itself, which shares nothing with it."""

import ctypes
import unittest

import harness_room  # noqa: F401
from harness import link as links
from harness.loop import Loop
from harness.zmtp import Message, Pong, Session, ping

PULL, PUSH, LINGER, DONTWAIT, SNDMORE, LAST_ENDPOINT, HEARTBEAT_IVL = 7, 8, 17, 1, 2, 32, 75


def load():
    """libzmq, or None where it is not installed."""
    try:
        library = ctypes.CDLL("libzmq.so.5", use_errno=True)
    except OSError:
        return None
    library.zmq_ctx_new.restype = library.zmq_socket.restype = ctypes.c_void_p
    return library


ZMQ = load()


@unittest.skipIf(ZMQ is None, "libzmq.so.5 is not installed")
class AgainstLibzmq(unittest.TestCase):
    def setUp(self):
        self.loop = Loop()
        self.addCleanup(self.loop.close)
        self.context = ctypes.c_void_p(ZMQ.zmq_ctx_new())
        self.addCleanup(ZMQ.zmq_ctx_term, self.context)

    def socket(self, kind, **options):
        socket = ctypes.c_void_p(ZMQ.zmq_socket(self.context, kind))
        self.addCleanup(ZMQ.zmq_close, socket)
        for option, value in {LINGER: 0, **options.get("options", {})}.items():
            number = ctypes.c_int(value)
            self.assertEqual(ZMQ.zmq_setsockopt(socket, option, ctypes.byref(number), ctypes.sizeof(number)), 0)
        return socket

    def test_its_push_is_heard(self):
        events = []
        listener = links.Listener(self.loop, lambda link, event: events.append(event))
        self.addCleanup(listener.close)
        push = self.socket(PUSH)
        self.assertEqual(ZMQ.zmq_connect(push, listener.endpoint.encode()), 0)
        self.assertEqual(ZMQ.zmq_send(push, b"first", 5, SNDMORE), 5)
        self.assertEqual(ZMQ.zmq_send(push, b"second", 6, 0), 6)
        self.assertTrue(self.loop.run_until(lambda: len(events) == 2, 5))
        self.assertEqual(events[1], Message((b"first", b"second")))

    def test_its_pull_hears(self):
        link, pull = self.link_to_pull("PUSH")
        self.assertTrue(self.loop.run_until(lambda: link.is_ready, 5))
        link.send((b"x" * 70000,))
        buffer, received = ctypes.create_string_buffer(1 << 17), []

        def has_come():
            received.append(ZMQ.zmq_recv(pull, buffer, len(buffer), DONTWAIT))
            return received[-1] >= 0

        self.assertTrue(self.loop.run_until(has_come, 5))
        self.assertEqual(buffer.raw[:received[-1]], b"x" * 70000)

    def test_it_answers_a_ping(self):
        pongs = []
        link, _pull = self.link_to_pull("PUSH", lambda link, event: pongs.append(event))
        self.assertTrue(self.loop.run_until(lambda: link.is_ready, 5))
        link.raw(ping(b"abc"))
        self.assertTrue(self.loop.run_until(lambda: Pong(b"abc") in pongs, 5))

    def test_its_heartbeats_are_answered(self):
        listener = links.Listener(self.loop, lambda link, event: pings.append(event))
        pings = []
        self.addCleanup(listener.close)
        push = self.socket(PUSH, options={HEARTBEAT_IVL: 20})
        self.assertEqual(ZMQ.zmq_connect(push, listener.endpoint.encode()), 0)
        # It would have cut the connection after the first PING without PONG.
        self.assertTrue(self.loop.run_until(lambda: len(pings) >= 5, 5))
        self.assertEqual(listener.accepted, 1)

    def test_it_refuses_a_dealer(self):
        link, _pull = self.link_to_pull("DEALER")
        self.assertTrue(self.loop.run_until(lambda: not link.is_open, 5))

    def link_to_pull(self, socket_type, on_event=lambda link, event: None):
        pull = self.socket(PULL)
        self.assertEqual(ZMQ.zmq_bind(pull, b"tcp://127.0.0.1:*"), 0)
        buffer, size = ctypes.create_string_buffer(100), ctypes.c_size_t(100)
        self.assertEqual(ZMQ.zmq_getsockopt(pull, LAST_ENDPOINT, buffer, ctypes.byref(size)), 0)
        port = int(buffer.value.rpartition(b":")[2])
        link = links.connect(self.loop, "127.0.0.1", port, Session(socket_type), on_event)
        self.addCleanup(link.close)
        return link, pull


if __name__ == "__main__":
    unittest.main()
