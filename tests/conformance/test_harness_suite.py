"""A run as a whole: the ledger, the completeness gate, evidence, and how the testee's end is judged."""

import json
import socket
import unittest
from types import SimpleNamespace

import harness_room
from harness import case as cases
from harness import link as links
from harness import manifest as manifests
from harness.case import Case
from harness.check import EmissionCheck
from harness.errors import FAILED, INCOMPLETE, PASSED, Incomplete, NotReady
from harness.ledger import Ledger
from harness.loop import Loop
from harness.peer import Peer
from harness.ready import ContractError, parse_ready
from harness.suite import Result, Run, Suite, select
from harness.zmtp import Session, ping

MANIFEST = manifests.load(harness_room.REFERENCE)
CANARY = {"do": "canary", "peer": "A"}
ECHO = {"do": "send", "peer": "A", "envelope": {"type": "conf.Echo", "target": "echo", "payload": {}}}


def case(*steps, name="tx.test", level="MUST", needs=()):
    return Case(name, level, "L1", ("ENV-1",), "t", "w", tuple(steps), ("silent-drop",), frozenset(needs))


def run(*chosen, mutant=None, **options):
    extra = ("--mutant", mutant) if mutant else ()
    return Suite(MANIFEST, chosen, extra_args=extra, **options).run()


def run_of(*verdicts, faults=(), gaps=()):
    return Run(MANIFEST, 0, [Result(case(), verdict) for verdict in verdicts], list(faults), list(gaps))


class CompletenessGate(unittest.TestCase):
    def test_only_a_complete_run_without_failures_passes(self):
        for wanted, run_ in (
                (PASSED, run_of("pass", "pass")), (PASSED, run_of("pass", "warn", "unsupported")),
                (FAILED, run_of("pass", "fail")), (FAILED, run_of(*["fail"] * 300)), (FAILED, run_of(*["fail"] * 256)),
                (FAILED, run_of("pass", faults=["left a child behind"])), (INCOMPLETE, run_of("pass", "not-run")),
                (INCOMPLETE, run_of("pass", "error")), (INCOMPLETE, run_of("fail", "not-run")),
                (INCOMPLETE, run_of("unsupported", "unsupported")), (INCOMPLETE, run_of("pass", gaps=["it ended"])),
                (INCOMPLETE, run_of())):
            with self.subTest([result.verdict for result in run_.results][:3]):
                self.assertEqual(run_.exit_code, wanted)

    def test_the_three_numbers_differ_when_something_is_missing(self):
        run_ = run_of("pass", "not-run", "error", "unsupported")
        self.assertEqual((run_.planned, run_.executed, run_.judged), (4, 3, 2))

    def test_a_pattern_without_a_case_is_incomplete(self):
        known = cases.load_all()
        with self.assertRaises(Incomplete):
            select(known, ("env.minimal", "nothing.*"))
        with self.assertRaises(Incomplete):
            select(known, ("num.float-for-int",), "MUST")

    def test_levels_include_those_before(self):
        known = cases.load_all()
        sizes = [len(select(known, (), level)) for level in ("L0", "L1", "L2", "L3")]
        self.assertEqual(sizes, sorted(sizes))
        self.assertLess(sizes[0], sizes[1])
        self.assertEqual({found.level for found in select(known, (), "MUST")}, {"MUST"})


