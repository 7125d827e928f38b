"""`sabir conform list [GLOB …]`: the cases, one per line; those of pairs, which the matrix plays, are the last."""

import json

from .. import case as cases
from .. import pair as pairs
from ..errors import PASSED
from ..suite import select

PARENT, NAME, HELP = "conform", "list", "the cases, one per line"


def arguments(parser):
    parser.add_argument("case", nargs="*", metavar="GLOB", help="only cases whose id fits")
    parser.add_argument("--level", choices=[*cases.LEVELS, *cases.STAGES], help="only cases up to this level")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments):
    chosen = select({**cases.load_all(), **pairs.load_all()}, arguments.case, arguments.level)
    if arguments.json:
        print(json.dumps([{"case": case.id, "category": case.category, "level": case.level, "stage": case.stage, "since": case.since,
                           "clauses": case.clauses, "needs": sorted(case.needs), "title": case.title} for case in chosen]))
    else:
        for case in chosen:
            print(f"{case.id:34} {case.level:7} {case.stage}  {case.title}")
    return PASSED
