"""The README's programs are the ones that stand in examples/hello, and those say what the README says that they say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BUILD = Path(os.environ.get("SABIR_BUILD", ROOT / "build"))
SHOWN = re.findall(r"<!-- (examples/\S+) -->\n```\w+\n(.*?)```", README, re.S)
PROGRAMS = {
    "examples/hello/cpp/hello.cpp": [str(BUILD / "examples/hello/cpp/hello")],
    "examples/hello/c/hello.c": [str(BUILD / "examples/hello/c/hello")],
    "examples/hello/rust/hello.rs": [str(BUILD / "rust/release/hello")],
    "examples/hello/python/hello.py": [sys.executable, "examples/hello/python/hello.py"],
}


def test_every_language_has_its_program():
    assert {name for name, _ in SHOWN} == set(PROGRAMS)


@pytest.mark.parametrize(("name", "text"), SHOWN, ids=[name for name, _ in SHOWN])
def test_the_readme_shows_the_file_as_it_is(name, text):
    assert (ROOT / name).read_text() == text


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_program_runs_and_greets(name):
    run = subprocess.run(PROGRAMS[name], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (0, "Hello, Sabir!\n", "")


def test_the_two_commands_and_what_they_print_are_named():
    for words in ("make demo", "make test", "16 of 16 pairs passed"):
        assert words in README


def test_every_make_target_that_the_documents_name_exists():
    listing = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^  make (\S+)", listing, re.M))
    for document in ("README.md", "CONTRIBUTING.md", *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))):
        text = (ROOT / document).read_text()
        named = set(re.findall(r"(?:^|[`\n])make (?:[A-Z_]+=\S+ )*([a-z][a-z-]*)", text))
        assert named <= targets, f"{document} names {sorted(named - targets)}"
