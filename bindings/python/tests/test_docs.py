"""The programs of the documents run as they stand there, and print what stands below them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sabir import _errors
from support import TREE

PROGRAM = re.compile(r"(?<!-->\n)```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.S)
GUIDE = TREE / "docs" / "guide" / "python.md"
REFERENCE = TREE / "docs" / "reference" / "python.md"
README = TREE / "bindings" / "python" / "README.md"


def programs(path: Path) -> list[tuple[str, str]]:
    return PROGRAM.findall(path.read_text())


@pytest.mark.parametrize("number", range(len(programs(GUIDE))))
def test_a_program_of_the_guide_prints_what_it_says(number: int, tmp_path: Path) -> None:
    program, output = programs(GUIDE)[number]
    assert output, "a program without its output"
    assert run(program, tmp_path) == output


def test_the_program_of_the_readme_runs(tmp_path: Path) -> None:
    ((program, _),) = programs(README)
    assert run(program, tmp_path) == "42\n"


def run(program: str, folder: Path) -> str:
    file = folder / "program.py"
    file.write_text(program)
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_reference_lists_every_error() -> None:
    rows = re.findall(r"^\| `(\w+SabirError)` \| `(\w+)`: (.*?) \|", REFERENCE.read_text(), re.M)
    table = sorted(_errors.ERRORS.values(), key=lambda error: -error.code)
    assert rows == [(error.__name__, error.name, error.text) for error in table]


def test_the_reference_names_everything_that_is_exported() -> None:
    import sabir

    text = REFERENCE.read_text()
    assert [name for name in sabir.__all__ if f"`{name}" not in text and f"`@{name}" not in text] == []
