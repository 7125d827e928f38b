"""JSON text as strictly as the wire has it, written with CPython's own encoder.

CPython writes NaN, lone surrogates and keys that are no text; each is refused here with the place where it stands. What is left
to the core, which reads the whole text again before it sends: integers beyond 64 bits, depth and size.
"""

from __future__ import annotations

import json
import math
from json.encoder import encode_basestring
from typing import Any

from ._errors import BadPayloadSabirError, SabirError, ValueSabirError

_LARGEST, _SMALLEST = 2**64 - 1, -(2**63)

quote = encode_basestring
"""A string as JSON text: only `"`, `\\` and control characters are escaped."""


def _foreign(value: Any) -> Any:
    """What the encoder does not know: NumPy's scalars are the numbers that they look like."""
    if hasattr(value, "__index__"):
        return value.__index__()
    if hasattr(value, "__float__") and getattr(value, "shape", None) == ():
        return float(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value")


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=True, separators=(",", ":"), default=_foreign).encode
_scan: Any = vars(json.JSONDecoder())["scan_once"]  # raw_decode without its own wrapping


def dumps(value: Any) -> str:
    """`value` as JSON text.

    Raises:
        ValueSabirError: NaN, an infinity or an integer that no 64 bits hold; says where.
        BadPayloadSabirError: something that is no JSON value, or a key that is not a str; says where.
    """
    try:
        text = _encode(value)
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise _explain(value, error) from None
    if _has_doubtful(value):
        _check(value, "")
    return text


def utf8(text: str, where: str) -> bytes:
    """`text` as the bytes that travel.

    Raises:
        ValueSabirError: it holds a lone surrogate.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        surrogate = text[error.start]
        raise ValueSabirError(f"{where}: a string holds the lone surrogate U+{ord(surrogate):04X}") from None


def loads(data: bytes) -> Any:
    """The value of a text that the core's strict reader has accepted already."""
    value, _end = _scan(data.decode(), 0)
    return value


def _has_doubtful(value: Any) -> bool:
    """Whether there is a key that is no text or an integer out of range: what the encoder lets pass."""
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or (type(item) not in _HARMLESS and _has_doubtful(item)):
                return True
        return False
    if kind is list or kind is tuple:
        return any(type(item) not in _HARMLESS and _has_doubtful(item) for item in value)
    if kind is int:
        return not _SMALLEST <= value <= _LARGEST
    return kind not in _HARMLESS


_HARMLESS = frozenset((str, float, bool, type(None)))


def _check(value: Any, where: str) -> None:
    """Find what cannot be carried, slowly, and raise with its place."""
    if isinstance(value, str):
        utf8(value, where or "the value")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueSabirError(f"{where or 'the value'}: {value!r} is no JSON number")
    elif isinstance(value, int):
        if not _SMALLEST <= value <= _LARGEST:
            raise ValueSabirError(f"{where or 'the value'}: {short(value)} is beyond 64 bits")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise BadPayloadSabirError(f"{where or 'the value'}: the key {key!r} is no str")
            utf8(key, where)
            _check(item, f"{where}.{key}" if where else key)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _check(item, f"{where}[{index}]")
    elif value is not None:
        try:
            _check(_foreign(value), where)
        except TypeError as error:
            raise BadPayloadSabirError(f"{where or 'the value'}: {error}") from None


def _explain(value: Any, error: Exception) -> SabirError:
    """What is wrong with `value`, in our words if it can be found."""
    if isinstance(error, RecursionError) or "Circular" in str(error):
        return ValueSabirError("the value is nested without end or too deeply")
    try:
        _check(value, "")
    except SabirError as found:
        return found
    except RecursionError:
        return ValueSabirError("the value is nested without end or too deeply")
    return BadPayloadSabirError(str(error))


def short(value: int) -> str:
    """An integer for an error's text, however large."""
    return str(value) if value.bit_length() <= 128 else f"an integer of {value.bit_length()} bits"
