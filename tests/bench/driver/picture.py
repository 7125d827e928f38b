"""One picture per benchmark: bars of the figures with their spread, and how many times better ours is; growth on logarithmic axes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from . import table
from .rounds import OURS

OURS_COLOUR, PEER_COLOUR, MISSED_COLOUR, LIMIT_COLOUR = "#1b6ca8", "#b9c4cd", "#d9a08c", "#c0392b"


def is_possible() -> bool:
    return importlib.util.find_spec("matplotlib") is not None


def draw(folder: Path, record: dict[str, Any]) -> Path | None:
    """KEY.png, or None where there is nothing to draw."""
    import matplotlib

    matplotlib.use("Agg")
    bars = bars_of(record)
    if not bars:
        return None
    path = folder / f"{record['key']}.png"
    draw_growth(path, record) if record["kind"] == "growth" else draw_bars(path, record, bars)
    return path


def bars_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Name, median, least, greatest, and the entry of the comparison (none for ours)."""
    if record["kind"] == "compares":
        return compared_bars(record)
    verdicts = {entry["peer"]: entry for entry in record["entries"]}
    return [{**contender, "entry": verdicts.get(contender["name"])} for contender in record["contenders"]]


def compared_bars(record: dict[str, Any]) -> list[dict[str, Any]]:
    bars = []
    lines = [line for contender in record["contenders"] for line in contender.get("lines", [])]
    for line, entry in zip(lines, record["entries"]):
        several = f": {line['what']}" if len(lines) > 1 else ""
        for side, name, verdict in (("ours", OURS, None), ("theirs", entry["peer"], entry)):
            spread = {"median": line[side], "least": line[f"{side}_least"], "greatest": line[f"{side}_greatest"]}
            bars.append({"name": name + several, "entry": verdict, **spread})
    return bars


def colour_of(bar: dict[str, Any]) -> str:
    if bar["entry"] is None:
        return OURS_COLOUR
    return PEER_COLOUR if bar["entry"]["met"] else MISSED_COLOUR


def verdict_of(bar: dict[str, Any]) -> str:
    entry = bar["entry"]
    if entry is None:
        return ""
    return f"ratio {table.number(entry['ratio'])}×, goal {table.number(entry['goal'])}×" + ("" if entry["met"] else ": missed")


def draw_bars(path: Path, record: dict[str, Any], bars: list[dict[str, Any]]) -> None:
    import matplotlib.pyplot as pyplot

    height = 1.5 + 0.45 * len(bars)
    figure, axes = pyplot.subplots(figsize=(10, height))
    figure.subplots_adjust(left=0.16, right=0.72, top=1 - 0.75 / height, bottom=0.6 / height)
    medians = [bar["median"] for bar in bars]
    errors = [[bar["median"] - bar["least"] for bar in bars], [bar["greatest"] - bar["median"] for bar in bars]]
    places = range(len(bars))
    whiskers = {"ecolor": "#555555", "capsize": 3, "lw": 1}
    axes.barh(places, medians, xerr=errors, color=[colour_of(bar) for bar in bars], height=0.62, error_kw=whiskers)
    axes.set_yticks(places, [bar["name"] for bar in bars])
    axes.invert_yaxis()
    logarithmic = set_scale(axes, bars, limits_of(record))
    for place, bar in zip(places, bars):
        end = bar["greatest"] if bar["greatest"] > 0 else axes.get_xlim()[0]
        axes.text(end, place, f"  {table.number(bar['median'])}", va="center", fontsize=9)
        axes.text(1.02, place, verdict_of(bar), va="center", fontsize=9, color="#333333", transform=axes.get_yaxis_transform())
    draw_limits(axes, record)
    finish(figure, axes, path, record, "more is better" if record["unit"].endswith("/s") else "less is better", logarithmic)


def limits_of(record: dict[str, Any]) -> list[float]:
    return [entry["theirs"] for entry in record["entries"] if entry["peer"] == "limit" and entry["theirs"] > 0]


def set_scale(axes: Any, bars: list[dict[str, Any]], limits: list[float]) -> bool:
    """Logarithmic where the small ones would not be seen beside the large ones; with room for the figures behind the bars."""
    positive = [bar["median"] for bar in bars if bar["median"] > 0] + limits
    end = max([bar["greatest"] for bar in bars] + limits)
    if positive and max(positive) / min(positive) > 30:
        axes.set_xscale("log")
        axes.set_xlim(min(positive) / 3, end * 4)
        return True
    axes.set_xlim(0, max(end, 1e-9) * 1.2)
    return False


def draw_limits(axes: Any, record: dict[str, Any]) -> None:
    for limit in limits_of(record):
        axes.axvline(limit, color=LIMIT_COLOUR, lw=1, ls="--")
        words = f"limit {table.number(limit)}"
        axes.text(limit, 1.01, words, color=LIMIT_COLOUR, fontsize=8, ha="center", transform=axes.get_xaxis_transform())


def finish(figure: Any, axes: Any, path: Path, record: dict[str, Any], direction: str, logarithmic: bool) -> None:
    import matplotlib.pyplot as pyplot

    axes.set_title(f"{record['number']}. {record['what']}", loc="left", fontsize=11, pad=16)
    axes.set_xlabel(f"{record['unit']}, {direction}" + (", logarithmic" if logarithmic else ""), fontsize=9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def draw_growth(path: Path, record: dict[str, Any]) -> None:
    import matplotlib.pyplot as pyplot

    points = [(int(contender["name"]), contender) for contender in record["contenders"]]
    # A size of 0, which has no logarithm, stands a tenth left of the next one.
    sizes = [size or points[1][0] / 10 for size, _ in points]
    figure, axes = pyplot.subplots(figsize=(10, 4.2))
    figure.subplots_adjust(left=0.1, right=0.96, top=0.86, bottom=0.14)
    axes.set_xscale("log")
    axes.set_yscale("log")
    medians = [point["median"] for _, point in points]
    axes.fill_between(
        sizes, [point["least"] for _, point in points], [point["greatest"] for _, point in points], color=OURS_COLOUR, alpha=0.15
    )
    axes.plot(sizes, medians, "o-", color=OURS_COLOUR)
    for size, (_, point) in zip(sizes, points):
        axes.annotate(
            table.number(point["median"]), (size, point["median"]), textcoords="offset points", xytext=(0, 9), ha="center", fontsize=8.5
        )
    axes.set_xticks(sizes, [table.number(named) for named, _ in points], minor=False)
    axes.minorticks_off()
    axes.set_ylim(min(medians) / 4, max(medians) * 4)
    axes.set_ylabel(record["unit"], fontsize=9)
    entry = record["entries"][0] if record["entries"] else None
    words = f"steepest slope {table.number(entry['ours'])} (1 is a straight line)" if entry else ""
    finish(figure, axes, path, {**record, "unit": "size"}, words, False)
