"""Envelopes read with every clause, endpoints, and the check of what a port emits."""

import json
import unittest

import harness_room  # noqa: F401
from harness import endpoint as endpoints
from harness import envelope as envelopes
from harness.check import EmissionCheck, reject_too_large
from harness.envelope import FLAT, Envelope, Malformed, Sender
from harness.ledger import Ledger

HERE = "tcp://127.0.0.1:5001"
GOOD = {"type": "Ping", "target": "pong", "sender": {"name": "ping", "endpoint": HERE}, "payload": {"count": 1}}
GOOD_FLAT = {"sender_actor": "ping", "sender_endpoint": HERE, "receiver": "pong", "message_type": "Ping",
             "message": {"count": 1}}
REJECT = {"code": "failed", "reason": "r", "message_type": "T", "target": "t", "rejected_by": HERE}


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Reading(unittest.TestCase):
    def clause_of(self, value):
        with self.assertRaises(Malformed, msg=value) as caught:
            envelopes.read(value if isinstance(value, bytes) else text(value))
        return caught.exception.clause

    def test_both_dialects_say_the_same(self):
        one, other = envelopes.read(text(GOOD)), envelopes.read(text(GOOD_FLAT))
        for key in ("type", "target", "sender", "payload"):
            self.assertEqual(getattr(one, key), getattr(other, key))
        self.assertEqual((one.dialect, other.dialect), ("v1", "flat"))

    def test_each_shape_fault_has_its_clause(self):
        for clause, change in (
                ("ENV-3", {"type": ...}), ("ENV-3", {"target": ...}), ("ENV-3", {"payload": ...}),
                ("ENV-6", {"type": ""}), ("ENV-6", {"type": 5}), ("ENV-6", {"target": None}), ("ENV-6", {"target": "x" * 256}),
                ("ENV-6", {"target": "é" * 128}), ("ENV-6", {"target": "a\x00"}), ("ENV-6", {"type": "a\x85"}),
                ("ENV-7", {"sender": 5}), ("ENV-7", {"sender": {}}), ("ENV-7", {"sender": {"name": "a"}}),
                ("ENV-7", {"sender": {"name": "a", "endpoint": None}}), ("ENV-7", {"sender": {"name": "", "endpoint": HERE}}),
                ("ENV-7", {"sender": {"name": "a", "endpoint": "x" * 256}}), ("ENV-8", {"payload": None}),
                ("ENV-8", {"payload": []}), ("ENV-9", {"id": ""}), ("ENV-9", {"id": "x" * 65}), ("ENV-9", {"re": 5}),
                ("ENV-9", {"id": "é"}), ("DIA-1", {"receiver": "x"})):
            value = {key: item for key, item in {**GOOD, **change}.items() if item is not ...}
            with self.subTest(change):
                self.assertEqual(self.clause_of(value), clause)

    def test_what_is_optional_or_unknown_does_no_harm(self):
        for change in ({"sender": None}, {"id": None}, {"re": None}, {"trace": None}, {"trace": "nonsense"}, {"v": 2},
                       {"sender": {"name": "a", "endpoint": "nowhere", "more": 1}}, {"target": "x" * 255}):
            with self.subTest(change):
                envelopes.read(text({**GOOD, **change}))

    def test_flat_readings(self):
        for change, sender, payload in (
                ({"message": None}, Sender("ping", HERE), {}), ({"sender_actor": None}, None, None),
                ({"sender_endpoint": ""}, None, None), ({"sender_actor": "", "sender_endpoint": ""}, None, None)):
            envelope = envelopes.read(text({**GOOD_FLAT, **change}))
            self.assertEqual(envelope.sender, sender)
            if payload is not None:
                self.assertEqual(envelope.payload, payload)
        for change, clause in (({"message": []}, "DIA-5"), ({"message_type": None}, "ENV-6"), ({"receiver": 5}, "ENV-6"),
                               ({"sender_actor": 5}, "DIA-5")):
            self.assertEqual(self.clause_of({**GOOD_FLAT, **change}), clause)

    def test_what_is_written_reads_back_equal(self):
        for envelope in (Envelope("T", "t", {}), Envelope("T", "t", {"a": "é"}, Sender("s", HERE), "id", "re"),
                         Envelope("T", "t", {}, None, dialect=FLAT), Envelope("T", "t", {}, Sender("s", HERE), dialect=FLAT)):
            self.assertEqual(envelopes.read(envelopes.write(envelope)), envelope)


class Endpoints(unittest.TestCase):
    def test_good_ones_are_rebuilt(self):
        for given, rebuilt in ((HERE, HERE), ("tcp://localhost:1", "tcp://127.0.0.1:1"),
                               ("tcp://LocalHost:1", "tcp://127.0.0.1:1"),
                               ("tcp://[::ffff:127.0.0.1]:1", "tcp://127.0.0.1:1"), ("tcp://Node:1", "tcp://node:1"),
                               ("tcp://[::1]:65535",) * 2,
                               ("tcp://[0:0::1]:1", "tcp://[::1]:1"), ("tcp://node-1.example.org:80",) * 2, ("ipc:///tmp/x",) * 2):
            self.assertEqual(str(endpoints.parse(given)), rebuilt)

    def test_everything_else_is_none(self):
        for given in ("", "foo", "TCP://h:1", "tcp://h", "tcp://h:", "tcp://h:0", "tcp://h:01", "tcp://h:65536", "tcp://h:1/",
                      "tcp://*:1", "tcp://0.0.0.0:1", "tcp://[::]:1", "tcp://localhost.:1",
                      "tcp://a_b:1", "tcp://" + "x" * 64 + ":1", "tcp://u@h:1", "tcp://h:1;h:2", "tcp://127.1:1", "tcp://2130706433:1", "tcp://0x7f000001:1",
                      "tcp://1.2.3.256:1", "tcp://01.2.3.4:1", "tcp://[::1:1", "tcp://::1:1", "tcp://-h:1", "tcp://h_:1",
                      "tcp://h:1 ", "tcp:// h:1", "tcp://h\n:1", "inproc://x", "ipc://relative", "ipc:///" + "x" * 107, "ipc:///a;b"):
            self.assertIsNone(endpoints.parse(given), given)


