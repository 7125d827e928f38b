"""`mutants`: prove that the suite would notice."""

from ..errors import FAILED, PASSED

PARENT, NAME, HELP = "", "mutants", "test the tests: mutants, inverted expectations, null ports"


def arguments(parser):
    parser.add_argument("--quick", action="store_true", help="one case per mutant, one expectation per case")


def run(arguments):
    from ..mutation import prove  # only this verb needs the mutants

    proofs = list(prove(arguments.quick, lambda proof: print(proof, *proof.broken, sep="\n    ", flush=True)))
    return FAILED if any(proof.broken for proof in proofs) else PASSED
