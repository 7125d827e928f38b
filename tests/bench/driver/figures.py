"""Medians, spreads, ratios, and whether a goal is met."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from .plan import Benchmark, Peer


@dataclass(frozen=True)
class Spread:
    median: float
    least: float
    greatest: float


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def ratio(benchmark: Benchmark, ours: float, theirs: float) -> float:
    """How many times better ours is. What is below the resolution of the measurement counts as that."""
    ours, theirs = max(ours, benchmark.resolution), max(theirs, benchmark.resolution)
    better, worse = (ours, theirs) if benchmark.more_is_better else (theirs, ours)
    return better / worse if worse > 0 else math.inf


def goal(benchmark: Benchmark, peer: Peer, theirs: float) -> float:
    """The ratio to reach; where ours is allowed to cost more by a factor and a sum, it follows from what theirs costs."""
    if peer.allowed is None:
        return peer.goal
    times, plus = peer.allowed
    return 1 / times if benchmark.more_is_better else theirs / (theirs * times + plus)


def entry(benchmark: Benchmark, peer: Peer, ours: float, theirs: float) -> dict[str, object]:
    """One line of summary.json."""
    reached, wanted = ratio(benchmark, ours, theirs), goal(benchmark, peer, theirs)
    return {
        "what": benchmark.what,
        "peer": peer.name,
        "ours": rounded(ours),
        "theirs": rounded(theirs),
        "unit": benchmark.unit,
        "ratio": rounded(reached),
        "goal": rounded(wanted),
        "met": reached >= wanted,
    }


def rounded(value: float) -> float:
    """Four digits: more than any of these figures is worth."""
    return float(f"{value:.4g}")


def steepest(sizes: Sequence[float], costs: Sequence[float], per_item: bool) -> float:
    """The steepest slope of the whole cost over the size, both in logarithms: 1 is a straight line, above it is a knee.

    Sizes of 0 have no logarithm and are left out.
    """
    points = [(math.log(size), math.log(cost) + (math.log(size) if per_item else 0)) for size, cost in zip(sizes, costs) if size > 0]
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in zip(points, points[1:])]
    return max(slopes)
