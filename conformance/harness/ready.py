"""The READY line: what a testee says about itself when it can be talked to."""

from dataclasses import dataclass

from . import endpoint as endpoints
from . import jsontext
from .clauses import FEATURES

_KEYS = {"endpoint", "bound", "port", "version", "suite", "limits", "features"}


class ContractError(Exception):
    """A READY line that is none."""


@dataclass(frozen=True)
class ReadyLine:
    """What a testee says about itself when it is ready."""

    endpoint: str
    bound: str
    port: str
    version: str
    limit_bytes: int
    limit_depth: int
    features: frozenset


def parse_ready(line):
    """The content of a READY line, or ContractError."""
    word, _, text = line.partition(" ")
    if word != "READY":
        raise ContractError(f"it begins with {word!r}")
    try:
        value = jsontext.read(text.encode())
    except jsontext.JsonError as error:
        raise ContractError(f"{error.why} (byte {error.offset} behind READY)") from None
    if not isinstance(value, dict) or _KEYS - value.keys():
        missing = _KEYS - (value.keys() if isinstance(value, dict) else set())
        raise ContractError(f"it lacks {', '.join(sorted(missing))}")
    _check_ready(value)
    limits = value["limits"]
    return ReadyLine(value["endpoint"], value["bound"], value["port"], str(value["version"]),
                     int(limits["bytes"]), int(limits["depth"]), frozenset(value["features"]))


def _check_ready(value):
    for key in ("endpoint", "bound", "port", "version"):
        if not isinstance(value[key], str):
            raise ContractError(f"{key} is not a string")
    if endpoints.parse(value["endpoint"]) is None:
        raise ContractError(f"endpoint {value['endpoint']!r} is not one that END-1 allows")
    if value["suite"] != jsontext.Number("1"):
        raise ContractError("suite is not 1")
    limits = value["limits"]
    if not isinstance(limits, dict) or not all(_is_count(limits.get(key)) for key in ("bytes", "depth")):
        raise ContractError("limits has to hold the integers bytes and depth")
    if int(limits["bytes"]) < 1 << 21 or int(limits["depth"]) < 64:
        raise ContractError("limits are below 2097152 bytes or 64 levels (LIM-1)")
    if not isinstance(value["features"], list) or not set(map(str, value["features"])) <= set(FEATURES):
        raise ContractError(f"features has to be a list of {', '.join(FEATURES)}")


def _is_count(value):
    return isinstance(value, jsontext.Number) and value.token.isdigit()
