"""`lint`: what can be said of the cases without running one. For `make lint`."""

from .. import case as cases
from ..errors import FAILED, PASSED

PARENT, NAME, HELP = "", "lint", "check the cases: clauses, reasons, mutants, ids"


def arguments(parser):
    """None."""


def run(_arguments):
    from ..coverage import faults  # only this verb and `mutants` need the mutants

    # To load one is to check that it cites a clause, gives evidence and names a mutant.
    known = cases.load_all()
    found = list(faults(known))
    for fault in found:
        print(fault)
    if not found:
        print(f"{len(known)} cases: every clause is covered or has its reason, every mutant is hunted, every id is still there")
    return FAILED if found else PASSED
