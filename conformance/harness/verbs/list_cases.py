"""`sabir conform list`: the cases, one per line."""

from .. import case as cases
from ..errors import PASSED

PARENT, NAME, HELP = "conform", "list", "the cases, one per line"


def arguments(_parser):
    """None yet."""


def run(_arguments):
    for case in cases.load_all().values():
        print(f"{case.id:34} {case.level:7} {case.stage}  {case.title}")
    return PASSED
