"""`sabir conform explain ID`: what one case does, and why."""

import difflib

from .. import case as cases
from .. import pair as pairs
from .. import profile
from ..errors import PASSED, UsageError
from ..explain import explanation

PARENT, NAME, HELP = "conform", "explain", "what one case does, and why"


def arguments(parser):
    parser.add_argument("id", metavar="ID", help="the id of a case")


def run(arguments):
    case = find({**cases.load_all(), **pairs.load_all()}, arguments.id)
    for line in explanation(case, profile.load()):
        print(line)
    return PASSED


def find(known, case_id):
    """The case of that id; UsageError with the nearest one if there is none."""
    if case_id not in known:
        near = difflib.get_close_matches(case_id, known, 1)
        raise UsageError(f"there is no case {case_id}" + (f"; did you mean {near[0]}?" if near else ""))
    return known[case_id]
