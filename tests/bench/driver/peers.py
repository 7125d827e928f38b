"""Which peers are there, and how to get the others."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from .plan import Command

HOW_TO_GET = "make bench-setup"


@dataclass(frozen=True)
class Places:
    """Where programs lie: the words that commands of the plan are filled with."""

    here: Path  # tests/bench
    build: Path
    cargo_target: Path

    def words(self) -> dict[str, str]:
        return {
            "tests": str(self.build / "tests/bench"),
            "peers": str(self.build / "bench/peers"),
            "crates": str(self.build / "bench/rust/release"),
            "rust": str(self.cargo_target / "release"),
            "erlang": shutil.which("erl") or "erl",
            "python": sys.executable,
            "here": str(self.here),
        }


# What a Python script imports that the standard library does not have.
PACKAGES = {"pykka_actor.py": ("pykka",), "grpcio_wire.py": ("grpc",), "actors.py": ("sabir",)}


def packages_of(command: list[str]) -> tuple[str, ...]:
    script = Path(command[1]).name if len(command) > 1 else ""
    if script == "pyzmq_wire.py":
        return ("zmq", "orjson") if command[2] == "orjson" else ("zmq",)
    return PACKAGES.get(script, ())


def fill(command: Command, places: Places, scale: float, rounds: int) -> list[str]:
    """The command line: words replaced, counts scaled."""
    from .plan import Count

    words = {**places.words(), "rounds": str(rounds)}
    return [str(max(1, round(part * scale))) if isinstance(part, Count) else str(part).format(**words) for part in command]


def missing(command: list[str]) -> str:
    """What this command needs and is not there; empty if it can run."""
    if not Path(command[0]).is_file():
        return Path(command[0]).name
    if "-pa" in command:  # Erlang's compiled modules
        folder = Path(command[command.index("-pa") + 1])
        if not (folder / ".built").is_file():
            return "the compiled Erlang modules"
    for package in packages_of(command):
        if importlib.util.find_spec(package) is None:
            return f"Python's {package}"
    return ""
