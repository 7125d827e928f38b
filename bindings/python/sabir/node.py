"""A node of a topology as a program: told by its environment, READY when it is, gone when its standard input closes.

def build(manager: sabir.Manager) -> None:
    manager.manage("echo", Echo())

if __name__ == "__main__":
    sys.exit(sabir.run_node(build))
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable

from ._errors import BindSabirError, ClosedSabirError, InvalidSabirError, PermissionSabirError, TimedOutSabirError
from ._run import ending_signals
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
    # Whoever reads READY may send SIGTERM at once: the signals are taken from before it to the very end.
    with ending_signals(lambda: terminate(manager)):
        try:
            build(manager)
            manager.start()
            manager.ready(port, version, features)
            manager.run(stdin=True)
        finally:
            close(manager)
    return 0


def terminate(manager: Manager) -> None:
    """What a signal does, also one that comes when the node is closed already."""
    with contextlib.suppress(ClosedSabirError):
        manager.terminate()


def close(manager: Manager) -> None:
    """Stop the node, whatever its actors do (LIFE-2)."""
    try:
        manager.close()
    except TimedOutSabirError as error:
        logging.getLogger("sabir").warning("%s", error)
