"""A benchmark: ours and every peer that is there, in turn, A B C A B C, so that a noisy machine hurts all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import figures, idle, program
from .peers import Places, fill, missing
from .plan import Benchmark, Peer

OURS = "sabir"
Runner = Callable[[list[str]], program.Run]


@dataclass
class Contender:
    """Whoever runs: its command, and what came of each round."""

    name: str
    command: list[str]
    runs: list[program.Run] = field(default_factory=list)

    def values(self, figure: str) -> list[float]:
        return [run.figures[figure] for run in self.runs]


@dataclass
class Outcome:
    """What came of one benchmark."""

    benchmark: Benchmark
    contenders: list[Contender] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)  # peer: what it needs
    faults: list[str] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    growth: list[tuple[int, figures.Spread]] = field(default_factory=list)

    def of(self, name: str) -> Contender | None:
        return next((contender for contender in self.contenders if contender.name == name), None)


@dataclass
class Session:
    """One `make bench`: how much, and whatever was measured before."""

    places: Places
    rounds: int = 7
    scale: float = 1.0
    idle_s: float = 10.0
    run: Runner = program.run
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def measure(self, benchmark: Benchmark) -> Outcome:
        kinds = {"rounds": self._in_turn, "compares": self._compared, "growth": self._grown, "idle": self._at_rest}
        if benchmark.shares in self.outcomes:
            outcome = sharing(benchmark, self.outcomes[benchmark.shares])
        else:
            outcome = Outcome(benchmark)
            kinds[benchmark.kind](outcome)
        if not outcome.entries:
            outcome.entries = entries(outcome)
        self.outcomes[benchmark.key] = outcome
        return outcome

    def _contenders(self, outcome: Outcome) -> None:
        benchmark = outcome.benchmark
        named = [(OURS, benchmark.ours), *((peer.name, peer.command) for peer in benchmark.peers if peer.command)]
        for name, command in named:
            filled = fill(command, self.places, self.scale, self.rounds)
            lacks = missing(filled)
            if not lacks:
                outcome.contenders.append(Contender(name, filled))
            elif name == OURS:
                outcome.faults.append(f"{lacks} is not built")
            else:
                outcome.missing[name] = lacks

    def _once(self, outcome: Outcome, contender: Contender) -> bool:
        benchmark = outcome.benchmark
        figure = "ours" if benchmark.kind == "compares" else benchmark.figure
        try:
            run = self.run(contender.command)
            if figure not in run.figures:
                raise program.Wrong(f"{' '.join(contender.command)}: there is no '{figure}' in its figures")
        except program.Wrong as fault:
            outcome.faults.append(str(fault))
            return False
        contender.runs.append(run)
        return True

    def _in_turn(self, outcome: Outcome) -> None:
        self._contenders(outcome)
        for _ in range(self.rounds):
            # Whoever fails once is out: its figures are not to be trusted.
            outcome.contenders = [contender for contender in outcome.contenders if self._once(outcome, contender)]

    def _compared(self, outcome: Outcome) -> None:
        """The program takes turns with the peer itself and prints one line per comparison."""
        self._contenders(outcome)
        for contender in outcome.contenders:
            if not self._once(outcome, contender):
                continue
            peer = outcome.benchmark.peers[0]
            for line in contender.runs[0].lines:
                made = figures.entry(outcome.benchmark, peer, line["ours"], line["theirs"])
                if len(contender.runs[0].lines) > 1:
                    made["what"] = line["what"]
                outcome.entries.append(made)

    def _grown(self, outcome: Outcome) -> None:
        benchmark = outcome.benchmark
        sized = [(size, Contender(str(size), fill(command, self.places, self.scale, self.rounds))) for size, command in benchmark.sizes]
        lacks = {missing(contender.command) for _, contender in sized} - {""}
        outcome.faults = [f"{lack} is not built" for lack in sorted(lacks)]
        for _ in range(0 if lacks else max(1, self.rounds // 2)):
            for _, contender in sized:
                self._once(outcome, contender)
        if outcome.faults:
            return
        outcome.contenders = [contender for _, contender in sized]
        outcome.growth = [(size, figures.spread(contender.values(benchmark.figure))) for size, contender in sized]
        outcome.entries = [growth_entry(outcome)]

    def _at_rest(self, outcome: Outcome) -> None:
        self._contenders(outcome)
        watched = idle.watch([contender.command for contender in outcome.contenders], self.idle_s)
        resting = []
        for contender, run in zip(outcome.contenders, watched):
            if isinstance(run, program.Run):
                contender.runs.append(run)
                resting.append(contender)
            else:
                outcome.faults.append(str(run))
        outcome.contenders = resting


def sharing(benchmark: Benchmark, shared: Outcome) -> Outcome:
    """Another figure of the same runs, of those that take part in it."""
    named = {OURS} | {peer.name for peer in benchmark.peers}
    contenders = [contender for contender in shared.contenders if contender.name in named]
    faults = [
        f"{contender.name} gave no '{benchmark.figure}'" for contender in contenders if benchmark.figure not in contender.runs[0].figures
    ]
    able = [contender for contender in contenders if benchmark.figure in contender.runs[0].figures]
    return Outcome(benchmark, able, {peer: needs for peer, needs in shared.missing.items() if peer in named}, faults)


def growth_entry(outcome: Outcome) -> dict[str, Any]:
    benchmark = outcome.benchmark
    costs = [point.median for _, point in outcome.growth]
    steepest = figures.steepest([size for size, _ in outcome.growth], costs, per_item=benchmark.slope == 1)
    peer = benchmark.peers[0]
    assert peer.limit is not None
    made = figures.entry(benchmark, peer, steepest, peer.limit)
    return {**made, "what": f"{benchmark.what}: steepest slope of cost over size", "unit": "slope"}


def entries(outcome: Outcome) -> list[dict[str, Any]]:
    """One for each peer that is there, for each plain limit too."""
    benchmark, ours = outcome.benchmark, outcome.of(OURS)
    if ours is None or not ours.runs:
        return []
    median = statistics.median(ours.values(benchmark.figure))
    made = []
    for peer in benchmark.peers:
        theirs = theirs_of(outcome, peer)
        if theirs is not None:
            made.append(figures.entry(benchmark, peer, median, theirs))
    return made


def theirs_of(outcome: Outcome, peer: Peer) -> float | None:
    if peer.limit is not None:
        return peer.limit
    contender = outcome.of(peer.name)
    if contender is None or not contender.runs:
        return None
    return statistics.median(contender.values(outcome.benchmark.figure))


def median_cost(runs: Sequence[program.Run]) -> dict[str, float]:
    return {
        "cpu_s": figures.rounded(statistics.median(run.cpu_s for run in runs)),
        "switches": figures.rounded(statistics.median(run.switches for run in runs)),
        "seconds": figures.rounded(statistics.median(run.seconds for run in runs)),
    }
