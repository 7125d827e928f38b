"""The steps that concern many messages or many peers at once."""

import os

from .template import fill_text
from .trial import CaseError


def do_burst(trial, step):
    """One message `count` times, numbered by `${i}`, as fast as the testee reads; of several peers one each in turn.

    The first and the last are judged as any other.
    """
    names, count = step["peer"] if isinstance(step["peer"], list) else [step["peer"]], int(step["count"])
    if "text" not in step:
        raise CaseError("burst takes text alone")
    ways = [(trial.connected(name), _pieces(trial, name, step["text"])) for name in names]
    for _peer, pieces in ways:
        for index in (0, count - 1):
            trial.judge_own((str(index).join(pieces).encode(),), None)
        trial.ledger.note(f"a burst of {count} messages, {str(0).join(pieces)[:200]} and so on")
    for index in range(count):
        for peer, pieces in ways:
            peer.link.send((str(index).join(pieces).encode(),))
        if index % 256 == 255:
            _breathe(trial, ways)
    _breathe(trial, ways)


def _pieces(trial, name, text):
    """The text of that peer, filled, between the places of its number."""
    trial.names.words["peer"] = name
    return [fill_text(piece, trial.names) for piece in text.split("${i}")]


def _breathe(trial, ways):
    for peer, _pieces in ways:
        trial.flush(peer)
    trial.loop.turn(0)  # others may be waiting for us


def number(step, key, default):
    """An integer that a step may give as text."""
    try:
        return int(step.get(key, default))
    except (TypeError, ValueError):
        raise CaseError(f"{step['do']}: {key} has to be an integer") from None


def do_descriptors(trial, step):
    """How many files, sockets among them, an instance holds open."""
    pid = trial.instance(step["node"]).testee.pid
    count = len(os.listdir(f"/proc/{pid}/fd"))
    trial.hold(count <= int(step["max"]), f"{step['node']} holds {count} descriptors open, {step['max']} are the most")
