"""What a run becomes: records, text, JUnit XML, Markdown, a badge, NDJSON; and what was stored is read back for what it is."""

import io
import json
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import harness_room
from harness import case as cases
from harness import dump, failure, profile, report_badge, report_html, report_junit, report_markdown, stored
from harness import manifest as manifests
from harness.case import Case, flat_steps
from harness.errors import UsageError
from harness.explain import explanation
from harness.ledger import SENT, Ledger
from harness.locate import offset_of
from harness.match import difference
from harness.progress import Bar, worth
from harness.record import run_object
from harness.report import Report
from harness.suite import Result, Run
from harness.trial import Failure

REFERENCE, run_harness = harness_room.REFERENCE, harness_room.run_harness

ENVELOPE = b'{"type":"T","target":"t","sender":{"name":"a","endpoint":"e"},"payload":{"l":[1,[5,6],{"k.x":2}],"\xc3\xa9":"y","z":9}}'


def result(name, verdict, why="", failed=None):
    found = Result(Case(name, "MUST", "L1", ("NUM-1",), "title <b>", "why | it `matters`", (), (), category="values"), verdict, why=why)
    found.ledger, found.failure, found.stderr = Ledger("cafe"), failed, ["last words \x1b[31m"] if failed else []
    found.ledger.note('{"type":"</script><b>"}', SENT, "A", "T → echo")
    return found


def failing(name="num.bad"):
    found = Failure("mismatch", difference({"z": "x"}, {"z": "y"}, "payload"), data=ENVELOPE)
    found.step = {"do": "expect", "peer": "A"}
    return result(name, "fail", found.why, found)


def record(*results, **faults):
    return run_object(Run(manifests.load(REFERENCE), 7, list(results), **faults), profile.load())


EVERY = [
    result("num.a", "pass"),
    failing(),
    result("num.c", "xfail", "known"),
    result("num.d", "flaky", "this time: pass"),
    result("num.e", "unsupported", "no"),
    result("num.f", "error", "the case is wrong"),
    result("num.g", "xpass", "passes"),
    result("num.h", "warn", "should"),
    result("num.i", "not-run"),
]
MATRIX = {
    "rounds": 1,
    "dialect": "v1",
    "pairs": 2,
    "passed": 1,
    "cells": [
        {"ping": "c", "pong": "c", "passed": True, "ms": 5, "messages": 2, "foul": None},
        {
            "ping": "c",
            "pong": "r",
            "passed": False,
            "ms": 5,
            "messages": 2,
            "foul": {"blamed": "r", "about": "values", "why": "emitted 1|0"},
        },
    ],
}


class Places(unittest.TestCase):
    def test_a_place_is_found_in_the_bytes(self):
        for place, wanted in (
            ("payload.z", b"9}}"),
            ("payload.l[1][1]", b"6]"),
            ("payload.l[2].k.x", b"2}]"),
            ("payload.é", b'"y"'),
            ("sender.name", b'"a"'),
            ("payload.none.k", b'{"l"'),
            ("type", b'"T"'),
        ):
            offset = offset_of(ENVELOPE, place)
            self.assertTrue(ENVELOPE[offset:].startswith(wanted), (place, ENVELOPE[offset : offset + 9]))

    def test_a_flat_envelope_has_the_same_places_by_other_names(self):
        data = b'{"sender_actor":"q","message":{"t":4}}'
        self.assertEqual([data[offset_of(data, place)] for place in ("payload.t", "sender.name")], [ord("4"), ord('"')])

    def test_what_is_not_there_is_the_beginning(self):
        for data, place in ((b"", "payload"), (b"\xff", "payload"), (b'{"a"', "b"), (ENVELOPE, "nowhere"), (ENVELOPE, "")):
            self.assertEqual(offset_of(data, place), 0)

    def test_a_caret_stands_under_the_byte_and_under_its_text(self):
        rows = list(dump.rows(ENVELOPE, 0, 70, len(ENVELOPE)))
        caret = next(index for index, row in enumerate(rows) if "^^" in row)
        above = rows[caret - 1]
        self.assertEqual(above[rows[caret].index("^^") :][:2], f"{ENVELOPE[70]:02x}")
        self.assertEqual(above[rows[caret].rindex("^")], chr(ENVELOPE[70]))
        self.assertTrue(rows[-1].endswith(f"{len(ENVELOPE)} bytes in all") or len(ENVELOPE) < 160)

    def test_a_window_of_a_large_message_keeps_its_addresses(self):
        data = bytes(5000)
        rows = list(dump.rows(data[900:4000], 900, 1000, 5000))
        self.assertRegex(rows[0], r"… \d+ bytes before")
        self.assertTrue(any(row.startswith("   3e0  ") for row in rows), rows)
        self.assertIn("5000 bytes in all", rows[-1])


