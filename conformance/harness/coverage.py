"""Do the cases cover the protocol? Every clause has a case or a reason, every mutant a case, and no id has disappeared."""

import re
from pathlib import Path

from mutants.faults import FAULTS

from . import case as cases
from . import manifest as manifests
from . import pair as pairs
from . import profile as profiles
from .clauses import CLAUSES

UNCOVERED = cases.CASES / "uncovered.json"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"

_CLAUSE = re.compile(r'<a id="([A-Z]+-[0-9]+)"></a>\*\*\1\*\* · (\(SHOULD)?')


def faults(known):
    """A sentence for each thing that is missing or left over."""
    yield from clause_faults(known, manifests.read_object(UNCOVERED))
    yield from page_faults(known)
    yield from mutant_faults({**known, **pairs.load_all()})
    yield from profiles.faults(profiles.load(), known)


def clause_faults(known, reasons):
    """Every clause has a case, or a reason to have none; never both."""
    covered = {clause for case in known.values() for clause in case.clauses}
    for clause in CLAUSES:
        if (clause in covered) == (clause in reasons):
            yield f"{clause}: has {'a case and a reason to have none' if clause in covered else 'neither a case nor a reason'}"
    for clause in reasons.keys() - CLAUSES.keys():
        yield f"{clause}: has a reason to have no case, but is no clause"


def page_faults(known):
    """The clauses are those of the page; one that is a MUST there has a case that is."""
    if not PAGE.is_file():
        return  # installed without the documents
    page = {match.group(1): not match.group(2) for match in _CLAUSE.finditer(PAGE.read_text(encoding="utf-8"))}
    for clause in sorted(page.keys() ^ CLAUSES.keys()):
        yield f"{clause}: stands only in {'the protocol page' if clause in page else 'clauses.py'}"
    musts = {clause for case in known.values() if case.level == "MUST" for clause in case.clauses}
    shoulds = {clause for case in known.values() for clause in case.clauses} - musts
    for clause in sorted(shoulds):
        if page.get(clause):
            yield f"{clause}: is a MUST, but no case that cites it is"


def mutant_faults(known):
    """Every mutant is in a case, and every name is a mutant."""
    named = {name for case in known.values() for name in case.kills}
    for name in sorted(named ^ FAULTS.keys()):
        yield f"{name}: is {'no mutant, but in the kills of a case' if name in named else 'a mutant, but in no case'}"
