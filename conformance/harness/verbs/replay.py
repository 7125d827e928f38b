"""`sabir conform replay LINE`: repeat one failure. The line is `PORT.json#CASE@SEED`, as a failure prints it."""

import sys
from pathlib import Path

from .. import case as cases
from .. import manifest as manifests
from .. import profile
from ..build import build
from ..errors import UsageError
from ..failure import printable
from ..record import result_object, run_object
from ..report import Report
from ..suite import Suite
from .explain import find

PARENT, NAME, HELP = "conform", "replay", "repeat one failure, from the line that it printed"


def arguments(parser):
    parser.add_argument("line", metavar="LINE", help="PORT.json#CASE@SEED")
    parser.add_argument("--cases", type=Path, default=cases.CASES, metavar="DIR", help="another folder of cases")


def run(arguments):
    path, case_id, seed = parsed(arguments.line)
    case = find(cases.load_all(arguments.cases), case_id)
    manifest = manifests.load(path)
    build(manifest)
    report = Report(sys.stdout, verbose=True)
    suite = Suite(manifest, [case], seed, on_result=lambda result: report.result(result_object(result, suite.run_record)))
    done = suite.run()
    print("transcript:")
    for event in done.results[0].ledger.events if done.results[0].ledger else ():
        print(printable(f"  {event}"))
    report.end(run_object(done, profile.load()))
    if done.count("pass"):
        print(f"It passed by itself. If it failed in a run, something before it took part: repeat the run with --seed {seed}.")
    return done.exit_code


def parsed(line):
    """(path of the manifest, id of the case, seed), or UsageError."""
    head, _at, seed = line.rpartition("@")
    path, _hash, case_id = head.rpartition("#")
    if not path or not case_id or not seed.isdigit():
        raise UsageError(f"{line}: is not like interop/ports/c/port.json#env.minimal@7")
    return path, case_id, int(seed)