class OneScreen(unittest.TestCase):
    def test_a_failure_says_what_one_needs(self):
        text = "\n".join(failure.lines(record(failing())["results"][0]))
        for word in (
            "NUM-1: An integer",
            "where    payload.z",
            'expected "x"',
            'seen     "y"',
            "at step  expect",
            "^^",
            "stderr   last words",
            "why      why | it",
            "replay   sabir conform replay ",
            "#num.bad@7",
        ):
            self.assertIn(word, text)
        self.assertLess(len(text.splitlines()), 24)
        self.assertNotIn("\x1b", text)  # the testee's last words do not reach the controls of whoever shows them

    def test_a_terminal_gets_a_bar_and_others_do_not(self):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        for stream, has_bar in ((Terminal(), True), (io.StringIO(), False)):
            report, run = Report(stream), record(*EVERY)
            report.begin("port", [1] * len(EVERY))
            for each in run["results"]:
                report.result(each)
            report.end(run)
            self.assertEqual(f"{len(EVERY)} of {len(EVERY)}" in stream.getvalue(), has_bar)
            self.assertEqual("\x1b" in stream.getvalue(), has_bar)
            self.assertNotIn("num.a ", stream.getvalue())  # a pass is worth no line
            self.assertIn("planned 9, executed 8, judged 7", stream.getvalue())
            self.assertNotIn("words \x1b", stream.getvalue())  # what a testee says does not reach the terminal's controls


class Progress(unittest.TestCase):
    def test_the_time_left_is_reckoned_in_what_the_steps_are_worth(self):
        now, stream = [0.0], io.StringIO()
        bar = Bar(stream, "port", [10, 30, 60], lambda: now[0])
        for at_s, words in ((0.0, "0 of 3"), (2.0, "1 of 3, about 18 s left"), (10.0, "2 of 3, about 15 s left"), (25.0, "3 of 3")):
            now[0] = at_s
            stream.truncate(0)
            bar.draw()
            self.assertTrue(stream.getvalue().endswith(words), stream.getvalue())
            bar.step()

    def test_starting_resting_and_repeating_are_worth_more_than_a_message(self):
        send = {"do": "send", "peer": "A"}
        for long in (
            [{"do": "start", "node": "n"}],
            [{"do": "pause", "ms": "500"}],
            [{**send, "repeat": "1000"}],
            [{"do": "each", "values": {"doubles": 200}, "steps": [send]}],
            [{"do": "each", "values": ["a"] * 50, "steps": [send]}],
        ):
            self.assertGreater(worth(long), worth([send]), long)
        self.assertGreater(worth([{**send, "repeat": "${n}"}]), 0)


