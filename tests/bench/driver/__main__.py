"""The command: see `python -m driver --help`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from . import document, picture, plan, results, table
from .peers import HOW_TO_GET, Places
from .rounds import OURS, Outcome, Session

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="driver", description="Runs the benchmarks of docs/performance.md.")
    parser.add_argument("--build", type=Path, default=Path("build"), help="the build folder; results go to bench/ in it")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="measure, draw, and write summary.json")
    run.add_argument("--rounds", type=int, default=7, help="of each benchmark (7)")
    run.add_argument("--scale", type=float, default=1.0, help="multiplies the work of a run (1)")
    run.add_argument("--idle-seconds", type=float, default=10.0, help="how long idle processes are watched (10)")
    run.add_argument("--only", default="", help="benchmarks whose key holds one of these words, separated by commas")
    verbs.add_parser("list", help="the benchmarks by key")
    verbs.add_parser("draw", help="draw the pictures anew from what is kept")
    verbs.add_parser("docs", help="write the figures into docs/performance.md")
    parsed = parser.parse_args()
    if parsed.verb == "run" and (parsed.rounds < 1 or parsed.scale <= 0 or parsed.idle_seconds <= 0):
        parser.error("rounds, scale and idle seconds are more than 0")
    return parsed


def chosen(only: str) -> list[plan.Benchmark]:
    """The benchmarks that are asked for, and those whose runs they look at."""
    words = [word for word in only.split(",") if word]
    picked = [benchmark for benchmark in plan.BENCHMARKS if not words or any(word in benchmark.key for word in words)]
    needed = {benchmark.shares for benchmark in picked} | {benchmark.key for benchmark in picked}
    return [benchmark for benchmark in plan.BENCHMARKS if benchmark.key in needed]


def say(outcome: Outcome, seconds: float) -> None:
    benchmark = outcome.benchmark
    verdicts = " ".join(f"{entry['peer']} {table.number(entry['ratio'])}x{'' if entry['met'] else '!'}" for entry in outcome.entries)
    ours = outcome.entries[0]["ours"] if outcome.entries else float("nan")
    unit = outcome.entries[0]["unit"] if outcome.entries else ""
    print(f"{benchmark.number:3} {benchmark.key:22} {table.number(ours):>7} {unit:8} {seconds:5.1f} s  {verdicts}", flush=True)
    for fault in outcome.faults:
        print(f"    FAULT: {fault}", flush=True)


def run(options: argparse.Namespace) -> int:
    build = options.build.resolve()
    folder = build / "bench"
    target = Path(os.environ.get("CARGO_TARGET_DIR", build / "rust"))
    session = Session(Places(HERE, build, target), options.rounds, options.scale, options.idle_seconds)
    benchmarks = chosen(options.only)
    if not benchmarks:
        print(f"there is no benchmark with '{options.only}'; `list` names them", file=sys.stderr)
        return 2
    if not options.only:
        results.forget(folder)
    for benchmark in benchmarks:
        begin = time.monotonic()
        outcome = session.measure(benchmark)
        results.keep(folder, outcome, session)
        say(outcome, time.monotonic() - begin)
    summary = results.summarise(folder)
    draw(folder)
    print("\n" + table.terminal(summary) + "\n")
    return report(folder, session, len(summary), sum(bool(entry["met"]) for entry in summary))


def report(folder: Path, session: Session, entries: int, met: int) -> int:
    outcomes = session.outcomes.values()
    absent = {peer: needs for outcome in outcomes for peer, needs in outcome.missing.items()}
    for peer, needs in sorted(absent.items()):
        print(f"not measured: {peer} ({needs} is missing; {HOW_TO_GET} gets it)")
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"{met} of {entries} goals met, {len(faults)} faults; {folder / 'summary.json'}, a picture of each benchmark beside it")
    return 1 if faults else 0


def draw(folder: Path) -> None:
    if not picture.is_possible():
        print(f"no pictures: matplotlib is not installed; {HOW_TO_GET} gets it")
        return
    for kept in results.records(folder):
        picture.draw(folder, kept)


def write_document(folder: Path) -> int:
    kept = results.records(folder)
    if not kept:
        print(f"nothing is measured: no runs under {folder}; make bench", file=sys.stderr)
        return 2
    path = ROOT / "docs/performance.md"
    path.write_text(document.replace(path.read_text(), document.figures(kept)))
    print(f"written: {path}")
    return 0


def main() -> int:
    options = arguments()
    folder = options.build.resolve() / "bench"
    if options.verb == "list":
        for benchmark in plan.BENCHMARKS:
            peers = ", ".join(peer.name for peer in benchmark.peers)
            print(f"{benchmark.number:3} {benchmark.key:22} {OURS} against {peers}")
        return 0
    if options.verb == "draw":
        draw(folder)
        return 0
    return write_document(folder) if options.verb == "docs" else run(options)


if __name__ == "__main__":
    sys.exit(main())
