"""`pytest --sabir-port`: every case an item, strict lists, one item for the run as a whole."""

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

CONFORMANCE = Path(__file__).resolve().parents[2] / "conformance"
MUTANT, CASE = "exponent-for-ints", "num.usec-timestamp"
MESSAGE = "payload.t: expected the token 1785000000000000, seen 1.7850000000000000e+15"


@pytest.fixture
def port(tmp_path):
    """Writes the manifest of the reference port, with a fault if one is named, and says where."""

    def write(*mutant, **change):
        manifest = json.loads((CONFORMANCE / "mutants/port.json").read_text())
        arguments = ["--mutant", *mutant] if mutant else []
        manifest = {**manifest, "cmd": ["python3", str(CONFORMANCE / "mutants/port.py"), *arguments], **change}
        (tmp_path / "port.json").write_text(json.dumps(manifest))
        return tmp_path / "port.json"

    return write


@pytest.fixture
def run(tmp_path):
    """Runs pytest with the plugin in a folder of its own; the finished process."""

    def pytest_(*arguments):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "harness.pytest_plugin", *map(str, arguments)]
        env = {**os.environ, "PYTHONPATH": str(CONFORMANCE), "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return subprocess.run(command, cwd=tmp_path, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    return pytest_


def test_every_case_is_an_item_and_the_run_is_one_more(run, port, tmp_path):
    done = run("--sabir-port", port(), "-k", "env.minimal or num.minus-zero", "-v", "--junitxml", "out.xml")
    assert done.returncode == 0, done.stdout
    assert "port.json::env.minimal PASSED" in done.stdout
    names = [case.get("name") for case in ElementTree.parse(tmp_path / "out.xml").getroot().iter("testcase")]
    assert names == ["env.minimal", "num.minus-zero", "run"]


def test_ids_levels_and_folders_select(run, port):
    listed = run("--sabir-port", port().parent, "--sabir-level", "L0", "--collect-only", "-q").stdout.split("\n\n")[0].splitlines()
    assert all(line.startswith("port.json::") for line in listed)
    assert 3 < len(listed) < 30
    assert listed[-1] == "port.json::run"
    one = run("port.json::env.minimal", "--sabir-port", "port.json", "--collect-only", "-q").stdout
    assert one.splitlines()[:2] == ["port.json::env.minimal", "port.json::run"]


def test_other_tests_run_beside_it(run, port, tmp_path):
    (tmp_path / "test_other.py").write_text("def test_other(): pass\n")
    done = run("test_other.py", "--sabir-port", port(), "-k", "other or env.minimal", "-v")
    assert ("test_other.py::test_other PASSED" in done.stdout, "env.minimal PASSED" in done.stdout) == (True, True)
    assert "run PASSED" in done.stdout


def test_a_failure_is_told_on_one_screen(run, port):
    done = run("--sabir-port", port(MUTANT), "-k", CASE)
    assert done.returncode == 1
    for words in ("NUM-1: An integer", "expected the token 1785000000000000", "^^", "replay   sabir conform replay "):
        assert words in done.stdout
    assert "Traceback" not in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_lists_are_strict(run, port, tmp_path):
    entry = {"reason": "prints doubles", "issue": "#1", "message": MESSAGE}
    for mutant, entries, words in (
        ([MUTANT], {"failing": {CASE: entry}}, "1 passed, 1 xfailed"),
        ([], {"failing": {CASE: entry}}, "[XPASS(strict)] xpass: num.usec-timestamp"),
        ([MUTANT], {"failing": {CASE: {**entry, "message": "something else"}}}, "fails otherwise than the list says"),
        ([], {"flaky": {CASE: {"reason": "races", "issue": "#2"}}}, "1 passed, 1 skipped"),
    ):
        (tmp_path / "known.json").write_text(json.dumps(entries))
        done = run("--sabir-port", port(*mutant, lists="known.json"), "-k", CASE)
        assert words in re.sub(r", \d+ deselected", "", done.stdout), done.stdout


def test_what_a_port_does_not_have_is_skipped(run, port, tmp_path):
    case = json.loads((CONFORMANCE / "cases/envelope/minimal.json").read_text())
    (tmp_path / "cases/life").mkdir(parents=True)
    (tmp_path / "cases/life/minimal.json").write_text(json.dumps({**case, "needs": ["ipc"]}))
    done = run("--sabir-port", port(), "--sabir-cases", "cases", "-rs")
    assert "the port does not have ipc" in done.stdout
    assert "1 passed, 1 skipped" in done.stdout


def test_a_port_that_is_not_ready_fails_every_case_in_the_same_words(run, port):
    done = run("--sabir-port", port(cmd=["sh", "-c", "echo boo >&2; exit 7"]), "-k", "env.minimal or num.minus-zero")
    assert done.returncode == 1
    words = "NotReady: reference: ended with code 7 without a READY line; it said: boo"
    assert done.stdout.count(words) >= 3  # pytest says it twice where CI is set


def test_what_no_case_can_see_fails_the_run(run, port):
    done = run("--sabir-port", port("leaves-a-child"), "-k", "env.minimal", "-v")
    assert "env.minimal PASSED" in done.stdout
    assert "run FAILED" in done.stdout
    assert "left processes behind" in done.stdout


def test_a_wrong_manifest_or_list_is_an_error_of_collection(run, port, tmp_path):
    (tmp_path / "known.json").write_text('{"failing": {"no.case": {}}}')
    for path in (port(name=""), port(lists="known.json")):
        done = run("--sabir-port", path)
        assert done.returncode == 2
        assert "name has to be" in done.stdout or "there is no such case" in done.stdout


def test_installed_with_pip_the_option_is_there_without_more_words(port, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(CONFORMANCE, source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        "--no-build-isolation",
        "--no-deps",
    ]
    subprocess.run([*pip, "--target", target, source], check=True, timeout=120)
    env = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--sabir-port", port(), "-k", "env.minimal"], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    told = subprocess.run([target / "bin/sabir-conform", "explain", "env.minimal"], env=env, capture_output=True, text=True, timeout=60)
    assert "env.minimal (MUST" in told.stdout, told.stderr
