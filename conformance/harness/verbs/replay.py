"""`sabir conform replay LINE`: repeat one failure. The line is `PORT.json#CASE@SEED`, as a failure prints it, or that of a pair,
`A.json:B.json#CASE@SEED`.
"""

import sys
from pathlib import Path

from .. import case as cases
from .. import manifest as manifests
from .. import pair as pairs
from .. import profile
from ..build import build
from ..errors import FAILED, INCOMPLETE, PASSED, UsageError
from ..failure import printable
from ..record import result_object, run_object
from ..report import Report
from ..suite import Suite
from .explain import find

PARENT, NAME, HELP = "conform", "replay", "repeat one failure, from the line that it printed"


_PASSED_ALONE = "It passed by itself. If it failed in a run, something before it took part: repeat the run with --seed {}."


def arguments(parser):
    parser.add_argument("line", metavar="LINE", help="PORT.json#CASE@SEED, of a pair A.json:B.json#CASE@SEED")
    parser.add_argument("--cases", type=Path, default=cases.CASES, metavar="DIR", help="another folder of cases")


def run(arguments):
    path, case_id, seed = parsed(arguments.line)
    of_pairs = pairs.load_all()
    case = find({**cases.load_all(arguments.cases), **of_pairs}, case_id)
    return _replay_pair(path, case, seed) if case_id in of_pairs else _replay(path, case, seed)


def _replay(path, case, seed):
    manifest = manifests.load(path)
    build(manifest)
    report = Report(sys.stdout, verbose=True)
    suite = Suite(manifest, [case], seed, on_result=lambda result: report.result(result_object(result, suite.run_record)))
    done = suite.run()
    _show_transcript(done.results[0].ledger.events if done.results[0].ledger else ())
    report.end(run_object(done, profile.load()))
    if done.count("pass"):
        print(_PASSED_ALONE.format(seed))
    return done.exit_code


def _replay_pair(path, case, seed):
    """The case alone between the two ports, with its transcript."""
    first, colon, second = path.partition(":")
    if not colon:
        raise UsageError(f"{case.id} is a case of pairs: say A.json:B.json#{case.id}@{seed}")
    manifests_ = [manifests.load(part) for part in (first, second)]
    for manifest in manifests_:
        build(manifest)
    pair = pairs.Pair(*manifests_, seed)
    played = list(pair.play([case]))
    _show_transcript(pair.events)
    if not played:
        print(f"not played: both would need {', '.join(sorted(case.needs))}")
        return INCOMPLETE
    foul = next((foul for _case_id, foul in played if foul), None)
    print(f"{manifests_[0].name} → {manifests_[1].name} {foul or f'{case.id}: passed'}")
    if foul is None:
        print(_PASSED_ALONE.format(seed))
    return FAILED if foul else PASSED


def _show_transcript(events):
    print("transcript:")
    for event in events:
        print(printable(f"  {event}"))


def parsed(line):
    """(path of the manifest, id of the case, seed), or UsageError."""
    head, _at, seed = line.rpartition("@")
    path, _hash, case_id = head.rpartition("#")
    if not path or not case_id or not seed.isdigit():
        raise UsageError(f"{line}: is not like interop/ports/c/port.json#env.minimal@7")
    return path, case_id, int(seed)
