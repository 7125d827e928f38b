"""The golden file of kills: a kill that is new, gone, or has another reason is noticed."""

import tempfile
import unittest
from pathlib import Path

import harness_room  # noqa: F401  (puts the harness on the path)
from harness import case as cases
from harness import kill_matrix
from harness import pair as pairs
from harness.kill_matrix import Kill

GOLDEN = {"m.one": {"a.case": "mismatch@expect: payload.t: expected 1, seen *", "b.case": "died@canary: the testee has ended"}}
FIRST = Kill("m.one", "a.case", "mismatch@expect", "payload.t: expected 1, seen 2")
SECOND = Kill("m.one", "b.case", "died@canary", "the testee has ended")


class KillMatrix(unittest.TestCase):
    def faults(self, *kills, quick=False):
        return list(kill_matrix.faults(kills, GOLDEN, quick))

    def test_kills_as_before_are_no_fault(self):
        self.assertEqual(self.faults(FIRST, SECOND), [])

    def test_another_reason_is_a_fault(self):
        for signature, message in (("silence@canary", "the testee has ended"), ("died@canary", "it sleeps")):
            (fault,) = self.faults(FIRST, Kill("m.one", "b.case", signature, message))
            self.assertIn("m.one is killed by b.case for another reason: known is 'died@canary: the testee has ended'", fault)

    def test_of_a_list_of_reasons_one_is_seen(self):
        golden = {"m.one": {"a.case": ["mismatch@expect: payload.t: *", "protocol@expect/RTE-2: sender.endpoint"]}}
        self.assertEqual(list(kill_matrix.faults([FIRST], golden)), [])
        self.assertEqual(kill_matrix.updated([FIRST], golden), golden)
        (fault,) = kill_matrix.faults([Kill("m.one", "a.case", "protocol@expect/RTE-3", "sender.endpoint")], golden)
        self.assertIn("for another reason", fault)

    def test_a_kill_that_nobody_knows_is_a_fault(self):
        (fault,) = self.faults(FIRST, SECOND, Kill("m.two", "a.case", "mismatch@expect", "x"))
        self.assertIn("m.two is killed by a.case, which kills.json does not know", fault)

    def test_a_kill_that_is_gone_is_a_fault_unless_the_round_is_quick(self):
        survivor = Kill("m.one", "b.case", why_not="pass")
        for kills in ((FIRST,), (FIRST, survivor)):
            (fault,) = self.faults(*kills)
            self.assertIn("m.one is no longer killed by b.case", fault)
            self.assertEqual(self.faults(*kills, quick=True), [])

    def test_an_update_keeps_the_lines_that_still_fit(self):
        fresh = kill_matrix.updated(
            [SECOND, FIRST, Kill("m.two", "a.case", "mismatch@expect", "x"), Kill("m.x", "a.case", why_not="pass")],
            {"m.one": {"a.case": GOLDEN["m.one"]["a.case"], "b.case": "another"}, "m.gone": {"a.case": "x"}},
        )
        self.assertEqual(fresh, {"m.one": GOLDEN["m.one"], "m.two": {"a.case": "mismatch@expect: x"}})

    def test_it_is_written_and_read_and_shown(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "kills.json"
            self.assertEqual(kill_matrix.load(path), {})
            kill_matrix.write(GOLDEN, path)
            self.assertEqual(kill_matrix.load(path), GOLDEN)
        self.assertEqual(
            [line.split() for line in kill_matrix.table({**GOLDEN, "m.two": {"b.case": "x"}})],
            [["b.case", "2", "m.one,", "m.two"], ["a.case", "1", "m.one"]],
        )

    def test_the_golden_files_speak_of_cases_that_name_those_mutants(self):
        for known, path in ((cases.load_all(), kill_matrix.GOLDEN), (pairs.load_all(), kill_matrix.PAIRS)):
            for mutant, killers in kill_matrix.load(path).items():
                for name in killers:
                    case = known.get(name.partition(" as ")[0])
                    self.assertIn(mutant, case.kills if case else (), f"{mutant} / {name}")

    def test_the_golden_file_of_pairs_knows_every_mutant_that_a_case_names(self):
        golden = kill_matrix.load(kill_matrix.PAIRS)
        named = {(name, case.id) for case in pairs.load_all().values() for name in case.kills}
        self.assertEqual({(mutant, name.partition(" as ")[0]) for mutant, killers in golden.items() for name in killers}, named)


if __name__ == "__main__":
    unittest.main()
