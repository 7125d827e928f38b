"""The steps that concern many messages or many peers at once."""

import os

from .template import fill_text
from .trial import CaseError


def do_burst(trial, step):
    """One message `count` times, numbered by `${i}`, as fast as the testee reads. The first and the last are judged as any other."""
    peer, count = trial.connected(step["peer"]), int(step["count"])
    if "text" not in step:
        raise CaseError("burst takes text alone")
    pieces = [fill_text(piece, trial.names) for piece in step["text"].split("${i}")]
    numbers = range(count)
    for index in (numbers[0], numbers[-1]):
        trial.judge_own((str(index).join(pieces).encode(),), None)
    trial.ledger.note(f"a burst of {count} messages, {str(0).join(pieces)[:200]} and so on")
    for index in numbers:
        peer.link.send((str(index).join(pieces).encode(),))
        if index % 256 == 255:
            trial.flush(peer)
            trial.loop.turn(0)  # others may be waiting for us
    trial.flush(peer)


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
