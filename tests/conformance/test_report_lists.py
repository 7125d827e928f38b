"""Strict lists, the frozen profile, levels: what turns an observation into a verdict, and verdicts into a promise."""

import json
import tempfile
import unittest
from pathlib import Path

import harness_room
from harness import lists, profile
from harness.case import Case
from harness.errors import FAILED, INCOMPLETE, PASSED, NotReady, UsageError
from harness.levels import levels_of, reached
from harness.lists import stable
from harness.manifest import Manifest
from harness.profile import Profile
from harness.suite import Result, Run

REFERENCE, run_harness = harness_room.REFERENCE, harness_room.run_harness

PORT = Manifest("port", Path("/"), ("port",))


def case(name, stage="L1", since="1.0"):
    return Case(name, "MUST", stage, ("ENV-1",), "t", "w", (), (), since=since)


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, value, name="known.json"):
        path = self.folder / name
        path.write_text(json.dumps(value))
        return path


class StrictLists(Folder):
    KNOWN = {"a.one": None, "a.two": None}
    FAILING = {"reason": "slow", "issue": "#1", "message": "payload.t: expected 1, seen *"}

    def judged(self, value, verdict, why="", name="a.one"):
        result = Result(case(name), verdict, why=why)
        lists.load(self.file(value), self.KNOWN).apply(result)
        return result

    def test_a_known_failure_is_one_only_with_its_own_message(self):
        value = {"failing": {"a.one": self.FAILING}}
        self.assertEqual(self.judged(value, "fail", "payload.t: expected 1, seen 2").verdict, "xfail")
        self.assertEqual(self.judged(value, "warn", "payload.t: expected 1, seen 2").verdict, "xfail")
        other = self.judged(value, "fail", "nothing came to A within 5 s")
        self.assertEqual(other.verdict, "fail")
        self.assertIn("otherwise than the list says", other.why)
        self.assertIn("within N s", other.why)

    def test_a_pass_that_is_not_expected_fails(self):
        result = self.judged({"failing": {"a.one": self.FAILING}}, "pass")
        self.assertEqual((result.verdict, Run(PORT, 0, [result]).exit_code), ("xpass", FAILED))

    def test_what_is_not_on_a_list_is_left_alone(self):
        for verdict in ("pass", "fail", "warn", "unsupported", "error", "not-run"):
            self.assertEqual(self.judged({"failing": {"a.two": self.FAILING}}, verdict).verdict, verdict)

    def test_an_error_is_never_excused(self):
        for kind, said in (("failing", self.FAILING), ("flaky", {"reason": "r", "issue": "i"})):
            self.assertEqual(self.judged({kind: {"a.one": said}}, "error").verdict, "error")

    def test_flaky_neither_passes_nor_fails(self):
        value = {"flaky": {"a.one": {"reason": "races", "issue": "#2"}}}
        for verdict in ("pass", "fail"):
            result = self.judged(value, verdict, "because")
            self.assertEqual(result.verdict, "flaky")
            self.assertIn(f"this time: {verdict}", result.why)
            self.assertEqual(Run(PORT, 0, [result]).exit_code, INCOMPLETE)
            self.assertEqual(Run(PORT, 0, [result, Result(case("a.two"), "pass")]).exit_code, PASSED)

    def test_a_list_of_the_unsupported_is_complete_and_has_none_too_many(self):
        listed = {"unsupported": {"a.one": {"reason": "no clock"}}}
        self.assertEqual(self.judged(listed, "unsupported").verdict, "unsupported")
        self.assertEqual(self.judged(listed, "pass").verdict, "xpass")
        self.assertEqual(self.judged(listed, "unsupported", name="a.two").verdict, "fail")
        self.assertEqual(self.judged({"failing": {"a.one": self.FAILING}}, "unsupported").verdict, "fail")

    def test_a_wrong_list_is_refused_with_a_reason(self):
        for value, why in (
            ({"failing": {"a.gone": self.FAILING}}, "there is no such case"),
            ({"broken": {}}, "unknown list broken"),
            ({"failing": []}, "has to be an object"),
            ({"failing": {"a.one": {"reason": "x"}}}, "needs issue, message, reason"),
            ({"failing": {"a.one": {**self.FAILING, "reason": " "}}}, "reason has to say something"),
            ({"failing": {"a.one": {**self.FAILING, "message": "*"}}}, "message has to say something"),
            ({"flaky": {"a.one": {"reason": "r", "issue": 7}}}, "issue has to say something"),
            ({"failing": {"a.one": self.FAILING}, "flaky": {"a.one": {"reason": "r", "issue": "i"}}}, "on two lists"),
        ):
            with self.subTest(why), self.assertRaisesRegex(UsageError, why):
                lists.load(self.file(value), self.KNOWN)

    def test_messages_lose_what_differs_from_run_to_run(self):
        for text, wanted in (
            ("nothing came to A within 5 s", "nothing came to A within N s"),
            ("rejected by tcp://127.0.0.1:4711, named A-0123456789ab", "rejected by tcp://127.0.0.1:PORT, named A-HEX"),
            ("A-123456789012 and B", "A-NONCE and B"),
            *[("expected the token 1785000000000000, seen 1.785000000000000e+15",) * 2],
            ("exit code 1 after 0.2 s", "exit code 1 after N s"),
            ("process 77 used 31 ms", "process N used N ms"),
        ):
            self.assertEqual(stable(text, "123456789012"), wanted)

    def test_the_command_line_takes_them(self):
        known = self.file({"failing": {"env.minimal": self.FAILING}})
        done = run_harness("conform", REFERENCE, "--case", "env.minimal", "--lists", known)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("passes, but is on the list of failing cases: slow (#1)", done.stdout)
        stale = run_harness("conform", REFERENCE, "--case", "env.minimal", "--lists", self.file({"failing": {"no.case": self.FAILING}}))
        self.assertEqual((stale.returncode, "there is no such case" in stale.stderr), (2, True))


