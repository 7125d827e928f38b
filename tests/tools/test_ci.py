""".ci/run with a make that only pretends: every step is tried, a failure shows in the sum and in the exit code."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, failing: str, figures: str = "5 passed, 0 failed, 1 skipped") -> subprocess.CompletedProcess[str]:
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    (folder / "bin").mkdir()
    make = folder / "bin/make"
    make.write_text(
        f'#!/bin/sh\necho "$WERROR $*" >>calls\ncase "$*" in test) echo "{figures}";; esac\n'
        f'case "$*" in {failing}) echo "no reason but $*"; exit 2;; esac\n'
    )
    make.chmod(0o755)
    return subprocess.run(
        [folder / ".ci/run"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
    )


def test_all_steps_run_with_warnings_as_errors_and_the_last_line_is_the_sum(tmp_path):
    done = run(tmp_path, failing="nothing")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "5 passed, 0 failed, 1 skipped"), done.stdout
    calls = (tmp_path / "calls").read_text()
    assert calls and all(line.startswith("1 ") for line in calls.splitlines())
    for words in ("test", "abi", "lint", "asan", "tsan", "docs", "mutants"):
        assert words in calls


@pytest.mark.parametrize("failing", ["*asan", "*tsan", "abi", "lint", "docs", "'mutants '*"])
def test_a_step_that_fails_is_one_more_failure_and_the_others_still_run(tmp_path, failing):
    done = run(tmp_path, failing)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "5 passed, 1 failed, 1 skipped"), done.stdout
    assert done.stdout.count("no reason but") == 1  # what a step says is shown only when it fails
    assert "mutants" in (tmp_path / "calls").read_text()


def test_failures_of_make_test_are_counted_once(tmp_path):
    done = run(tmp_path, "test", "5 passed, 2 failed, 0 skipped")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "5 passed, 2 failed, 0 skipped")


def test_a_make_test_that_says_nothing_is_a_failure(tmp_path):
    done = run(tmp_path, "test", "")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "0 passed, 1 failed, 0 skipped")
