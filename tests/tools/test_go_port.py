"""tools/go_port: a machine without Go, or with an old one, builds everything else and is told why the port is missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def go_port(verb: str, build: Path, go: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "BUILD": str(build), "GO": go}
    return subprocess.run([str(ROOT / "tools/go_port"), verb], env=env, capture_output=True, text=True, timeout=120)


def fake_go(folder: Path, version: str, modules: bool) -> str:
    """A `go` that says its version, and can or cannot get modules."""
    program = folder / "fake-go"
    mod = f"exit {0 if modules else 1}"
    program.write_text(f'#!/bin/sh\ncase "$1" in env) echo {version} ;; mod) {mod} ;; *) echo "$@" >&2; exit 7 ;; esac\n')
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(
    ("version", "modules", "why"),
    [
        ("", True, "Go is not installed"),
        ("go1.19.8", True, "Go 1.19.8 is too old, 1.21 is needed"),
        ("go1.26rc1", False, "cannot be fetched"),
    ],
)
def test_what_is_missing_is_said_and_skipped(tmp_path: Path, version: str, modules: bool, why: str) -> None:
    go = fake_go(tmp_path, version, modules) if version else str(tmp_path / "no-go")
    done = go_port("build", tmp_path, go)
    assert (done.returncode, "SKIP" in done.stdout, why in done.stdout) == (0, True, True), done
    suites = go_port("suites", tmp_path, go)
    assert suites.stdout.startswith("'skipped:interop/ports/go:") and why in suites.stdout


def test_a_build_that_fails_is_no_skip(tmp_path: Path) -> None:
    done = go_port("build", tmp_path, fake_go(tmp_path, "go1.21", True))
    assert done.returncode == 7 and "build" in done.stderr


def test_a_port_that_was_built_is_tested(tmp_path: Path) -> None:
    testee = tmp_path / "interop/ports/go/testee"
    testee.parent.mkdir(parents=True)
    testee.touch(mode=0o755)
    assert go_port("suites", tmp_path, "no-go").stdout == "conform:interop/ports/go/port.json go:interop/ports/go\n"
