"""`core-mutants`: faults built into the C core, each noticed by the cases that say so. For `make core-mutants`."""

from pathlib import Path

from .. import core_mutants
from ..errors import FAILED, PASSED, UsageError

PARENT, NAME, HELP = "", "core-mutants", "faults in the C core, each of which has to be noticed"


def arguments(parser):
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--build", default="build", help="the folder that make builds in (build)")
    parser.add_argument("--write", metavar="FILE", help="write the source of the one mutant that is named, for make")
    parser.add_argument("--file", action="store_true", help="say which file of the core that is, for make")


def run(arguments):
    known = core_mutants.load()
    for name in arguments.names:
        if name not in known:
            raise UsageError(f"there is no mutant {name} in {core_mutants.LIST.name}")
    chosen = [known[name] for name in arguments.names] or list(known.values())
    if arguments.file:
        print(chosen[0].file)
    elif arguments.write:
        Path(arguments.write).write_text(chosen[0].source(), encoding="utf-8")
    else:
        return _hunt(chosen, arguments.build)
    return PASSED


def _hunt(chosen, build):
    survivors = tried = 0
    for mutant in chosen:
        for case_id, why_not in core_mutants.hunt(mutant, build):
            tried += 1
            survivors += why_not is not None
            print(f"{mutant.name} {'SURVIVES' if why_not else 'is killed by'} {case_id}" + (f": {why_not}" if why_not else ""), flush=True)
    print(f"{tried - survivors} of {tried} kills in {len(chosen)} mutants of the core")
    return FAILED if survivors else PASSED