class Forms(unittest.TestCase):
    def test_junit_has_every_case_and_nothing_looks_like_a_pass_that_is_none(self):
        root = ElementTree.fromstring(report_junit.text([record(*EVERY)], None).encode())
        self.assertEqual(
            {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")},
            {"tests": "10", "failures": "2", "errors": "3", "skipped": "3"},
        )
        passed = [case.get("name") for case in root.iter("testcase") if not list(case)]
        self.assertEqual(passed, ["num.a"])
        bad = next(case for case in root.iter("testcase") if case.get("name") == "num.bad")
        self.assertIn("replay   sabir conform replay", bad.find("failure").text)

    def test_junit_shows_a_run_that_did_not_begin(self):
        from harness.errors import NotReady

        root = ElementTree.fromstring(report_junit.text([record(result("num.a", "not-run"), refusal=NotReady("no READY"))], None).encode())
        whole = next(case for case in root.iter("testcase") if case.get("name") == "the run as a whole")
        self.assertIn("no READY", whole.find("error").get("message"))

    def test_junit_shows_the_matrix(self):
        root = ElementTree.fromstring(report_junit.text([], MATRIX).encode())
        self.assertEqual((root.get("tests"), root.get("failures")), ("2", "1"))

    def test_markdown_is_text_whatever_a_testee_says(self):
        text = report_markdown.text([record(*EVERY, faults=["left `x` | y"])], MATRIX)
        for word in (
            "## reference: NOT passed",
            "| category |",
            "left \\`x\\` \\| y",
            "<summary>❌ num.bad: title \\<b\\>",
            "1 of 2 pairs",
            "c → r values: **r** emitted 1\\|0",
        ):
            self.assertIn(word, text)
        noisy = result("num.n", "fail", "```` out of the fence")
        self.assertIn("`````\n", report_markdown.text([record(noisy)], None))

    def test_a_badge_shows_the_lowest_level_and_no_green_for_a_run_with_gaps(self):
        def badge(runs, matrix=None):
            value = json.loads(report_badge.text(runs, matrix))
            return value["message"], value["color"]

        run = record(result("num.a", "pass"))
        self.assertEqual(badge([run]), ("1 of 1", "yellow"))
        self.assertEqual(badge([{**run, "level": "L2"}]), ("L2 · 1.0", "brightgreen"))
        self.assertEqual(badge([{**run, "level": "L2"}, {**run, "level": "L1"}]), ("L1 · 1.0 · 2 ports", "green"))
        self.assertEqual(badge([{**run, "level": "L2"}, {**run, "exit_code": 5}]), ("incomplete", "lightgrey"))
        self.assertEqual(badge([record(failing())])[1], "red")
        self.assertEqual(badge([], MATRIX), ("1 of 2 pairs", "red"))

    def test_the_page_holds_its_data_and_asks_for_nothing(self):
        text = report_html.text([record(*EVERY)], MATRIX)
        island = text.partition('id="data">')[2].partition("</script>")[0]
        self.assertEqual(len(json.loads(island)["runs"][0]["results"]), len(EVERY))
        self.assertNotIn("<b>", island)
        for word in ("http://", "https://", "@import", "url("):
            self.assertNotIn(word, text.replace("http://www.w3.org/2000/svg", ""))


class Ring(unittest.TestCase):
    FOUL = {"blamed": "rust", "about": "order", "why": "lost it"}
    WHOLE = {**MATRIX, "pairs": 1, "passed": 1, "cells": MATRIX["cells"][:1], "ring": {"ports": ["c", "rust"], "foul": None}}
    BROKEN = {**WHOLE, "ring": {"ports": ["c", "rust"], "foul": FOUL}}

    def test_a_broken_ring_is_green_nowhere(self):
        self.assertEqual(json.loads(report_badge.text([], self.WHOLE))["color"], "brightgreen")
        self.assertEqual(json.loads(report_badge.text([], self.BROKEN))["color"], "red")
        self.assertIn("ring order: **rust** lost it", report_markdown.text([], self.BROKEN))
        for matrix, failures in ((self.WHOLE, "0"), (self.BROKEN, "1")):
            root = ElementTree.fromstring(report_junit.text([], matrix).encode())
            self.assertEqual((root.get("tests"), root.get("failures")), ("2", failures))


class Stored(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, text):
        path = self.folder / "result"
        path.write_text(text)
        return path

    def test_every_form_comes_from_one_run_and_the_stored_ones_give_the_same_report(self):
        paths = {form: self.folder / form for form in ("json", "ndjson", "junit", "markdown", "badge", "html")}
        done = run_harness(
            "conform",
            REFERENCE,
            "--case",
            "env.min*",
            "--case",
            "num.minus-zero",
            *(word for form, path in paths.items() for word in (f"--{form}", path)),
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for source in ("json", "ndjson"):
            again = self.folder / f"again-{source}"
            made = run_harness("conform", "report", paths[source], "--markdown", again)
            self.assertEqual((made.returncode, again.read_text()), (0, paths["markdown"].read_text()), made.stderr)
        events = [json.loads(line)["event"] for line in paths["ndjson"].read_text().splitlines()]
        self.assertEqual(events, ["run", "case", "case", "end"])
        self.assertEqual(ElementTree.parse(paths["junit"]).getroot().get("tests"), "3")

    def test_a_stream_that_was_cut_off_is_incomplete(self):
        events = [
            {"event": "run", "port": "p", "seed": 1, "planned": 2},
            {"event": "case", "port": "p", **record(result("num.a", "pass"))["results"][0]},
        ]
        (run,), _matrix = stored.load(self.file("\n".join(map(json.dumps, events))))
        self.assertEqual((run["exit_code"], len(run["results"])), (5, 1))
        self.assertIn("ends before", run["gaps"][0])

    def test_a_matrix_comes_back_and_what_was_not_played_has_not_passed(self):
        events = [{"event": "matrix", "pairs": 4, "rounds": 1, "dialect": "v1"}, *({"event": "cell", **cell} for cell in MATRIX["cells"])]
        _runs, matrix = stored.load(self.file("\n".join(map(json.dumps, events))))
        self.assertEqual((matrix["pairs"], matrix["passed"], len(matrix["cells"])), (4, 1, 2))
        self.assertEqual(stored.load(self.file(json.dumps(MATRIX)))[1], MATRIX)
        events.append({"event": "ring", **Ring.BROKEN["ring"]})
        _runs, matrix = stored.load(self.file("\n".join(map(json.dumps, events))))
        self.assertEqual(matrix["ring"]["foul"], Ring.FOUL)

    def test_the_matrix_writes_every_form(self):
        paths = {form: self.folder / form for form in ("json", "ndjson", "junit", "markdown", "badge", "html")}
        done = run_harness("matrix", REFERENCE, "--rounds", "5", *(word for form, path in paths.items() for word in (f"--{form}", path)))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(json.loads(paths["badge"].read_text())["message"], "1 of 1 pairs")
        self.assertIn("✅", paths["markdown"].read_text())
        record = json.loads(paths["json"].read_text())
        self.assertIn("--rounds 5 --dialect v1", record["cells"][0]["replay"])
        self.assertEqual(stored.load(paths["ndjson"])[1]["cells"][0]["messages"], record["cells"][0]["messages"])

    def test_several_ports_are_one_run_and_the_worst_of_them_decides(self):
        broken = self.folder / "port.json"
        broken.write_text(json.dumps({**json.loads(REFERENCE.read_text()), "name": "broken", "cmd": ["false"]}))
        path = self.folder / "both.json"
        done = run_harness("conform", REFERENCE, broken, "--case", "env.minimal", "--json", path)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        good, bad = json.loads(path.read_text())["runs"]
        self.assertEqual((good["exit_code"], bad["exit_code"]), (0, 4))
        self.assertIn("without a READY line", bad["refusal"])
        self.assertEqual([result["verdict"] for result in bad["results"]], ["not-run"])

    def test_what_is_no_result_is_refused(self):
        for text in (
            "",
            "[]",
            "{",
            '{"port": "x"}',
            '{"event": "case"}',
            '{"runs": [{}]}',
            '{"event": "matrix"}',
            '{"event": "run", "port": "p", "seed": 1, "planned": 1}\n[]',
        ):
            with self.subTest(text), self.assertRaises(UsageError):
                stored.load(self.file(text))
        self.assertEqual(run_harness("conform", "report", self.folder / "none", "--badge", "-").returncode, 2)

    def test_two_results_of_one_port_are_refused(self):
        path = self.file(json.dumps(record(result("num.a", "pass"))))
        done = run_harness("conform", "report", path, path, "--badge", "-")
        self.assertEqual((done.returncode, "two of the results are of the port reference" in done.stderr), (2, True))

    def test_only_one_form_can_go_to_standard_output(self):
        done = run_harness("conform", REFERENCE, "--case", "env.minimal", "--json", "-", "--badge", "-")
        self.assertEqual((done.returncode, "only one result" in done.stderr), (2, True))


class Explaining(unittest.TestCase):
    def test_every_case_can_be_explained_with_its_bytes(self):
        for each in cases.load_all().values():
            text = "\n".join(explanation(each, profile.load()))
            self.assertIn(each.title, text)
            sends = any(step["do"] in ("send", "raw", "burst") for step in flat_steps(each.steps))
            self.assertEqual("    0  " in text or "(no bytes)" in text, sends, each.id)


class Replay(unittest.TestCase):
    def test_the_line_of_a_failure_repeats_it(self):
        with tempfile.TemporaryDirectory() as folder:
            manifest = json.loads(REFERENCE.read_text())
            manifest["cmd"] = ["python3", str(REFERENCE.parent / "port.py"), "--mutant", "exponent-for-ints"]
            (Path(folder) / "port.json").write_text(json.dumps(manifest))
            done = run_harness("conform", folder, "--case", "num.usec-timestamp", "--json", "-")
            line = json.loads(done.stdout)["results"][0]["replay"].removeprefix("sabir conform replay ").strip("'")
            again = run_harness("conform", "replay", line)
        self.assertEqual(again.returncode, 1, again.stderr)
        for word in ("seen     1.7850000000000000e+15", "transcript:", "A > {", "A < {"):
            self.assertIn(word, again.stdout)

    def test_what_passes_by_itself_says_so(self):
        done = run_harness("conform", "replay", f"{REFERENCE}#env.minimal@3")
        self.assertEqual((done.returncode, "It passed by itself" in done.stdout), (0, True), done.stderr)

    def test_a_wrong_line_ends_with_2(self):
        for line in ("x", "port.json#env.minimal", f"{REFERENCE}#env.minimal@x", f"{REFERENCE}#no.case@1", "#a@1"):
            with self.subTest(line):
                self.assertEqual(run_harness("conform", "replay", line).returncode, 2)


if __name__ == "__main__":
    unittest.main()
