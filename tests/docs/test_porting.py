"""docs/porting.md names cases, verbs and sentences that exist: a guide that quotes what nobody says leads nowhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/porting.md").read_text()
IDS = {case.split()[0] for case in subprocess.run(
    [sys.executable, "-m", "harness", "list"], cwd=ROOT / "conformance", capture_output=True, text=True, check=True
).stdout.splitlines()}


def test_every_case_that_is_named_exists():
    categories = "|".join(sorted({case.partition(".")[0] for case in IDS}))
    named = set(re.findall(rf"(?<![\w./])((?:{categories})\.[a-z0-9][a-z0-9-]*)", GUIDE))
    assert len(named) > 30
    assert named <= IDS, named - IDS


def test_every_pattern_of_cases_fits_some():
    patterns = set(re.findall(r"--case '([a-z]+)\.\*'", GUIDE))
    assert patterns
    assert patterns <= {case.partition(".")[0] for case in IDS}


def test_every_sentence_of_the_doctor_that_is_quoted_is_one_that_it_says():
    sources = "\n".join(path.read_text() for path in sorted((ROOT / "conformance/harness").rglob("*.py")))
    table = GUIDE.split("| it says | it means |")[1].split("\n\n")[0]
    said = re.findall(r"^\| `([^`]+)` \|", table, re.M)
    assert len(said) >= 10
    for sentence in said:
        words = sentence.split()
        # Some words are values, which differ from run to run; three in a row, or what there is, have to be the suite's own.
        runs = [" ".join(words[at : at + 3]) for at in range(max(len(words) - 2, 1))]
        assert any(run in sources for run in runs), f"nobody says {sentence!r}"


def test_every_language_of_init_is_named():
    languages = re.search(r"conform init --lang (\w+) boa +also ([\w, ]+)", GUIDE)
    assert languages
    named = sorted([languages.group(1), *languages.group(2).split(", ")])
    assert named == sorted(path.name for path in (ROOT / "conformance/templates").iterdir())


def test_the_levels_that_are_quoted_have_as_many_cases_as_the_profile():
    levels = json.loads((ROOT / "conformance/profiles/1.0.json").read_text())["levels"]
    (quoted,) = re.findall(r"reaches L0 \(L0 \d+ of (\d+), L1 0 of (\d+), L2 0 of (\d+)\)", GUIDE)
    assert [int(count) for count in quoted] == [len(levels[level]) for level in ("L0", "L1", "L2")]
