"""What the Python programs share, ours and the peers': arguments, a wrong result, the line for the driver, a second process."""

import json
import os
import sys
import time
from collections.abc import Callable


def arguments() -> tuple[str, int]:
    return sys.argv[1], int(sys.argv[2])


def need(holds: bool, words: str) -> None:
    if not holds:
        sys.stderr.write(words + "\n")
        sys.stderr.flush()
        os._exit(1)  # from whatever thread


def print_us(count: int, begin: float) -> None:
    print(json.dumps({"value": (time.perf_counter() - begin) * 1e6 / count}), flush=True)


def print_rate(count: int, seconds: float) -> None:
    """Thousand messages a second."""
    print(json.dumps({"value": count / seconds / 1e3}), flush=True)


class Pipe:
    """Two processes tell each other one line at a time."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = os.fdopen(reading, "r")
        self._writing = os.fdopen(writing, "w")

    def put(self, text: str) -> None:
        self._writing.write(text + "\n")
        self._writing.flush()

    def get(self) -> str:
        return self._reading.readline().strip()

    def close(self) -> None:
        self._writing.close()


def fork(other: Callable[[Pipe], None]) -> tuple[Pipe, Callable[[], None]]:
    """Run `other` in a child; gives our end, and what waits for the child to end well. Before there is any thread."""
    (from_here, to_there), (from_there, to_here) = os.pipe(), os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(to_there)
        os.close(from_there)
        other(Pipe(from_here, to_here))
        os._exit(0)
    os.close(from_here)
    os.close(to_here)
    pipe = Pipe(from_there, to_there)

    def join() -> None:
        pipe.close()
        _, status = os.waitpid(child, 0)
        need(status == 0, "the other process failed")

    return pipe, join