class FrozenProfile(Folder):
    CASES = {name: case(name, stage) for name, stage in (("a.hello", "L0"), ("a.must", "L1"))}
    PROFILE = Profile("1.0", {"L0": ["a.hello"], "L1": ["a.must"], "L2": [], "L3": []})

    def test_an_id_that_disappears_or_moves_is_a_fault(self):
        self.assertEqual(list(profile.faults(self.PROFILE, self.CASES)), [])
        for known, words in (
            ({"a.hello": self.CASES["a.hello"]}, "a.must: is in the profile 1.0, but there is no such case any more"),
            ({**self.CASES, "a.must": case("a.must", "L2")}, "a.must: is L1 in the profile 1.0, but its file says L2"),
            ({**self.CASES, "a.new": case("a.new")}, "a.new: says since 1.0, but is not in that profile"),
        ):
            (fault,) = profile.faults(self.PROFILE, known)
            self.assertIn(words, fault)
        twice = Profile("1.0", {**self.PROFILE.levels, "L2": ["a.must"]})
        self.assertIn("a.must: is in the profile 1.0 twice", list(profile.faults(twice, self.CASES)))

    def test_a_case_of_a_later_version_needs_no_place_in_it(self):
        self.assertEqual(list(profile.faults(self.PROFILE, {**self.CASES, "a.new": case("a.new", since="1.1")})), [])

    def test_an_update_adds_and_never_takes_away(self):
        known = {"a.hello": case("a.hello", "L2"), "a.new": case("a.new")}
        levels = profile.updated(self.PROFILE, known).levels
        self.assertEqual(levels, {"L0": ["a.hello"], "L1": ["a.must", "a.new"], "L2": [], "L3": []})
        profile.write(Profile("1.0", levels), self.folder)
        self.assertEqual(profile.load("1.0", self.folder).levels, levels)

    def test_a_profile_that_is_none_is_refused(self):
        for value in (
            {},
            {"profile": "2.0", "levels": {}},
            {"profile": "1.0", "levels": []},
            {"profile": "1.0", "levels": {"L0": []}},
            {"profile": "1.0", "levels": {"L0": [1], "L1": [], "L2": [], "L3": []}},
        ):
            self.file(value, "1.0.json")
            with self.assertRaises(UsageError):
                profile.load("1.0", self.folder)


class Levels(unittest.TestCase):
    PROFILE = Profile("1.0", {"L0": ["a.hello"], "L1": ["a.must", "a.other"], "L2": ["a.should"], "L3": []})
    NAMES = ("a.hello", "a.must", "a.other", "a.should")

    def run_of(self, *verdicts, **faults):
        return Run(PORT, 0, [Result(case(name), verdict) for name, verdict in zip(self.NAMES, verdicts)], **faults)

    def test_a_level_is_reached_when_all_of_it_and_below_has_passed(self):
        for verdicts, wanted in (
            (("pass", "pass", "pass", "pass"), "L2"),
            (("pass", "pass", "pass", "warn"), "L1"),
            (("pass", "pass", "unsupported", "pass"), "L2"),
            (("pass", "fail", "pass", "pass"), "L0"),
            (("pass", "xfail", "pass", "pass"), "L0"),
            (("pass", "flaky", "pass", "pass"), "L0"),
            (("fail", "pass", "pass", "pass"), None),
            (("pass", "pass"), "L0"),
            (("pass", "pass", "not-run", "pass"), "L0"),
        ):
            self.assertEqual(reached(self.run_of(*verdicts), self.PROFILE), wanted, verdicts)

    def test_none_is_reached_when_the_run_as_a_whole_is_wrong(self):
        good = ("pass",) * 4
        for faults in ({"faults": ["left a child"]}, {"gaps": ["ended"]}, {"refusal": NotReady("no")}):
            self.assertIsNone(reached(self.run_of(*good, **faults), self.PROFILE))

    def test_the_figures_of_a_level_count_what_was_run(self):
        level = list(levels_of(self.run_of("pass", "pass", "fail"), self.PROFILE))[1]
        self.assertEqual((level.cases, level.run, level.passed, level.bad), (2, 2, 1, 1))


if __name__ == "__main__":
    unittest.main()
