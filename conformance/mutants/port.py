"""The reference port's program: `python3 port.py [--role ROLE] [--mutant NAME]`, told the rest by its environment."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mutants import actors, asking, pingpong  # noqa: E402
from mutants.faults import FAULTS, NULL_PORTS  # noqa: E402
from mutants.kit import Kit  # noqa: E402
from mutants.life import live  # noqa: E402

WRONG = {**FAULTS, **{name: port.fault for name, port in NULL_PORTS.items()}}
ROLES = {"testee": {**actors.ACTORS, **asking.ASKING}, "ping": pingpong.PING, "pong": pingpong.PONG}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--role", choices=ROLES, default="testee")
    parser.add_argument("--mutant", choices=sorted(WRONG), metavar="NAME")
    arguments = parser.parse_args()
    kit = Kit(actors=dict(ROLES[arguments.role]))
    if arguments.mutant:
        WRONG[arguments.mutant].apply(kit)
    return live(kit)


sys.exit(main())
