"""The ZMTP codec, in both roles, byte by byte and against itself over TCP."""

import socket
import unittest

import harness_room  # noqa: F401
from harness import link as links
from harness import zmtp
from harness.loop import Loop
from harness.zmtp import Message, Ping, Pong, Ready, Session, ZmtpError


def peers():
    """Two sessions whose handshake is over."""
    push, pull = Session("PUSH"), Session("PULL")
    exchange(push, pull)
    return push, pull


def exchange(one, other):
    """Carry bytes both ways until there are none left; the events of each side."""
    events = [], []
    while one.out or other.out:
        for index, (source, target) in enumerate(((other, one), (one, other))):
            data, source.out[:] = bytes(source.out), b""
            events[index].extend(target.feed(data))
    return events


class Handshake(unittest.TestCase):
    def test_push_and_pull_learn_who_the_other_is(self):
        to_push, to_pull = exchange(Session("PUSH"), Session("PULL"))
        self.assertEqual(to_push, [Ready({"socket-type": b"PULL"}, 1)])
        self.assertEqual(to_pull, [Ready({"socket-type": b"PUSH"}, 1)])

    def test_it_is_the_same_byte_by_byte(self):
        pull = Session("PULL")
        for byte in bytes(Session("PUSH").out):
            pull.feed(bytes([byte]))
        self.assertTrue(pull.is_ready)

    def test_zmtp_3_0_is_understood(self):
        events = Session("PULL").feed(bytes(Session("PUSH", minor=0).out))
        self.assertEqual(events[0].minor, 0)

    def test_the_greeting_is_the_one_of_the_specification(self):
        self.assertEqual(zmtp.greeting(), b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(16) + b"\x00" + bytes(31))

    def test_wrong_socket_types_are_refused(self):
        for kind in ("DEALER", "PUB", "PULL", "REQ", "PAIR"):
            with self.subTest(kind), self.assertRaisesRegex(ZmtpError, kind):
                Session("PULL").feed(bytes(Session(kind).out))

    def test_what_is_not_zmtp_is_refused_at_once(self):
        for data in (b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x00\x4a\x01", b"\xff" + bytes(9), zmtp.greeting().replace(
                b"NULL", b"PLAIN"), b"\xff" + bytes(8) + b"\x7f\x01"):
            with self.subTest(data[:12]), self.assertRaises(ZmtpError):
                Session("PULL").feed(data)

    def test_metadata_that_is_cut_off_is_refused(self):
        with self.assertRaises(ZmtpError):
            Session("PULL").feed(zmtp.greeting() + zmtp.command(b"READY", b"\x0bSocket-Type\x00\x00\x00\x09PUSH"))


class Messages(unittest.TestCase):
    def received(self, data, **limits):
        _push, pull = peers()
        pull.max_bytes = limits.get("max_bytes", pull.max_bytes)
        return pull, pull.feed(data)

    def test_every_size_around_the_long_frame_survives(self):
        for size in (0, 1, 254, 255, 256, 65536):
            with self.subTest(size):
                self.assertEqual(self.received(zmtp.message((b"x" * size,)))[1], [Message((b"x" * size,))])

    def test_parts_stay_together(self):
        self.assertEqual(self.received(zmtp.message((b"a", b"", b"c")))[1], [Message((b"a", b"", b"c"))])

    def test_half_a_frame_is_no_message(self):
        pull, events = self.received(zmtp.message((b"hello",))[:-1])
        self.assertEqual((events, pull.unfinished), ([], b"\x00\x05hell"))

    def test_a_frame_over_the_limit_is_refused_before_it_has_come(self):
        with self.assertRaisesRegex(ZmtpError, "limit"):
            self.received(zmtp.frame(b"x" * 11)[:2], max_bytes=10)

    def test_parts_over_the_limit_are_refused_together(self):
        with self.assertRaisesRegex(ZmtpError, "limit"):
            self.received(zmtp.frame(b"x" * 6, zmtp.MORE) * 2, max_bytes=10)

    def test_unknown_flags_and_commands_are_refused(self):
        for data in (b"\x08\x00", zmtp.command(b"NONSENSE"), zmtp.frame(b"", zmtp.COMMAND)):
            with self.subTest(data), self.assertRaises(ZmtpError):
                self.received(data)

    def test_a_message_before_ready_is_refused(self):
        with self.assertRaises(ZmtpError):
            Session("PULL").feed(zmtp.greeting() + zmtp.message((b"x",)))

    def test_a_ping_is_answered_with_its_context(self):
        push, pull = peers()
        push.out += zmtp.ping(b"context", ttl_ds=7)
        to_push, to_pull = exchange(push, pull)
        self.assertEqual((to_pull, to_push), ([Ping(b"context")], [Pong(b"context")]))


class OverTcp(unittest.TestCase):
    def setUp(self):
        self.loop = Loop()
        self.events, self.ends = [], []
        self.listener = links.Listener(self.loop, lambda link, event: self.events.append(event),
                                       lambda link, reason: self.ends.append(reason))
        self.addCleanup(self.loop.close)
        self.addCleanup(self.listener.close)

    def connected(self):
        link = links.connect(self.loop, self.listener.host, self.listener.port, Session("PUSH"), lambda *_: None)
        self.addCleanup(link.close)
        self.assertTrue(self.loop.run_until(lambda: link.is_ready and self.events, 5))
        return link

    def test_a_megabyte_arrives_whole(self):
        link = self.connected()
        link.send((b"x" * (1 << 20),))
        self.assertTrue(self.loop.run_until(lambda: len(self.events) == 2, 5))
        self.assertEqual(self.events[1], Message((b"x" * (1 << 20),)))

    def test_a_reset_loses_the_half_frame_and_is_seen(self):
        link = self.connected()
        link.raw(zmtp.frame(b"x" * 1000)[:500])
        self.assertTrue(self.loop.run_until(lambda: self.listener.links[0].session.unfinished, 5))
        link.reset()
        self.assertTrue(self.loop.run_until(lambda: self.ends, 5))
        self.assertEqual((len(self.events), self.ends), (1, ["read failed: Connection reset by peer"]))

    def test_a_refused_connection_says_so(self):
        self.listener.close()
        link = links.connect(self.loop, self.listener.host, self.listener.port, Session("PUSH"), lambda *_: None)
        self.assertTrue(self.loop.run_until(lambda: not link.is_open, 5))
        self.assertIn("refused", link.closed_because)

    def test_whoever_went_deaf_refuses_connections_and_nobody_else_is_given_the_port(self):
        self.connected()
        self.listener.go_deaf()
        link = links.connect(self.loop, self.listener.host, self.listener.port, Session("PUSH"), lambda *_: None)
        self.assertTrue(self.loop.run_until(lambda: not link.is_open, 5))
        self.assertIn("refused", link.closed_because)
        with socket.socket() as stranger, self.assertRaises(OSError):
            stranger.bind((self.listener.host, self.listener.port))

    def test_whoever_went_deaf_can_listen_again(self):
        self.connected()
        self.listener.go_deaf()
        self.events.clear()
        self.listener.listen()
        self.connected()
        self.assertEqual((self.listener.accepted, len(self.listener.links)), (2, 1))


if __name__ == "__main__":
    unittest.main()
