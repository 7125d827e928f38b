"""`sabir matrix`: every ordered pair of ports plays; with `--all` it also talks about everything else, and a message goes round."""

import argparse
import secrets

from ..envelope import FLAT, V1
from ..errors import FAILED, FAULT, PASSED
from ..game import HARNESS
from ..matrix import DEFAULT_PORTS, cell_object, known_ports, load_ports, matrix_object, path_of, play_all, replay_line, table
from ..outputs import Outputs, add_options
from ..pair import load_all
from ..ring import send_round
from ..suite import select

PARENT, NAME, HELP = "", "matrix", "let every pair of ports play ping-pong"


def arguments(parser):
    parser.add_argument("ports", nargs="*", metavar="PORT.json", help=f"the ports; by default interop/ports/{{{','.join(DEFAULT_PORTS)}}}")
    parser.add_argument("--rounds", type=_count, default=1000, metavar="N", help="round trips per pair (1000)")
    parser.add_argument("--dialect", choices=(V1, FLAT), default=V1, help="the dialect of the game (v1)")
    parser.add_argument("--ports", dest="names", default="", metavar="NAMES", help=f"those of the source tree: {','.join(known_ports())}")
    parser.add_argument("--all", action="store_true", help="beside ping-pong the cases of pairs, and a ring through all ports")
    parser.add_argument("--case", action="append", default=[], metavar="GLOB", help="only the cases of pairs whose id fits (implies them)")
    parser.add_argument("--seed", type=int, help="repeat a run's random choices")
    add_options(parser)


def run(arguments):
    ports = load_ports([*arguments.ports, *(path_of(name) for name in filter(None, arguments.names.split(",")))])
    chosen = select(load_all(), arguments.case) if arguments.all or arguments.case else []
    seed = secrets.randbelow(1 << 32) if arguments.seed is None else arguments.seed
    with Outputs(arguments) as outputs:
        record = _play(arguments, ports, chosen, seed, outputs)
        outputs.write([], record)
        print(f"{record['passed']} of {record['pairs']} pairs passed", file=outputs.stream, flush=True)
    return _exit_code(record)


def _exit_code(record):
    """A fault of our own comes before those of the ports: it has judged nobody."""
    fouls = [cell["foul"] for cell in [*record["cells"], record.get("ring", {})] if cell.get("foul")]
    if any(foul["blamed"] == HARNESS for foul in fouls):
        return FAULT
    return FAILED if fouls else PASSED


def _play(arguments, ports, chosen, seed, outputs):
    """The record of the matrix, said as it goes on."""
    rounds, dialect = arguments.rounds, arguments.dialect
    more = [word for pattern in arguments.case for word in ("--case", pattern)] or (["--all"] if chosen else [])
    more += ["--seed", str(seed)] if chosen else []

    def line(cell):
        return replay_line(ports, cell, rounds, dialect, more, seed)

    def say(cell):
        print(cell, file=outputs.stream, flush=True)
        if cell.foul:
            print(f"    replay   {line(cell)}", file=outputs.stream, flush=True)
        outputs.event("cell", **cell_object(cell, line(cell)))

    outputs.event("matrix", rounds=rounds, dialect=dialect, pairs=len(ports) ** 2)
    cells = play_all(ports, rounds, dialect, say, chosen, seed)
    for text in table(cells):
        print(text, file=outputs.stream)
    record = matrix_object(cells, rounds, dialect, [line(cell) for cell in cells])
    if arguments.all and len(ports) > 1:
        foul = send_round(ports, seed)
        record["ring"] = {"ports": [manifest.name for manifest in ports], "foul": foul and foul.as_object()}
        print(f"ring of {len(ports)}: {foul or 'passed'}", file=outputs.stream, flush=True)
        outputs.event("ring", **record["ring"])
    return record


def _count(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number of at least 1")
    return int(text)
