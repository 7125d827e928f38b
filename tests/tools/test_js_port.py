"""tools/js_port: a machine without Node.js, or with an old one, builds everything else and is told why the port is missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def js_port(verb: str, build: Path, node: str, npm: str = "no-npm") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "BUILD": str(build), "NODE": node, "NPM": npm}
    return subprocess.run([str(ROOT / "tools/js_port"), verb], env=env, capture_output=True, text=True, timeout=120)


def fake(folder: Path, name: str, text: str) -> str:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return str(program)


def fake_node(folder: Path, version: str, loads: bool = True) -> str:
    """A `node` that says its version, and can or cannot load a package."""
    return fake(folder, "fake-node", f'case "$1" in --version) echo {version} ;; *) exit {0 if loads else 1} ;; esac')


@pytest.mark.parametrize(
    ("version", "loads", "npm", "why"),
    [
        ("", True, "exit 0", "Node.js is not installed (20 or newer is needed)"),
        ("v18.19.0", True, "exit 0", "Node.js 18.19.0 is too old, 20 is needed"),
        ("v22.1.0", True, "", "npm is not installed"),
        ("v22.1.0", True, "exit 1", "cannot be fetched"),
        ("v22.1.0", False, "exit 0", "zeromq has no binary for this machine"),
    ],
)
def test_what_is_missing_is_said_and_skipped(tmp_path: Path, version: str, loads: bool, npm: str, why: str) -> None:
    node = fake_node(tmp_path, version, loads) if version else str(tmp_path / "no-node")
    done = js_port("build", tmp_path, node, fake(tmp_path, "fake-npm", npm) if npm else str(tmp_path / "no-npm"))
    assert (done.returncode, "SKIP" in done.stdout, why in done.stdout) == (0, True, True), done
    suites = js_port("suites", tmp_path, node)
    assert suites.stdout.startswith("'skipped:interop/ports/js:") and why in suites.stdout


def test_a_port_that_was_built_is_tested(tmp_path: Path) -> None:
    done = js_port("build", tmp_path, fake_node(tmp_path, "v20.0.0"), fake(tmp_path, "fake-npm", 'test "$1" = ci'))
    assert (done.returncode, done.stdout) == (0, ""), done
    assert js_port("suites", tmp_path, "no-node").stdout == "conform:interop/ports/js/port.json\n"
