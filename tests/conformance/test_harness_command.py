"""The command line: exit codes, what is said to whom, and that nothing ends in a traceback."""

import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness_room import REFERENCE, ROOM, run_harness


class Conform(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def manifest(self, **change):
        path = self.folder / "port.json"
        good = json.loads(REFERENCE.read_text())
        good["cmd"][1] = str(ROOM / "mutants" / "port.py")
        path.write_text(json.dumps({key: item for key, item in {**good, **change}.items() if item is not ...}))
        return path

    def assert_ends(self, code, done, *words):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)

    def test_a_right_port_passes(self):
        done = run_harness("conform", REFERENCE, "--level", "L0")
        self.assert_ends(0, done)
        self.assertRegex(done.stdout, r"planned ([1-9]\d*), executed \1, judged \1: \1 pass \(seed \d+\)\n\Z")

    def test_a_wrong_port_fails_and_the_reader_learns_why(self):
        done = run_harness("conform", self.manifest(cmd=["python3", str(ROOM / "mutants/port.py"), "--mutant", "exponent-for-ints"]),
                           "--case", "num.usec-timestamp")
        self.assert_ends(1, done, "NUM-1: An integer in the range", "expected the token 1785000000000000",
                         "1.7850000000000000e+15", "^^", "replay   sabir conform replay ", "judged 1: 1 fail")

    def test_a_wrong_command_line_or_manifest_ends_with_2(self):
        for change in ({"name": ...}, {"cmd": ...}, {"cmd": "x"}, {"cmd": []}, {"features": ["magic"]}, {"features": "x"},
                       {"env": {"A": 1}}, {"more": 1}, {"name": ""}, {"build": [1]}):
            with self.subTest(change):
                self.assert_ends(2, run_harness("conform", self.manifest(**change)), str(self.folder))
        for arguments in ((), ("conform",), ("dance",), ("conform", REFERENCE, "--level", "L9"), ("conform", "no/such.json"),
                          ("conform", REFERENCE, "--json", "/no/such/folder/x"), ("conform", REFERENCE, "--cases", self.folder)):
            with self.subTest(arguments):
                self.assert_ends(2, run_harness(*arguments))

    def test_a_testee_that_is_not_ready_ends_with_4(self):
        for cmd, words in ((["/no/such/program"], "cannot be started"), (["sh", "-c", "echo boo >&2; exit 7"], "it said: boo"),
                           (["sh", "-c", "echo READY {}"], "READY line is wrong")):
            with self.subTest(cmd):
                self.assert_ends(4, run_harness("conform", self.manifest(cmd=cmd)), words)
        self.assert_ends(4, run_harness("conform", self.manifest(build=["sh", "-c", "echo broken; exit 1"])), "broken")

    def test_a_run_of_nothing_ends_with_5(self):
        self.assert_ends(5, run_harness("conform", REFERENCE, "--case", "nothing.*"), "nothing.*")

    def test_json_goes_to_a_file_or_to_standard_output_alone(self):
        done = run_harness("conform", REFERENCE, "--case", "env.minimal", "--json", "-", "--seed", "7")
        record = json.loads(done.stdout)
        self.assertEqual((record["planned"], record["judged"], record["exit_code"], record["seed"]), (1, 1, 0, 7))
        self.assertEqual(record["results"][0]["verdict"], "pass")
        self.assertTrue(record["results"][0]["evidence"] and record["results"][0]["transcript"])
        target = self.folder / "result.json"
        self.assertIn("1 pass", run_harness("conform", REFERENCE, "--case", "env.minimal", "--json", target).stdout)
        self.assertEqual(json.loads(target.read_text())["results"][0]["case"], "env.minimal")

    def test_a_shuffled_run_has_all_cases_in_an_order_that_the_seed_decides(self):
        def order(seed):
            done = run_harness("conform", REFERENCE, "--case", "num.*", "--shuffle", "--seed", seed, "--json", "-")
            return [result["case"] for result in json.loads(done.stdout)["results"]]

        self.assertEqual(order(1), order(1))
        self.assertNotEqual(order(1), order(2))
        self.assertEqual(sorted(order(1)), sorted(order(2)))

    def test_the_manifest_s_environment_reaches_the_testee(self):
        show = ["sh", "-c", "echo \"$GREETING in $(pwd)\" >&2; exit 1"]
        done = run_harness("conform", self.manifest(cmd=show, env={"GREETING": "hello"}))
        self.assert_ends(4, done, f"hello in {self.folder.resolve()}")


class Reading(unittest.TestCase):
    def test_cases_are_listed_and_explained(self):
        listed = run_harness("conform", "list")
        self.assertIn("env.dup-target", listed.stdout)
        told = run_harness("conform", "explain", "env.dup-target")
        for word in ("ENV-4: A duplicate key", "cJSON", "dup-first-wins", "send: "):
            self.assertIn(word, told.stdout)
        helped = run_harness("conform", "--help").stdout
        for verb in ("list", "explain", "replay", "report"):
            self.assertIn(f"harness conform {verb} ", helped)
            self.assertIn(f"usage: harness conform {verb} ", run_harness("conform", verb, "--help").stdout)
        misspelt = run_harness("conform", "explian", "env.minimal")
        self.assertEqual((misspelt.returncode, "did you mean explain?" in misspelt.stderr), (2, True))
        unknown = run_harness("conform", "explain", "env.dup-targets")
        self.assertEqual((unknown.returncode, "did you mean env.dup-target?" in unknown.stderr), (2, True))


class Launchers(unittest.TestCase):
    def test_they_find_the_harness_beside_them_through_a_link_and_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            link = Path(folder) / "build" / "bin" / "sabir-conform"
            link.parent.mkdir(parents=True)
            link.symlink_to(ROOM / "bin" / "sabir-conform")
            installed = Path(folder) / "libexec" / "sabir" / "sabir-matrix"
            installed.parent.mkdir(parents=True)
            shutil.copy(ROOM / "bin" / "sabir-matrix", installed)
            package = Path(folder) / "share" / "sabir" / "conformance" / "harness"
            shutil.copytree(ROOM / "harness", package, ignore=shutil.ignore_patterns("__pycache__"))
            for program, word in ((ROOM / "bin" / "sabir-conform", "conform"), (ROOM / "bin" / "sabir-doctor", "PORT.json"),
                                  (link, "conform"), (installed, "matrix")):
                done = subprocess.run([program, "--help"], capture_output=True, text=True)
                self.assertEqual((done.returncode, word in done.stdout), (0, True), done.stderr)

    def test_without_the_harness_they_say_where_they_looked(self):
        with tempfile.TemporaryDirectory() as folder:
            lonely = Path(folder) / "a" / "b" / "sabir-conform"
            lonely.parent.mkdir(parents=True)
            shutil.copy(ROOM / "bin" / "sabir-conform", lonely)
            done = subprocess.run([lonely, "x"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 3)
            self.assertIn(str(lonely.parent.parent), done.stderr)


if __name__ == "__main__":
    unittest.main()
