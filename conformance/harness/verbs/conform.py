"""`sabir conform PORT.json …`: run the conformance cases against a port, or against several, one after the other."""

import secrets
from pathlib import Path

from .. import case as cases
from .. import lists, profile
from .. import manifest as manifests
from ..build import build
from ..errors import NotReady
from ..outputs import Outputs, add_options, end_event
from ..progress import worth
from ..record import result_object, run_object
from ..report import Report
from ..stimulus import rng_for
from ..suite import Result, Run, Suite, select

PARENT, NAME, HELP = "", "conform", "run the conformance cases against a port"


def arguments(parser):
    parser.add_argument("ports", nargs="+", metavar="PORT.json", help="a port's manifest, or the folder that holds it")
    parser.add_argument("--case", action="append", default=[], metavar="GLOB", help="only cases whose id fits")
    parser.add_argument("--level", choices=[*cases.LEVELS, *cases.STAGES], help="only cases up to this level")
    parser.add_argument("--cases", type=Path, default=cases.CASES, metavar="DIR", help="another folder of cases")
    parser.add_argument("--lists", metavar="FILE", help="what is known to fail; by default the manifest's `lists`")
    parser.add_argument("--seed", type=int, help="repeat a run's random choices")
    parser.add_argument("--shuffle", action="store_true", help="in an order that depends on the seed: no case may need another one")
    parser.add_argument("-v", "--verbose", action="store_true", help="say a line for every case, not only for what did not pass")
    add_options(parser)


def run(arguments):
    known = cases.load_all(arguments.cases)
    chosen = select(known, arguments.case, arguments.level)
    seed = secrets.randbelow(1 << 32) if arguments.seed is None else arguments.seed
    if arguments.shuffle:
        rng_for(seed, "order").shuffle(chosen)
    ports = [(manifest, _lists(manifest, arguments.lists, known)) for manifest in map(manifests.load, arguments.ports)]
    current = profile.load()
    with Outputs(arguments) as outputs:
        report = Report(outputs.stream, arguments.verbose)
        records = [_run_one(manifest, known_of_port, chosen, seed, current, outputs, report) for manifest, known_of_port in ports]
        outputs.write(records)
    return max(record["exit_code"] for record in records)


def _lists(manifest, path, known):
    path = path or manifest.lists
    return lists.load(path, known) if path else lists.Lists()


def _run_one(manifest, known_of_port, chosen, seed, current, outputs, report):
    """The record of one port's run; whatever became of it, it is said everywhere."""
    outputs.event("run", port=manifest.name, seed=seed, planned=len(chosen))
    report.begin(manifest.name, [worth(case.steps) for case in chosen])
    suite = None

    def say(result):
        record = result_object(result, suite.run_record)
        outputs.event("case", port=manifest.name, **record)
        report.result(record)

    try:
        build(manifest)
        suite = Suite(manifest, chosen, seed, on_result=say, lists=known_of_port)
        run_ = suite.run()
    except NotReady as error:
        run_ = suite.run_record if suite else Run(manifest, seed, [Result(case) for case in chosen])
        run_.refusal = error
    record = run_object(run_, current)
    outputs.event("end", **end_event(record))
    report.end(record)
    return record
