"""Every port with every port, itself included: who can talk to whom, and who is to blame if not."""

import functools
import shlex
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from . import manifest as manifests
from . import pair as pairs
from .build import build
from .crew import Lost, outcomes
from .errors import NotReady, UsageError
from .game import HARNESS, Foul, Game
from .loop import Loop
from .record import near
from .trial import elapsed_ms

DEFAULT_PORTS = ("c", "cpp", "rust", "python")
REFERENCE = "reference"
PORTS = Path(__file__).resolve().parents[2] / "interop" / "ports"
# Nodes and harness wait for each other most of the time; more at once would only make each slower.
_AT_ONCE = 4


@dataclass(frozen=True)
class Cell:
    """What came out of one pair."""

    ping: str
    pong: str
    ms: int
    messages: int = 0
    foul: Foul = None
    cases: tuple = ()  # ids of the pair's cases that were played

    @property
    def passed(self):
        return self.foul is None

    def __str__(self):
        return f"{self.ping} → {self.pong} {self.foul or 'passed'}"


def known_ports():
    """The names of the source tree's own ports."""
    return [*sorted(path.parent.name for path in PORTS.glob("*/port.json")), REFERENCE]


def path_of(name):
    """The manifest of one of the source tree's own ports, by its name."""
    if name == REFERENCE:
        return PORTS.parents[1] / "conformance" / "mutants" / "port.json"
    if not (PORTS / name / "port.json").is_file():
        raise UsageError(f"there is no port {name} here; there are {', '.join(known_ports())}")
    return PORTS / name / "port.json"


def load_ports(paths):
    """The manifests to play with; without `paths` those of the source tree's own ports."""
    paths = paths or [path_of(name) for name in DEFAULT_PORTS]
    found = [manifests.load(path) for path in paths]
    for manifest, path in zip(found, paths):
        if not manifest.ping or not manifest.pong:
            raise UsageError(f"{path}: lacks ping or pong, the commands of the matrix's two roles")
    names = [manifest.name for manifest in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two of the ports have the name {name}")
    return found


def play_all(manifests_, rounds, dialect, on_cell, chosen=(), seed=0):
    """A cell for every ordered pair: a game of ping-pong, then the chosen cases of pairs."""
    seats = [(ping, pong) for ping in manifests_ for pong in manifests_]
    unfit = _built(manifests_)
    play = functools.partial(_play, unfit=unfit, rounds=rounds, dialect=dialect, chosen=tuple(chosen), seed=seed)
    cells = []
    # One process would spend the whole time in judging.
    for (ping, pong), cell in zip(seats, outcomes(play, seats, _AT_ONCE if chosen else 1)):
        if isinstance(cell, Lost):
            cell = Cell(ping.name, pong.name, 0, foul=Foul(HARNESS, "cell", f"has lost the process that judged: it {cell}"))
        cells.append(cell)
        on_cell(cell)
    return cells


def _built(manifests_):
    """{name: why} of the ports that cannot be built; their cells say so, the others are played."""
    unfit = {}
    for manifest in manifests_:
        try:
            build(manifest)
        except NotReady as error:
            unfit[manifest.name] = str(error)
    return unfit


def _play(seats, unfit, rounds, dialect, chosen, seed):
    """The Cell of a pair. Whatever happens in it ends this cell, and none of the others."""
    ping, pong = seats
    loop, started = Loop(), time.monotonic()
    played, messages, foul = (), 0, None
    try:
        for port in seats:
            if port.name in unfit:
                raise Foul(port.name, "start", f"cannot be built: {unfit[port.name]}")
        messages = Game(loop, ping, pong, rounds, dialect).play()
        for played, found in _converse(ping, pong, chosen, seed):  # noqa: B007  (the cell says how far it got)
            if found:
                raise found
    except Foul as caught:
        foul = caught
    except Exception as error:  # no verdict on a port
        traceback.print_exc(file=sys.stderr)
        foul = Foul(HARNESS, f"after {played[-1]}" if played else "cell", f"has failed: {type(error).__name__}: {error}")
    finally:
        loop.close()
    return Cell(ping.name, pong.name, elapsed_ms(started), messages, foul, played)


def _converse(first, second, chosen, seed):
    """(the cases played until now, the foul of the last or None), case by case."""
    played = ()
    if chosen:
        for case_id, foul in pairs.Pair(first, second, seed).play(chosen):
            played += (case_id,)
            yield played, foul


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
            "cases": list(cell.cases), "foul": cell.foul and cell.foul.as_object(), "replay": replay}


def replay_line(manifests_, cell, rounds, dialect, more=(), seed=0):
    """The command that repeats the case that a cell fell to, or lets its two ports play all of it again."""
    paths = {manifest.name: near(manifest.path or manifest.folder) for manifest in manifests_}
    if cell.foul and cell.foul.what in cell.cases:
        line = f"{paths[cell.ping]}:{paths[cell.pong]}#{cell.foul.what}@{seed}"
        return f"sabir conform replay {shlex.quote(line)}"
    words = dict.fromkeys(paths[name] for name in (cell.ping, cell.pong))
    return shlex.join(["sabir", "matrix", *words, "--rounds", str(rounds), "--dialect", dialect, *more])
