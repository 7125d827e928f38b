"""`sabir matrix`: every ordered pair of ports plays."""

import argparse

from ..build import build
from ..envelope import FLAT, V1
from ..errors import FAILED, PASSED
from ..matrix import cell_object, load_ports, matrix_object, play_all, replay_line, table
from ..outputs import Outputs, add_options

PARENT, NAME, HELP = "", "matrix", "let every pair of ports play ping-pong"


def arguments(parser):
    parser.add_argument("ports", nargs="*", metavar="PORT.json", help="the ports; by default interop/ports/{c,rust,python}")
    parser.add_argument("--rounds", type=_count, default=1000, metavar="N", help="round trips per pair (1000)")
    parser.add_argument("--dialect", choices=(V1, FLAT), default=V1, help="the dialect of the game (v1)")
    add_options(parser)


def run(arguments):
    ports = load_ports(arguments.ports)
    rounds, dialect = arguments.rounds, arguments.dialect
    with Outputs(arguments) as outputs:
        def say(cell):
            print(cell, file=outputs.stream, flush=True)
            outputs.event("cell", **cell_object(cell, replay_line(ports, cell, rounds, dialect)))

        outputs.event("matrix", rounds=rounds, dialect=dialect, pairs=len(ports) ** 2)
        for manifest in ports:
            build(manifest)
        cells = play_all(ports, rounds, dialect, say)
        record = matrix_object(cells, rounds, dialect, [replay_line(ports, cell, rounds, dialect) for cell in cells])
        outputs.write([], record)
        for line in table(cells):
            print(line, file=outputs.stream)
        print(f"{record['passed']} of {record['pairs']} pairs passed", file=outputs.stream, flush=True)
    return PASSED if record["passed"] == record["pairs"] else FAILED


def _count(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number of at least 1")
    return int(text)
