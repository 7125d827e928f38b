"""Steadiness: rounds differ in their order, and a verdict that differs is told."""

import json
import multiprocessing
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

import harness_room
from harness import case as cases
from harness import manifest as manifests
from harness.steady import busy_cpus, differences, rounds
from harness.suite import select


def run_of(verdicts, faults=()):
    results = [SimpleNamespace(case=SimpleNamespace(id=case_id), verdict=verdict, why="") for case_id, verdict in verdicts.items()]
    return SimpleNamespace(results=results, faults=list(faults), gaps=[])


class Steadiness(unittest.TestCase):
    def test_equal_rounds_have_no_differences(self):
        self.assertEqual(list(differences([run_of({"a": "pass", "b": "fail"}), run_of({"b": "fail", "a": "pass"})])), [])

    def test_a_verdict_that_changes_and_a_run_that_is_not_whole_are_told(self):
        found = list(differences([run_of({"a": "pass"}), run_of({"a": "warn"}, ["left a child behind"])]))
        self.assertEqual(found, ["round 2: left a child behind", "a: pass in round 1; warn in round 2"])

    def test_rounds_run_all_cases_in_another_order(self):
        chosen = select(cases.load_all(), ("env.dup-*",))
        done = list(rounds(manifests.load(harness_room.REFERENCE), chosen, 2, seed=3, load=0))
        orders = [[result.case.id for result in run.results] for run in done]
        self.assertEqual(sorted(orders[0]), sorted(orders[1]))
        self.assertNotEqual(orders[0], orders[1])
        self.assertEqual([run.exit_code for run in done], [0, 0])

    def test_what_did_not_pass_is_said_at_once(self):
        manifest = json.loads(harness_room.REFERENCE.read_text())
        manifest["cmd"] = ["python3", str(harness_room.REFERENCE.with_name("port.py")), "--mutant", "dup-last-wins"]
        with tempfile.TemporaryDirectory() as folder:
            port = Path(folder) / "port.json"
            port.write_text(json.dumps(manifest))
            done = harness_room.run_harness("steady", port, "--rounds", "1", "--load", "0", "--case", "env.dup-target")
        self.assertIn("round 1 of 1: 0 of 1 passed\n    fail env.dup-target: ", done.stdout)

    def test_nobody_keeps_the_cpus_busy_afterwards(self):
        with busy_cpus(2):
            self.assertEqual(len(multiprocessing.active_children()), 2)
        self.assertEqual(multiprocessing.active_children(), [])


if __name__ == "__main__":
    unittest.main()
