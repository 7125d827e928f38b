"""Which case kills which mutant, and by what: a golden file, so that a case that still fails, but for another reason, is noticed.

`mutants/kills.json` says for each mutant and each case that names it the signature of the failure (its kind, the step, the clause)
and the message without what differs from run to run. `*` in it stands for anything; `make mutants MUTANTS=--update` writes it anew.
`mutants/pair_kills.json` is the same for the cases of pairs, which it calls `CASE as SEAT` of the mutant.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from .lists import Entry
from .manifest import read_object

GOLDEN = Path(__file__).resolve().parent.parent / "mutants" / "kills.json"
PAIRS = GOLDEN.with_name("pair_kills.json")
_MESSAGE_CHARS = 160
_UPDATE = "make mutants MUTANTS=--update"


@dataclass(frozen=True)
class Kill:
    """How one case caught one mutant, or why it did not."""

    mutant: str
    case: str
    signature: str = ""
    message: str = ""
    why_not: str = None

    @property
    def reason(self):
        """What the golden file says about it."""
        return f"{self.signature}: {self.message[:_MESSAGE_CHARS]}"


def load(path=GOLDEN):
    """{mutant: {case: reason, or a list of the reasons of which it has one}}"""
    return read_object(path) if Path(path).exists() else {}


def faults(kills, golden, is_quick=False, file=GOLDEN.name):
    """Sentences on where the kills differ from the golden file; a quick round has not seen all of them."""
    seen = {(kill.mutant, kill.case): kill for kill in kills if kill.why_not is None}
    for (mutant, case), kill in seen.items():
        wanted = golden.get(mutant, {}).get(case)
        if wanted is None:
            yield f"{mutant} is killed by {case}, which {file} does not know ({_UPDATE} adds it): {kill.reason}"
        elif not _fits(wanted, kill.reason):
            yield f"{mutant} is killed by {case} for another reason: known is {wanted!r}, seen is {kill.reason!r}"
    for mutant, cases in golden.items():
        for case in cases:
            if (mutant, case) not in seen and not is_quick:
                yield f"{mutant} is no longer killed by {case}: {cases[case]}"


def updated(kills, golden):
    """The golden file as these kills have it; a line that still fits is left as it is, with its `*`."""
    fresh = {}
    for kill in sorted(kills, key=lambda kill: (kill.mutant, kill.case)):
        if kill.why_not is None:
            known = golden.get(kill.mutant, {}).get(kill.case)
            fresh.setdefault(kill.mutant, {})[kill.case] = known if known and _fits(known, kill.reason) else kill.reason
    return fresh


def write(golden, path=GOLDEN):
    Path(path).write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(golden):
    """The matrix for people: a line per case with the mutants that it kills, the deadliest first."""
    killers = {}
    for mutant, cases in golden.items():
        for case in cases:
            killers.setdefault(case, []).append(mutant)
    for case, mutants in sorted(killers.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"{case:34} {len(mutants):3}  {', '.join(mutants)}"


def _fits(wanted, reason):
    """`wanted` is a reason, or a list of them: of two frames that are both wrong, and come from two peers, either may be seen first."""
    reasons = wanted if isinstance(wanted, list) else [wanted]
    return any(Entry("", "", "", message=each).fits(reason) for each in reasons)
