"""From what a case says to the exact bytes that are sent.

A step has one of `envelope` (sugar for a valid one), `text`, `hex`, `gen` (a list of parts) or `frames`
(a list of those, for a multipart message).
"""

import random
import struct

from . import envelope as envelopes
from .jsontext import Number, write
from .template import fill, fill_text

FORMS = ("envelope", "text", "hex", "gen", "frames")


def parts_of(step, names, rng, default_sender):
    """The parts of the message that a step describes."""
    if "frames" in step:
        return tuple(_bytes_of(form, names, rng, default_sender) for form in step["frames"])
    return (_bytes_of(step, names, rng, default_sender),)


def _bytes_of(step, names, rng, default_sender):
    if "envelope" in step:
        return _envelope(with_numbers(fill(step["envelope"], names)), step.get("dialect", envelopes.V1), default_sender)
    if "text" in step:
        return fill_text(step["text"], names).encode("utf-8")
    if "hex" in step:
        return bytes.fromhex(fill_text(step["hex"], names))
    return _with_padding(step["gen"], [_generated(part, names, rng) for part in step["gen"]], names)


def with_numbers(value):
    """`{"$number": "-0.0"}` is the number with just that token, which a hole alone could not give."""
    if isinstance(value, dict):
        if value.keys() == {"$number"}:
            return Number(value["$number"])
        return {key: with_numbers(item) for key, item in value.items()}
    return [with_numbers(item) for item in value] if isinstance(value, list) else value


def _envelope(value, dialect, default_sender):
    if dialect == envelopes.FLAT:
        sender = value.pop("sender", default_sender) or {"name": None, "endpoint": None}
        value = {"sender_actor": sender["name"], "sender_endpoint": sender["endpoint"], **value}
    else:
        value = {"type": value.pop("type"), "target": value.pop("target"),
                 "sender": value.pop("sender", default_sender), **value}
    return write(value).encode("utf-8")


def _generated(part, names, rng):
    kind, value = next((kind, part[kind]) for kind in _GENERATORS if kind in part)
    return _GENERATORS[kind](value, _count(part.get("count", Number("1")), names), names, rng)


def _with_padding(parts, pieces, names):
    """Stretch the part `pad` so that all of it has `total` bytes."""
    for index, part in enumerate(parts):
        if "pad" in part:
            missing = _count(part["total"], names) - sum(map(len, pieces)) + len(pieces[index])
            pieces[index] = part["pad"].encode() * missing
    return b"".join(pieces)


def _count(value, names):
    return int(fill_text(value, names) if isinstance(value, str) else value)


def _random_text(_value, count, _names, rng):
    """Characters of every plane, none of which JSON has to escape."""
    planes = ((0x23, 0x5B), (0xA1, 0x2FF), (0x370, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    return "".join(chr(rng.randint(*rng.choice(planes))) for _ in range(count)).encode("utf-8")


_GENERATORS = {
    "text": lambda value, count, names, rng: fill_text(value, names).encode("utf-8") * count,
    "hex": lambda value, count, names, rng: bytes.fromhex(fill_text(value, names)) * count,
    "utf16le": lambda value, count, names, rng: fill_text(value, names).encode("utf-16-le") * count,
    "utf16be": lambda value, count, names, rng: fill_text(value, names).encode("utf-16-be") * count,
    "random_bytes": lambda value, count, names, rng: rng.randbytes(count),
    "random_text": _random_text,
    "pad": lambda value, count, names, rng: b"",
    # As many different keys as wanted, each with the value null.
    "keys": lambda value, count, names, rng: ",".join(f'"{value}{n}":null' for n in range(count)).encode(),
}
GENERATORS = tuple(_GENERATORS)


def seeded_doubles(count, rng):
    """Finite doubles over all exponents, as tokens that read back equal."""
    found = []
    while len(found) < count:
        value = struct.unpack(">d", rng.randbytes(8))[0]
        if value == value and abs(value) != float("inf"):
            found.append(repr(value))
    return found


def rng_for(seed, case_id):
    """Random numbers that depend on the seed of the run and the case, not on the order of cases."""
    return random.Random(f"{seed}/{case_id}")
