"""`steady`: the same verdicts in many rounds, in another order each, on a busy machine. For `make steady`."""

import secrets

from .. import case as cases
from .. import manifest as manifests
from ..build import build
from ..errors import FAILED, PASSED
from ..failure import printable
from ..steady import differences, rounds
from ..suite import select

PARENT, NAME, HELP = "conform", "steady", "are the verdicts the same in every round?"


def arguments(parser):
    parser.add_argument("port", metavar="PORT.json", help="the port's manifest, or the folder that holds it")
    parser.add_argument("--rounds", type=int, default=20, metavar="N", help="how often (20)")
    parser.add_argument("--load", type=int, metavar="N", help="processes that keep the CPUs busy; by default one for each CPU")
    parser.add_argument("--case", action="append", default=[], metavar="GLOB", help="only cases whose id fits")
    parser.add_argument("--seed", type=int, help="repeat a run's random choices")


def run(arguments):
    manifest = manifests.load(arguments.port)
    chosen = select(cases.load_all(), arguments.case)
    seed = secrets.randbelow(1 << 32) if arguments.seed is None else arguments.seed
    build(manifest)
    runs = []
    for done in rounds(manifest, chosen, arguments.rounds, seed, arguments.load):
        runs.append(done)
        print(f"round {len(runs)} of {arguments.rounds}: {done.count('pass')} of {done.planned} passed", flush=True)
        for result in done.results:
            if result.verdict not in ("pass", "unsupported"):
                print(printable(f"    {result.verdict} {result.case.id}: {result.why}"), flush=True)
    found = list(differences(runs))
    for sentence in found:
        print(sentence)
    print(f"{manifest.name}: {len(runs)} rounds of {len(chosen)} cases, {len(found)} differences (seed {seed})")
    return FAILED if found else PASSED
