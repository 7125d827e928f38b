"""Every port with every port, itself included: who can talk to whom, and who is to blame if not."""

import shlex
import time
from dataclasses import dataclass
from pathlib import Path

from . import manifest as manifests
from .errors import UsageError
from .game import Foul, Game
from .loop import Loop
from .record import near
from .trial import elapsed_ms

DEFAULT_PORTS = ("c", "rust", "python")


@dataclass(frozen=True)
class Cell:
    """What came out of one pair."""

    ping: str
    pong: str
    ms: int
    messages: int = 0
    foul: Foul = None

    @property
    def passed(self):
        return self.foul is None

    def __str__(self):
        return f"{self.ping} → {self.pong} {self.foul or 'passed'}"


def load_ports(paths):
    """The manifests to play with; without `paths` those of the source tree's own ports."""
    if not paths:
        ports = Path(__file__).resolve().parents[2] / "interop" / "ports"
        paths = [ports / name / "port.json" for name in DEFAULT_PORTS]
    found = [manifests.load(path) for path in paths]
    for manifest, path in zip(found, paths):
        if not manifest.ping or not manifest.pong:
            raise UsageError(f"{path}: lacks ping or pong, the commands of the matrix's two roles")
    names = [manifest.name for manifest in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two of the ports have the name {name}")
    return found


def play_all(manifests_, rounds, dialect, on_cell):
    """A cell for every ordered pair."""
    cells = []
    for ping in manifests_:
        for pong in manifests_:
            cells.append(_play(ping, pong, rounds, dialect))
            on_cell(cells[-1])
    return cells


def _play(ping, pong, rounds, dialect):
    loop, started = Loop(), time.monotonic()
    try:
        messages = Game(loop, ping, pong, rounds, dialect).play()
        return Cell(ping.name, pong.name, elapsed_ms(started), messages)
    except Foul as foul:
        return Cell(ping.name, pong.name, elapsed_ms(started), foul=foul)
    finally:
        loop.close()


def table(cells):
    """The cells as lines of text, a row per ping, a column per pong."""
    names = list(dict.fromkeys(cell.ping for cell in cells))
    width = max(9, *map(len, names)) + 2
    yield "ping \\ pong".ljust(width + 2) + "".join(name.ljust(width) for name in names)
    for ping in names:
        row = [f"{cell.ms} ms" if cell.passed else "FAILED" for cell in cells if cell.ping == ping]
        yield ping.ljust(width + 2) + "".join(text.ljust(width) for text in row)


def matrix_object(cells, rounds, dialect, replays):
    """The matrix as a JSON value; `replays` are the commands that repeat each cell."""
    return {"rounds": rounds, "dialect": dialect, "pairs": len(cells), "passed": sum(cell.passed for cell in cells),
            "cells": [cell_object(cell, replay) for cell, replay in zip(cells, replays)]}


def cell_object(cell, replay):
    """One pair's outcome."""
    return {"ping": cell.ping, "pong": cell.pong, "passed": cell.passed, "ms": cell.ms, "messages": cell.messages,
            "foul": _foul_object(cell.foul), "replay": replay}


def replay_line(manifests_, cell, rounds, dialect):
    """The command that lets the two ports of a cell play again."""
    paths = {manifest.name: manifest.path or manifest.folder for manifest in manifests_}
    words = dict.fromkeys(near(paths[name]) for name in (cell.ping, cell.pong))
    return shlex.join(["sabir", "matrix", *words, "--rounds", str(rounds), "--dialect", dialect])


def _foul_object(foul):
    return foul and {"blamed": foul.who, "about": foul.what, "why": foul.why}
