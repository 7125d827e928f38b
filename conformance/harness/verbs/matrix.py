"""`sabir matrix`: every ordered pair of ports plays."""

import argparse

from ..build import build
from ..envelope import FLAT, V1
from ..errors import FAILED, PASSED
from ..matrix import load_ports, matrix_object, play_all, table
from ..outputs import Outputs, add_options

PARENT, NAME, HELP = "", "matrix", "let every pair of ports play ping-pong"


def arguments(parser):
    parser.add_argument("ports", nargs="*", metavar="PORT.json", help="the ports; by default interop/ports/{c,rust,python}")
    parser.add_argument("--rounds", type=_count, default=1000, metavar="N", help="round trips per pair (1000)")
    parser.add_argument("--dialect", choices=(V1, FLAT), default=V1, help="the dialect of the game (v1)")
    add_options(parser, ("json", "junit", "markdown", "badge", "html"))


def run(arguments):
    ports = load_ports(arguments.ports)
    with Outputs(arguments) as outputs:
        stream = outputs.stream
        for manifest in ports:
            build(manifest)
        cells = play_all(ports, arguments.rounds, arguments.dialect, lambda cell: print(cell, file=stream, flush=True))
        outputs.write([], matrix_object(cells, arguments.rounds, arguments.dialect))
        for line in table(cells):
            print(line, file=stream)
        passed = sum(cell.passed for cell in cells)
        print(f"{passed} of {len(cells)} pairs passed", file=stream, flush=True)
    return PASSED if passed == len(cells) else FAILED


def _count(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number of at least 1")
    return int(text)
