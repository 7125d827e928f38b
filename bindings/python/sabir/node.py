"""A node of a topology as a program: told by its environment, READY when it is, gone when its standard input closes.

def build(manager: sabir.Manager) -> None:
    manager.manage("echo", Echo())

if __name__ == "__main__":
    sys.exit(sabir.run_node(build))
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable

from ._errors import BindSabirError, InvalidSabirError, PermissionSabirError, TimedOutSabirError
from .manager import Manager

CANNOT_BIND = 10


def run_node(build: Callable[[Manager], None], *, port: str = "python", version: str = "1.0.0", features: str = "") -> int:
    """Run one node from start to end.

    Args:
        build: gives the manager its actors.
        port, version, features: what the READY line says; see `Manager.ready`.

    Returns:
        the program's exit code: 0, or 10 if the endpoint cannot or may not be bound (a sentence is on standard error then).
    """
    try:
        manager = Manager.from_env()
    except (BindSabirError, PermissionSabirError, InvalidSabirError) as error:
        print(f"{os.environ.get('SABIR_NODE', port)}: {error}", file=sys.stderr)
        return CANNOT_BIND
    try:
        build(manager)
        manager.start()
        manager.ready(port, version, features)
        manager.run(stdin=True)
    finally:
        try:
            manager.close()
        except TimedOutSabirError as error:
            logging.getLogger("sabir").warning("%s", error)  # LIFE-2: a node stops, whatever its actors do
    return 0
