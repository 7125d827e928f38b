"""`sabir conform PORT.json`: run the conformance cases against one port."""

import secrets
import sys
from pathlib import Path

from .. import case as cases
from .. import manifest as manifests
from ..build import build
from ..output import JsonOutput
from ..record import run_text
from ..report import Report
from ..suite import Suite, select

PARENT, NAME, HELP = "", "conform", "run the conformance cases against one port"


def arguments(parser):
    parser.add_argument("port", metavar="PORT.json", help="the port's manifest, or the folder that holds it")
    parser.add_argument("--case", action="append", default=[], metavar="GLOB", help="only cases whose id fits")
    parser.add_argument("--level", choices=[*cases.LEVELS, *cases.STAGES], help="only cases up to this level")
    parser.add_argument("--cases", type=Path, default=cases.CASES, metavar="DIR", help="another folder of cases")
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON; - is standard output")
    parser.add_argument("--seed", type=int, help="repeat a run's random choices")


def run(arguments):
    manifest = manifests.load(arguments.port)
    chosen = select(cases.load_all(arguments.cases), arguments.case, arguments.level)
    seed = secrets.randbelow(1 << 32) if arguments.seed is None else arguments.seed
    with JsonOutput(arguments.json) as write_json:
        build(manifest)
        report = Report(sys.stderr if arguments.json == "-" else sys.stdout)
        run_ = Suite(manifest, chosen, seed, on_result=report.result).run()
        report.end(run_)
        write_json(run_text(run_))
    return run_.exit_code