class Judging(unittest.TestCase):
    def result(self, *steps, **options):
        return run(case(*steps), **options).results[0]

    def test_a_case_that_proves_nothing_is_an_error_not_a_pass(self):
        done = run(case({"do": "pause", "ms": "1"}))
        self.assertEqual((done.results[0].verdict, done.exit_code), ("error", INCOMPLETE))

    def test_a_pass_names_its_evidence(self):
        result = self.result(CANARY)
        self.assertEqual((result.verdict, len(result.evidence)), ("pass", 1))

    def test_a_message_that_nobody_claims_fails(self):
        result = self.result(ECHO, {"do": "drive", "peer": "A", "ok": "0", "repeat": "0"})
        self.assertEqual((result.verdict, result.failure.kind), ("fail", "unclaimed"))

    def test_a_message_after_the_verdict_fails_the_case(self):
        sleep = {"do": "send", "peer": "A", "envelope": {"type": "conf.Sleep", "target": "slow", "payload": {"ms": {
            "$number": "50"}}}}
        second = [CANARY, {"do": "pause", "ms": "150"}, CANARY]
        done = run(case(sleep, CANARY, name="tx.first"), case(*second, name="tx.second"))
        self.assertEqual([result.verdict for result in done.results], ["fail", "pass"])
        self.assertEqual(done.exit_code, FAILED)

    def test_a_stimulus_that_is_not_what_the_case_says_is_an_error(self):
        for step in ({"do": "send", "peer": "A", "text": "not json"}, {**ECHO, "malformed": "ENV-2"},
                     {"do": "send", "peer": "A", "text": "[]", "malformed": "ENV-4"}):
            with self.subTest(step):
                self.assertEqual(self.result(step, CANARY).verdict, "error")

    def test_a_should_that_fails_is_a_warning(self):
        done = run(case(ECHO, CANARY, level="SHOULD"))
        self.assertEqual((done.results[0].verdict, done.exit_code), ("warn", PASSED))

    def test_what_a_port_does_not_have_is_unsupported_and_no_pass(self):
        done = run(case(CANARY, needs=("ipc",)))
        self.assertEqual((done.results[0].verdict, done.exit_code), ("unsupported", INCOMPLETE))

    def test_a_violation_is_found_whatever_the_case_is_about(self):
        result = self.result(CANARY, mutant="extra-out-key", preflight=False)
        self.assertEqual((result.verdict, result.failure.kind, result.failure.clause), ("fail", "protocol", "OUT-1"))

    def test_a_testee_that_dies_in_a_case_fails_it_and_is_started_again(self):
        dies = case(CANARY, {"do": "send", "peer": "A", "text": "x", "malformed": "ENV-2"}, CANARY, name="tx.dies")
        done = run(dies, case(CANARY, name="tx.next"), mutant="die-on-bad-json")
        self.assertEqual([result.verdict for result in done.results], ["fail", "pass"])
        self.assertEqual((done.results[0].failure.kind, done.exit_code), ("died", FAILED))
        self.assertTrue(done.results[0].stderr)

    def test_a_preflight_that_fails_says_what_was_not_so(self):
        with self.assertRaisesRegex(NotReady, "preflight: a message to an unknown target is rejected: no"):
            run(case(CANARY), mutant="echoes-everything")

    def test_features_have_to_be_the_same_in_both_places(self):
        with self.assertRaisesRegex(NotReady, "features differ.*ipc"):
            run(case(CANARY), mutant="has-not-what-it-says")


class TheProcess(unittest.TestCase):
    def test_what_a_case_cannot_see_fails_the_run(self):
        for mutant, words in (("leaves-a-child", "left processes behind"), ("says-ready-twice", "READY was said 2 times"),
                              ("noise-on-stdout", "'listening'"), ("exit-1-on-stop", "exit code 1")):
            with self.subTest(mutant):
                done = run(case(CANARY), mutant=mutant)
                self.assertEqual((done.results[0].verdict, done.exit_code), ("pass", FAILED))
                self.assertIn(words, " ".join(done.faults))


