"""The adding-up of results: a suite that says nothing, lies or dies is never counted as success."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import suites  # noqa: E402

TAP = "1..4\nok 1 - a\nnot ok 2 - b\n# 1 != 2\nnot ok 3 # SKIP c\nok 4 - d\n# not ok - group\n"


def test_tap_of_cmocka_is_read_with_its_odd_skips():
    assert suites.read_tap(TAP) == suites.Results(2, 1, 1)


def test_tap_of_two_groups_adds_up():
    assert suites.read_tap("1..1\nok 1 - a\n1..1\nok 1 - b\n") == suites.Results(2, 0, 0)


def test_a_plan_that_was_not_kept_is_a_fault():
    assert suites.read_tap("1..3\nok 1 - a\n").fault == "3 tests planned, 1 judged"


def test_a_group_setup_that_failed_is_a_failure():
    assert suites.read_tap("1..2\nnot ok 0 - two [  FAILED  ] GROUP SETUP\n").failed == 1


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("[doctest] test cases:  9 |  7 passed | 2 failed | 1 skipped\n", suites.Results(7, 2, 1)),
        (
            "[doctest] test cases: 10 | 10 passed | 0 failed | 0 skipped\n[doctest] assertions: 3 | 3 passed | 0 failed |\n",
            suites.Results(10),
        ),
        ("[doctest] test cases: 3 | 1 passed | 1 failed | 0 skipped\n", suites.Results(1, 1, 0, "3 tests ran, 2 judged")),
        ("Segmentation fault\n", suites.Results(fault="no summary")),
    ],
)
def test_doctest_s_summary_is_read(text, results):
    assert suites.read_doctest(text) == results


def test_cargo_s_lines_add_up():
    text = (
        "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n"
        "test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out\n"
    )
    assert suites.read_cargo(text) == suites.Results(5, 4, 1)


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("Ran 4 tests in 0.1s\n\nOK\n", suites.Results(4)),
        ("Ran 4 tests in 0.1s\n\nOK (skipped=1)\n", suites.Results(3, 0, 1)),
        ("Ran 9 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=3)\n", suites.Results(3, 3, 3)),
        ("Traceback\n", suites.Results(fault="no summary")),
    ],
)
def test_unittest_s_summary_is_read(text, results):
    assert suites.read_unittest(text) == results


def test_a_junit_report_is_read(tmp_path):
    report = tmp_path / "r.xml"
    report.write_text(
        '<testsuites><testsuite><testcase name="a"/><testcase name="b"><failure/></testcase>'
        '<testcase name="c"><skipped/></testcase><testcase name="d"><error/></testcase></testsuite></testsuites>'
    )
    assert suites.junit_reader(report)("") == suites.Results(1, 2, 1)


def test_a_missing_report_is_a_fault(tmp_path):
    assert suites.junit_reader(tmp_path / "none.xml")("").fault.startswith("no report")


def test_a_conformance_report_is_read(tmp_path):
    report = tmp_path / "r.json"
    verdicts = ["pass", "pass", "fail", "warn", "xpass", "unsupported", "xfail", "flaky"]
    report.write_text(json.dumps({"planned": 8, "judged": 8, "results": [{"verdict": verdict} for verdict in verdicts]}))
    assert suites.conform_reader(report)("") == suites.Results(2, 3, 3)


def test_a_conformance_run_that_judged_less_than_planned_is_a_fault(tmp_path):
    report = tmp_path / "r.json"
    report.write_text(json.dumps({"planned": 2, "judged": 1, "results": [{"verdict": "pass"}]}))
    assert suites.conform_reader(report)("").fault == "2 cases planned, 1 judged"


@pytest.mark.parametrize(
    ("results", "code", "fault"),
    [
        (suites.Results(), 0, "ran nothing"),
        (suites.Results(3), 1, "exit code 1"),
        (suites.Results(3), -11, "killed by signal 11"),
        (suites.Results(3, 0, 0, "4 tests planned, 3 judged"), 0, "4 tests planned, 3 judged"),
    ],
)
def test_what_cannot_be_trusted_is_one_more_failure(results, code, fault):
    judged = suites.judge(results, "", code)
    assert (judged.failed, judged.fault) == (1, fault)


def test_failures_with_their_exit_code_are_counted_once():
    assert suites.judge(suites.Results(3, 2), "", 1) == suites.Results(3, 2)


def suite_of(script: str) -> suites.Suite:
    return suites.Suite("x", [sys.executable, "-c", script], suites.read_tap, {})


def test_a_suite_that_hangs_is_killed_with_its_children():
    hangs = (
        "import subprocess, sys; print('1..1', flush=True);"
        "subprocess.run([sys.executable, '-c', 'import threading; threading.Event().wait()'])"
    )
    assert suites.run(suite_of(hangs), 1).fault == "killed after 1 s"


def test_a_suite_that_cannot_be_started_is_a_failure():
    assert suites.run(suites.Suite("x", ["./there/is/no/such"], suites.read_tap, {}), 5).failed == 1


def test_the_last_line_and_the_exit_code_say_the_sum(tmp_path):
    for name, verdict in {"good": "ok 1 - a", "bad": "not ok 1 - a"}.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho 1..1\necho '{verdict}'\n")
        program.chmod(0o755)
    for names, last, code in (
        (["good"], "1 passed, 0 failed, 0 skipped", 0),
        (["good", "bad"], "1 passed, 1 failed, 0 skipped", 1),
        ([], "0 passed, 0 failed, 0 skipped", 1),
    ):
        run = subprocess.run(
            [ROOT / "tools/test_summary", *(f"tap:{tmp_path / name}" for name in names)],
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", "SABIR_BUILD": str(tmp_path)},
        )
        assert (run.stdout.splitlines()[-1], run.returncode) == (last, code), run.stdout + run.stderr


def test_one_stream_does_not_fall_into_the_lines_of_the_other():
    script = "import os\nos.write(1, b'1..2\\nok 1 - a\\nok ')\nos.write(2, b'a log line\\nand a half')\nos.write(1, b'2 - b\\n')\n"
    assert suites.run(suite_of(script), 10) == suites.Results(2)


def test_a_suite_that_failed_is_shown_again_at_the_end(tmp_path):
    program = tmp_path / "suite"
    program.write_text("#!/bin/sh\necho 1..1; echo the reason >&2; echo not ok 1 - a; exit 1\n")
    program.chmod(0o755)
    words = [ROOT / "tools/test_summary", f"tap:{program}", "tap:true"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    table = done.stdout.index("passed  failed")
    assert done.returncode == 1 and done.stdout[:table].count("the reason") == 2
    assert done.stdout.endswith("0 passed, 2 failed, 0 skipped\n")


def test_go_s_tests_are_counted_without_their_subtests():
    text = (
        "=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/sub (0.00s)\n"
        "--- FAIL: TestB (0.01s)\n--- SKIP: TestC (0.00s)\nFAIL\n"
    )
    assert suites.read_go(text) == suites.Results(1, 1, 1)


def test_what_cannot_be_tested_here_is_skipped_with_its_reason(tmp_path, capsys):
    suite = suites.make("skipped:a/port:Go is not installed: really", tmp_path, [])
    assert suites.run(suite, 10) == suites.Results(skipped=1)
    assert "skipped: Go is not installed: really" in capsys.readouterr().out


def test_what_is_tested_does_not_ignore_the_signals_that_the_caller_ignores(tmp_path):
    program = tmp_path / "suite"
    program.write_text(
        f"#!{sys.executable}\nimport signal\nprint('1..3')\n"
        "for i, number in enumerate((signal.SIGINT, signal.SIGQUIT, signal.SIGHUP), 1):\n"
        "    print('not ok' if signal.getsignal(number) is signal.SIG_IGN else 'ok', i, '-', number.name)\n"
    )
    program.chmod(0o755)
    deaf = "trap '' INT QUIT HUP; exec \"$@\""
    done = subprocess.run(
        ["sh", "-c", deaf, "sh", ROOT / "tools/test_summary", f"tap:{program}"], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout.endswith("3 passed, 0 failed, 0 skipped\n"), done.stdout
