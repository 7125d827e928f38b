"""Case files: what does not load, and why; templates; patterns."""

import copy
import json
import tempfile
import unittest
from pathlib import Path

import harness_room  # noqa: F401
from harness import case as cases
from harness import coverage, stimulus
from harness.errors import UsageError
from harness.invert import altered, variants
from harness.jsontext import Number, read
from harness.match import difference
from harness.template import UnknownName, fill

GOOD = {"id": "tx.good", "since": "1.0", "level": "MUST", "clauses": ["ENV-1"], "title": "t", "why": "w",
        "steps": [{"do": "canary", "peer": "A"}, {"do": "quiet", "peer": "A"}], "kills": ["silent-drop"]}


class Loading(unittest.TestCase):
    def load(self, value, name="good.json"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
            return cases.load(path)

    def test_a_good_case_loads(self):
        case = self.load(GOOD)
        self.assertEqual((case.id, case.level, case.stage, case.kills), ("tx.good", "MUST", "L1", ("silent-drop",)))

    def test_each_fault_is_refused_with_the_file_and_the_reason(self):
        step = {"do": "expect", "peer": "A", "type": "T", "payload": {}}
        for change, reason in (
                ({"kills": []}, "kills"), ({"kills": ...}, "kills is missing"), ({"clauses": []}, "clauses"),
                ({"clauses": ["ENV-99"]}, "ENV-99 is unknown"), ({"id": "nodot"}, "id has to be"), ({"id": "tx.other"}, "other.json"),
                ({"level": "MAY"}, "level"), ({"title": " "}, "title"), ({"more": 1}, "unknown key more"),
                ({"needs": ["magic"]}, "magic is unknown"), ({"stage": "L9"}, "stage"), ({"steps": []}, "at least one"),
                ({"steps": [{"do": "dance"}]}, "step 1: do has to be"), ({"steps": [{"do": "canary"}]}, "lacks peer"),
                ({"steps": [{"do": "canary", "peer": "A", "x": 1}]}, "canary has no x"),
                ({"steps": [{"do": "canary", "peer": "a"}]}, "named like A"),
                ({"steps": [{"do": "canary", "peer": "A", "via": ["moon"]}]}, "via"),
                ({"steps": [{"do": "pause", "ms": 1}]}, "evidence"),
                ({"steps": [{"do": "quiet", "peer": "A"}, {"do": "canary", "peer": "A"}]}, "no canary before"),
                ({"steps": [{"do": "send", "peer": "A"}, step]}, "exactly one of"),
                ({"steps": [{"do": "send", "peer": "A", "text": "", "hex": ""}, step]}, "exactly one of"),
                ({"steps": [{"do": "send", "peer": "A", "text": "${what}"}, step]}, "${what} is unknown"),
                ({"steps": [{"do": "send", "peer": "A", "text": "", "malformed": "X"}, step]}, "malformed"),
                ({"steps": [{**step, "payload": {"a": 1}}]}, "bare number"),
                ({"steps": [{**step, "payload": {"a": {"$what": "1"}}}]}, "$what is none"),
                ({"steps": [{"do": "expect", "peer": "A", "type": "T"}]}, "type and payload"),
                ({"steps": [{"do": "each", "values": ["a"], "steps": [{"do": "dance"}]}]}, "step 2: do has to be")):
            value = {key: item for key, item in {**copy.deepcopy(GOOD), **change}.items() if item is not ...}
            with self.subTest(change), self.assertRaises(UsageError) as caught:
                self.load(value)
            self.assertIn("good.json: ", str(caught.exception))
            self.assertIn(reason, str(caught.exception))

    def test_a_file_that_is_no_json_is_refused(self):
        for text in ("", "[]", '{"id": "tx.good", "id": "tx.good"}'):
            with self.subTest(text), self.assertRaises(UsageError):
                self.load(text)

    def test_an_id_is_used_once(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("one", "two"):
                (Path(folder) / name).mkdir()
                (Path(folder) / name / "good.json").write_text(json.dumps(GOOD))
            with self.assertRaisesRegex(UsageError, "used twice"):
                cases.load_all(folder)

    def test_all_cases_of_the_suite_load(self):
        found = cases.load_all()
        self.assertGreaterEqual(len(found), 100)
        self.assertEqual({case.category for case in found.values()} & {"framing", "envelope", "text", "values", "replies",
                                                                      "rejects", "order"} ^ {
            "framing", "envelope", "text", "values", "replies", "rejects", "order"}, set())


class Coverage(unittest.TestCase):
    def setUp(self):
        self.known = cases.load_all()

    def test_nothing_is_missing_and_nothing_left_over(self):
        self.assertEqual(list(coverage.faults(self.known)), [])

    def test_a_clause_that_loses_its_cases_is_noticed(self):
        without = {name: case for name, case in self.known.items() if "NET-2" not in case.clauses}
        self.assertEqual(list(coverage.clause_faults(without, {})), ["NET-2: has neither a case nor a reason"])
        self.assertEqual(list(coverage.clause_faults(self.known, {"NET-2": "why", "MOON-1": "what"})),
                         ["NET-2: has a case and a reason to have none", "MOON-1: has a reason to have no case, but is no clause"])

    def test_a_must_with_nothing_but_shoulds_is_noticed(self):
        weaker = {name: case.having(level="SHOULD") if "TYP-2" in case.clauses else case for name, case in self.known.items()}
        self.assertEqual(list(coverage.page_faults(weaker)), ["TYP-2: is a MUST, but no case that cites it is"])

    def test_a_mutant_that_nobody_hunts_is_noticed(self):
        without = {name: case for name, case in self.known.items() if name != "order.digest" and "swaps-two" not in case.kills}
        self.assertIn("swaps-two: is a mutant, but in no case", list(coverage.mutant_faults(without)))
        more = {**self.known, "x.y": next(iter(self.known.values())).having(kills=("nobody-wrote-this",))}
        self.assertIn("nobody-wrote-this: is no mutant, but in the kills of a case", list(coverage.mutant_faults(more)))


class Templates(unittest.TestCase):
    NAMES = {"A": {"name": "a", "endpoint": "e"}, "nonce": "n1", "i": "3"}

    def test_holes_are_filled(self):
        self.assertEqual(fill({"k${i}": ["x${nonce}", "${A}", "${A.name}", "s:${A}"]}, self.NAMES),
                         {"k3": ["xn1", self.NAMES["A"], "a", 's:{"name":"a","endpoint":"e"}']})

    def test_unknown_names_are_errors(self):
        for hole in ("${B}", "${A.what}", "${i.x}"):
            with self.subTest(hole), self.assertRaises(UnknownName):
                fill(hole, self.NAMES)

    def test_stimuli_are_exact(self):
        rng = stimulus.rng_for(1, "x")
        sender = {"name": "s", "endpoint": "e"}
        for step, data in (
                ({"text": "a${i}"}, b"a3"), ({"hex": "00ff"}, b"\x00\xff"), ({"gen": [{"text": "[", "count": Number("3")}]}, b"[[["),
                ({"gen": [{"utf16le": "a"}]}, b"a\0"), ({"gen": [{"keys": "k", "count": Number("2")}]}, b'"k0":null,"k1":null'),
                ({"envelope": {"type": "T", "target": "t", "payload": {"n": {"$number": "-0.0"}}}},
                 b'{"type":"T","target":"t","sender":{"name":"s","endpoint":"e"},"payload":{"n":-0.0}}'),
                ({"envelope": {"receiver": "t", "message_type": "T", "message": {}, "sender": None}, "dialect": "flat"},
                 b'{"sender_actor":null,"sender_endpoint":null,"receiver":"t","message_type":"T","message":{}}')):
            self.assertEqual(stimulus.parts_of(step, self.NAMES, rng, sender), (data,))

    def test_random_choices_depend_on_seed_and_case_alone(self):
        one, other = (stimulus.seeded_doubles(20, stimulus.rng_for(seed, "num.x")) for seed in (5, 5))
        self.assertEqual(one, other)
        self.assertNotEqual(one, stimulus.seeded_doubles(20, stimulus.rng_for(6, "num.x")))


class Patterns(unittest.TestCase):
    FITTING = (
        ('{"$int": "5"}', "5"), ('{"$int": "18446744073709551615"}', "18446744073709551615"), ('{"$float": "-0.0"}', "-0.0"),
        ('{"$float": "1"}', "1.0"), ('{"$token": "1E2"}', "1E2"), ('{"$re": "a.c"}', '"abc"'), ('{"$nest": "2"}', "[[]]"),
        ('{"a": {"$absent": true}, "b": {"$any": true}}', '{"b": 1}'), ('["x", null, true]', '["x", null, true]'),
        ('{"$seen": {"$int": "7"}}', '{"t":"int","v":"7"}'), ('{"$seen": {"$float": "7.0"}}', '{"t":"int","v":"7"}'),
        ('{"$seen": "é"}', '{"t":"str","v":"é","bytes":"c3a9"}'), ('{"$seen": [null, true]}',
                                                                   '{"t":"list","v":[{"t":"null"},{"t":"bool","v":"true"}]}'))
    UNFIT = (
        ('{"$int": "5"}', "6"), ('{"$int": "5"}', "5.0"), ('{"$int": "5"}', '"5"'), ('{"$int": "5"}', "1" * 5000),
        ('{"$float": "0.0"}', "-0.0"), ('{"$token": "100"}', "1E2"), ('{"$re": "a.c"}', '"xabc"'), ('{"$re": "a"}', "1"),
        ('{"$nest": "2"}', "[[[]]]"), ('{"$nest": "2"}', "[[1]]"), ('{"a": {"$absent": true}}', '{"a": null}'), ("{}", '{"a": 1}'),
        ('{"a": {"$any": true}}', "{}"), ("true", "1"), ("null", "false"), ('"1"', "1"), ("[]", "[1]"), ("{}", "[]"),
        ('{"$seen": {"$int": "7"}}', '{"t":"float","v":"7.0"}'), ('{"$seen": {"$float": "0.5"}}', '{"t":"int","v":"0"}'),
        ('{"$seen": "x"}', '{"t":"str","v":"x","bytes":"79"}'), ('{"$seen": "x"}', '{"t":"str","v":"x"}'),
        ('{"$seen": {"$int": "7"}}', '{"t":"int","v":"seven"}'), ('{"$seen": "x"}', '"x"'), ('{"$seen": {}}', '{"t":"list","v":[]}'),
        ('{"$seen": {"a": null}}', '{"t":"map","v":{}}'))

    def test_what_fits_fits(self):
        for pattern, value in self.FITTING:
            self.assertIsNone(difference(json.loads(pattern), read(value.encode())), (pattern, value))

    def test_what_does_not_fit_does_not(self):
        for pattern, value in self.UNFIT:
            self.assertIsNotNone(difference(json.loads(pattern), read(value.encode())), (pattern, value))

    def test_an_altered_pattern_never_fits_what_the_right_one_fits(self):
        for pattern, value in self.FITTING:
            for where, wrong in altered(json.loads(pattern)):
                with self.subTest(pattern=pattern, where=where):
                    self.assertIsNotNone(difference(wrong, read(value.encode())))


class Inversion(unittest.TestCase):
    def test_every_case_has_something_to_turn_around(self):
        for case in cases.load_all().values():
            self.assertTrue(list(variants(case)), case.id)

    def test_variants_differ_from_the_case(self):
        for case in cases.load_all().values():
            for what, changed in variants(case):
                self.assertNotEqual(changed.steps, case.steps, (case.id, what))


if __name__ == "__main__":
    unittest.main()
