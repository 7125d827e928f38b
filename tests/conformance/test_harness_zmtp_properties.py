"""What the ZMTP codec promises for any input, tried on seeded random ones: every example says its seed."""

import functools
import random
import unittest

import harness_room  # noqa: F401
from harness import zmtp
from harness.zmtp import Message, Session, ZmtpError

EXAMPLES = 300
SIZES = (0, 1, 7, 254, 255, 256, 257, 65535, 65536)


def any_messages(rng):
    def part():
        return rng.randbytes(rng.choice(SIZES) if rng.random() < 0.3 else rng.randrange(40))

    return [Message(tuple(part() for _ in range(rng.randrange(1, 4)))) for _ in range(rng.randrange(6))]


def any_cuts(rng, data):
    """`data` in pieces as a network may bring it."""
    at = 0
    while at < len(data):
        size = rng.choice((1, 2, 9, 63, 64, 4096, len(data)))
        yield data[at : at + size]
        at += size


def heard(rng, data):
    """The messages that a PULL hears in `data`, however it is cut; None: it refused."""
    pull, events = Session("PULL"), []
    try:
        for piece in any_cuts(rng, data):
            events += pull.feed(piece)
    except ZmtpError:
        return None
    return [event for event in events if isinstance(event, Message)]


def spoken(rng, messages):
    return bytes(Session("PUSH", minor=rng.randrange(2)).out) + b"".join(zmtp.message(message.parts) for message in messages)


def for_any_seed(holds):
    """The test `holds(self, rng)` for each example."""

    @functools.wraps(holds)
    def test(self):
        for seed in range(EXAMPLES):
            with self.subTest(seed=seed):
                holds(self, random.Random(seed))

    return test


class ForAnyInput(unittest.TestCase):
    @for_any_seed
    def test_messages_arrive_equal_and_in_order_however_they_are_cut(self, rng):
        messages = any_messages(rng)
        self.assertEqual(heard(rng, spoken(rng, messages)), messages)

    @for_any_seed
    def test_what_breaks_off_loses_only_what_was_not_whole(self, rng):
        messages = any_messages(rng)
        data = spoken(rng, messages)
        got = heard(rng, data[: rng.randrange(len(data))])
        self.assertEqual(got, messages[: len(got)])

    @for_any_seed
    def test_a_wrong_bit_is_refused_or_changes_what_is_heard_and_nothing_worse(self, rng):
        data = bytearray(spoken(rng, any_messages(rng)))
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        heard(rng, bytes(data))  # whatever comes out of it but ZmtpError fails the test

    @for_any_seed
    def test_garbage_is_never_a_message(self, rng):
        head = zmtp.greeting() if rng.random() < 0.5 else b""
        self.assertIn(heard(rng, head + rng.randbytes(rng.randrange(200))), (None, []))


if __name__ == "__main__":
    unittest.main()
