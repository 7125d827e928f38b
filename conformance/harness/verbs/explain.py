"""`sabir conform explain ID`: what one case does, and why."""

import difflib

from .. import case as cases
from ..errors import PASSED, UsageError
from ..report import explanation

PARENT, NAME, HELP = "conform", "explain", "what one case does, and why"


def arguments(parser):
    parser.add_argument("id", metavar="ID", help="the id of a case")


def run(arguments):
    known = cases.load_all()
    if arguments.id not in known:
        near = difflib.get_close_matches(arguments.id, known, 1)
        raise UsageError(f"there is no case {arguments.id}" + (f"; did you mean {near[0]}?" if near else ""))
    for line in explanation(known[arguments.id]):
        print(line)
    return PASSED
