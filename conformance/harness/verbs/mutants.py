"""`mutants`: prove that the suite would notice."""

from .. import kill_matrix
from ..errors import FAILED, PASSED

PARENT, NAME, HELP = "", "mutants", "test the tests: mutants, inverted expectations, null ports"


def arguments(parser):
    parser.add_argument("--quick", action="store_true", help="one case per mutant, one expectation per case")
    parser.add_argument("--update", action="store_true", help="only hunt the mutants, and write the golden file of kills anew")
    parser.add_argument("--table", action="store_true", help="only show which case kills what, from the golden file")


def run(arguments):
    if arguments.table:
        for path in (kill_matrix.GOLDEN, kill_matrix.PAIRS):
            print(*kill_matrix.table(kill_matrix.load(path)), sep="\n")
        return PASSED
    from ..mutation import hunts, pair_kills, prove  # only this verb needs the mutants

    if arguments.update:
        return max(_update(hunts(False), kill_matrix.GOLDEN), _update(list(pair_kills(False)), kill_matrix.PAIRS))
    proofs = list(prove(arguments.quick, lambda proof: print(proof, *proof.broken, sep="\n    ", flush=True)))
    return FAILED if any(proof.broken for proof in proofs) else PASSED


def _update(kills, path):
    """What survives is no kill, and is said."""
    survivors = [kill for kill in kills if kill.why_not is not None]
    for kill in survivors:
        print(f"{kill.mutant} survives {kill.case}: {kill.why_not}")
    kill_matrix.write(kill_matrix.updated(kills, kill_matrix.load(path)), path)
    print(f"{len(kills) - len(survivors)} kills in {path}")
    return FAILED if survivors else PASSED