class TheLedger(unittest.TestCase):
    HERE = "tcp://127.0.0.1:1"

    def setUp(self):
        self.ledger = Ledger("cafe")
        self.check = EmissionCheck(self.HERE, 1 << 21)

    def see(self, peer, **change):
        value = {"type": "T", "target": f"{peer}-cafe", "sender": None, "payload": {}, **change}
        self.ledger.add_seen(peer, peer, (json.dumps(value).encode(),), self.check)

    def test_messages_are_unclaimed_until_they_are_claimed(self):
        self.see("A")
        self.see("B")
        self.assertEqual(len(self.ledger.unclaimed()), 2)
        self.ledger.claim(self.ledger.unclaimed("A")[0])
        self.assertEqual([seen.peer for seen in self.ledger.unclaimed()], ["B"])

    def test_evidence_is_only_what_carries_the_nonce(self):
        self.see("A", target="A-beef")
        self.assertEqual(self.ledger.evidence(), [])
        self.see("A")
        self.assertEqual(len(self.ledger.evidence()), 1)

    def test_the_transcript_of_a_flood_keeps_its_beginning_and_its_end(self):
        for number in range(1000):
            self.ledger.note(f"event {number}")
        texts = [event.text for event in self.ledger.events]
        self.assertEqual((len(texts), texts[0], texts[200], texts[-1]), (401, "event 0", "… 600 events are left out here", "event 999"))

    def test_violations_of_every_message_are_kept(self):
        self.see("A", extra=1)
        self.ledger.add_violation("NET-2", "a PING came")
        self.assertEqual([violation.clause for violation, _seen in self.ledger.violations], ["OUT-1", "NET-2"])


class ThePeer(unittest.TestCase):
    def setUp(self):
        self.loop = Loop()
        self.addCleanup(self.loop.close)
        self.ledger = Ledger("cafe")
        self.peer = Peer(self.loop, "A", self.ledger, None, "127.0.0.1")
        self.addCleanup(self.peer.close)

    def clauses_after(self, data):
        with socket.create_connection((self.peer.listener.host, self.peer.listener.port)) as testee:
            testee.sendall(data)
            self.assertTrue(self.loop.run_until(lambda: self.ledger.violations, 5))
        return [violation.clause for violation, _seen in self.ledger.violations]

    def test_a_testee_that_breaks_zmtp_breaks_net_1(self):
        self.assertEqual(self.clauses_after(b"GET / HTTP/1.1"), ["NET-1"])

    def test_a_testee_that_connects_anything_but_a_push_breaks_net_1(self):
        self.assertEqual(self.clauses_after(bytes(Session("PUB").out)), ["NET-1"])

    def test_a_ping_on_the_connection_that_the_peer_made_breaks_net_2(self):
        testee = links.Listener(self.loop, lambda link, event: link.raw(ping(b"x")))
        self.addCleanup(testee.close)
        self.peer.instance = SimpleNamespace(address=(testee.host, testee.port))
        self.peer.connect()
        self.assertTrue(self.loop.run_until(lambda: self.ledger.violations, 5))
        self.assertEqual(self.ledger.violations[0][0].clause, "NET-2")


class ReadyLines(unittest.TestCase):
    GOOD = {"endpoint": "tcp://127.0.0.1:5", "bound": "tcp://127.0.0.1:5", "port": "x", "version": "1", "suite": 1,
            "limits": {"bytes": 2097152, "depth": 64}, "features": []}

    def test_a_good_one_is_read(self):
        ready = parse_ready("READY " + json.dumps(self.GOOD))
        self.assertEqual((ready.limit_bytes, ready.limit_depth, ready.port), (2097152, 64, "x"))

    def test_bad_ones_say_why(self):
        for change, why in (({"endpoint": "tcp://*:5"}, "END-1"), ({"endpoint": 5}, "not a string"), ({"suite": 2}, "suite"),
                            ({"limits": {}}, "limits"), ({"limits": {"bytes": 2097151, "depth": 64}}, "LIM-1"),
                            ({"limits": {"bytes": 2097152, "depth": 63}}, "LIM-1"), ({"limits": {"bytes": "2097152", "depth": 64}},
                                                                                     "limits"),
                            ({"features": ["magic"]}, "features"), ({"features": None}, "features")):
            with self.subTest(change), self.assertRaisesRegex(ContractError, why):
                parse_ready("READY " + json.dumps({**self.GOOD, **change}))
        for line in ("READY", "READY ", "READY {}", "READY []", "READYX {}"):
            with self.subTest(line), self.assertRaises(ContractError):
                parse_ready(line)


if __name__ == "__main__":
    unittest.main()