class Emission(unittest.TestCase):
    def clauses_of(self, *parts):
        _envelope, found = EmissionCheck(HERE, 4096).check(parts, "tcp://127.0.0.1:9")
        return [violation.clause for violation in found]

    def test_good_frames_break_nothing(self):
        for value in (GOOD, GOOD_FLAT, {**GOOD, "sender": None}, {**GOOD, "id": "1", "re": "2"},
                      {**GOOD_FLAT, "sender_actor": None, "sender_endpoint": None},
                      {**GOOD, "type": "Reject", "sender": None, "payload": REJECT}):
            self.assertEqual(self.clauses_of(text(value)), [], value)

    def test_each_fault_breaks_its_clause(self):
        flat_reject = {"message_type": "T", "reason": "r", "rejected_by": "t"}
        none = {"sender_actor": None, "sender_endpoint": None}
        for clause, value in (
                ("OUT-1", {key: item for key, item in GOOD.items() if key != "sender"}), ("OUT-1", {**GOOD, "id": None}),
                ("OUT-1", {**GOOD, "version": 1}), ("RTE-3", {**GOOD, "sender": {"name": "a", "endpoint": "tcp://*:1"}}),
                ("RTE-2", {**GOOD, "sender": {"name": "a", "endpoint": "tcp://127.0.0.1:1"}}), ("ENV-9", {**GOOD, "trace": "x"}),
                ("ORD-2", {**GOOD, "seq": "x:1"}), ("ORD-2", {**GOOD, "seq": 5}), ("RES-2", {**GOOD, "type": "sabir.x"}),
                ("REJ-2", {**GOOD, "type": "Reject", "payload": REJECT}),
                ("REJ-1", {**GOOD, "type": "Reject", "sender": None, "payload": {**REJECT, "code": "other"}}),
                ("REJ-1", {**GOOD, "type": "Reject", "sender": None, "payload": {**REJECT, "more": ""}}),
                ("REJ-1", {**GOOD, "type": "Reject", "sender": None, "payload": {**REJECT, "reason": "x" * 201}}),
                ("REJ-1", {**GOOD, "type": "Reject", "sender": None, "payload": {**REJECT, "rejected_by": "me"}}),
                ("DIA-2", {key: item for key, item in GOOD_FLAT.items() if key != "sender_actor"}),
                ("DIA-2", {**GOOD_FLAT, "message": None}), ("DIA-2", {**GOOD_FLAT, "sender_actor": None}),
                ("DIA-2", {**GOOD_FLAT, **none, "sender_actor": ""}), ("DIA-2", {**GOOD_FLAT, "id": "1"}),
                ("DIA-3", {**GOOD_FLAT, **none, "message_type": "Reject", "message": {**flat_reject, "code": "failed"}})):
            with self.subTest(value):
                self.assertIn(clause, self.clauses_of(text(value)))

    def test_bytes_that_are_no_envelope(self):
        self.assertEqual(self.clauses_of(b"", text(GOOD)), ["ENV-1"])
        self.assertEqual(self.clauses_of(b"\xef\xbb\xbf" + text(GOOD)), ["ENV-2"])
        self.assertEqual(self.clauses_of(text({**GOOD, "payload": {"x": "y" * 4096}})), ["LIM-1"])

    def test_needless_escapes_of_the_envelope_s_own_strings(self):
        self.assertEqual(self.clauses_of(text(GOOD).replace(b'"Ping"', b'"P\\u0069ng"')), ["OUT-1"])
        self.assertEqual(self.clauses_of(text(GOOD).replace(b'"Ping"', b'"Pi\\/ng"')), ["OUT-1"])
        # A payload may be bytes that were only passed on.
        self.assertEqual(self.clauses_of(text(GOOD).replace(b'"count"', b'"c\\u006funt"')), [])

    def test_seq_has_to_grow_per_peer_and_epoch(self):
        check, one, other = EmissionCheck(HERE, 4096), "0123456789abcdef", "0123456789abcdf0"
        def clauses(epoch, count, peer):
            return [found.clause for found in check.check((text({**GOOD, "seq": f"{epoch}:{count}"}),), peer)[1]]
        self.assertEqual([clauses(one, 1, "A"), clauses(one, 3, "A"), clauses(other, 1, "B"), clauses(one, 3, "A"), clauses(one, 2, "A")],
                         [[], [], [], ["ORD-2"], ["ORD-2"]])
        self.assertEqual(clauses(other, 9, "A"), ["ORD-2"])  # an epoch belongs to one peer

    def test_an_id_is_never_repeated(self):
        ledger, check = Ledger("cafe"), EmissionCheck(HERE, 4096)
        for id_ in ("a-1", "a-2", "a-1"):
            ledger.add_seen("A", "A", (text({**GOOD, "id": id_}),), check)
        self.assertEqual([violation.clause for violation, _seen in ledger.violations], ["ASK-2"])

    def test_a_reject_may_not_be_much_larger_than_its_cause(self):
        self.assertIsNone(reject_too_large(b"x" * 612, [b"x" * 100]))
        self.assertEqual(reject_too_large(b"x" * 613, [b"x" * 100]).clause, "REJ-4")


if __name__ == "__main__":
    unittest.main()
