"""Does a value look as a case expects? Says where it does not.

A pattern is JSON whose leaves may be typed: `$int`, `$float`, `$double`, `$token`, `$re`, `$any`, `$absent`,
`$nest` (that many lists, one in the other), and `$seen`, which compares a value as the application saw it with
the tags that `probe` and `typed` put on.
Objects have to have exactly the keys of the pattern.
"""

import re
import struct

from .jsontext import Number, write

LEAVES = ("$int", "$float", "$double", "$token", "$re", "$any", "$absent", "$nest", "$seen")


class Difference(str):
    """A sentence on a difference, with its parts for whoever shows them: where it is, what was expected, what was seen."""

    def __new__(cls, where, expected, seen, sentence=None):
        found = super().__new__(cls, sentence or f"{where or 'value'}: expected {expected}, seen {seen}")
        found.where, found.expected, found.seen = where, expected, seen
        return found


def difference(pattern, value, path=""):
    """A sentence on the first difference, or None if there is none."""
    leaf = leaf_of(pattern)
    if leaf:
        return _LEAF_CHECKS[leaf](pattern[leaf], value, path)
    if isinstance(pattern, dict):
        return _object_difference(pattern, value, path)
    if isinstance(pattern, list):
        return _list_difference(pattern, value, path)
    if type(pattern) is type(value) and pattern == value:
        return None
    return Difference(path, write(pattern), shown(value))


def envelope_difference(pattern, envelope):
    """Compare the parts of an envelope that a pattern names."""
    if envelope is None:
        return "what came is no envelope"
    sender = envelope.sender and {"name": envelope.sender.name, "endpoint": envelope.sender.endpoint}
    parts = {**{key: getattr(envelope, key) for key in pattern if key != "sender"}, "sender": sender}
    # The type first: "a Reject came" says more than a difference in its payload.
    for key in ("type", *sorted(pattern.keys() - {"type"})):
        wanted = pattern[key]
        if leaf_of(wanted) == "$absent":
            wanted = None
        found = difference(wanted, parts[key], key)
        if found:
            return found
    return None


def leaf_of(pattern):
    """The name of a typed leaf, or None."""
    if isinstance(pattern, dict) and len(pattern) == 1:
        name = next(iter(pattern))
        return name if name in LEAVES else None
    return None


def shown(value):
    """The value as JSON, short enough for a line."""
    try:
        text = write(value)
    except ValueError:
        text = ascii(value)
    return text if len(text) <= 300 else text[:300] + "…"


def _object_difference(pattern, value, path):
    if not isinstance(value, dict):
        return Difference(path, "an object", shown(value))
    for key, wanted in pattern.items():
        here = f"{path}.{key}" if path else key
        if leaf_of(wanted) == "$absent":
            if key in value:
                return Difference(here, "to be absent", shown(value[key]))
        elif key not in value:
            return Difference(here, "to be there", "nothing", f"{here}: is missing")
        else:
            found = difference(wanted, value[key], here)
            if found:
                return found
    for key in value.keys() - pattern.keys():
        here = f"{path}.{key}" if path else key
        return Difference(here, "nothing", shown(value[key]), f"{here}: is not expected")
    return None


def _list_difference(pattern, value, path):
    if not isinstance(value, list):
        return Difference(path, "a list", shown(value))
    if len(pattern) != len(value):
        return Difference(path, f"{len(pattern)} items", str(len(value)))
    for index, (wanted, item) in enumerate(zip(pattern, value)):
        found = difference(wanted, item, f"{path}[{index}]")
        if found:
            return found
    return None


def _int_difference(wanted, value, path):
    # No integer of the protocol has more digits; Python refuses to convert thousands of them.
    if isinstance(value, Number) and value.is_integer and len(value.token) < 32 and int(value) == int(wanted):
        return None
    return Difference(path, f"the integer {wanted}", shown(value))


def _float_difference(wanted, value, path):
    if isinstance(value, Number) and same_double(float(value), float(wanted)):
        return None
    return Difference(path, f"the double {wanted}", shown(value))


def _double_difference(wanted, value, path):
    """As `$float`, and spelled as NUM-5 says: recognisable as a double, with no digit more than needed."""
    found = _float_difference(wanted, value, path)
    if found:
        return found
    if value.is_integer or len(_digits(value.token)) > len(_digits(repr(float(wanted)))):
        return Difference(path, f"{float(wanted)!r} in its shortest form as a double", value.token)
    return None


def _digits(token):
    """The significant digits of a number's token."""
    return "".join(filter(str.isdigit, token.lower().partition("e")[0])).strip("0")


def _token_difference(wanted, value, path):
    if isinstance(value, Number) and value.token == wanted:
        return None
    return Difference(path, f"the token {wanted}", shown(value))


def _re_difference(wanted, value, path):
    if isinstance(value, str) and re.fullmatch(wanted, value, re.DOTALL):
        return None
    return Difference(path, f"a string like /{wanted}/", shown(value))


def _absent_difference(_wanted, value, path):
    return Difference(path, "to be absent", shown(value))


def _nest_difference(wanted, value, path):
    depth, inner = 0, value
    while isinstance(inner, list) and len(inner) <= 1:
        depth, inner = depth + 1, inner[0] if inner else None
    return None if depth == int(wanted) and inner is None else Difference(path, f"{wanted} nested lists", str(depth))


def _seen_difference(wanted, tagged, path):
    """Compare what the application saw, tagged, with a pattern of plain values."""
    if not isinstance(tagged, dict) or not isinstance(tagged.get("t"), str):
        return Difference(path, "a tagged value", shown(tagged))
    leaf = leaf_of(wanted)
    if leaf in ("$int", "$float"):
        return _seen_number_difference(leaf, wanted[leaf], tagged, path)
    if leaf == "$any":
        return None
    if isinstance(wanted, (dict, list)):
        return _seen_container_difference(wanted, tagged, path)
    expected = _tagged_scalar(wanted)
    return None if expected == tagged else Difference(path, write(expected), shown(tagged))


def _seen_number_difference(leaf, wanted, tagged, path):
    kinds = {"$int": ("int",), "$float": ("float", "int") if float(wanted).is_integer() else ("float",)}[leaf]
    text = tagged.get("v")
    if tagged.keys() == {"t", "v"} and tagged["t"] in kinds and isinstance(text, str):
        try:
            if same_double(float(text), float(wanted)) if leaf == "$float" else int(text) == int(wanted):
                return None
        except ValueError:
            pass
    return Difference(path, f"{kinds[0]} {wanted}", shown(tagged))


def _seen_container_difference(wanted, tagged, path):
    kind, kind_type = ("map", dict) if isinstance(wanted, dict) else ("list", list)
    inner = tagged.get("v")
    if tagged["t"] != kind or not isinstance(inner, kind_type):
        return Difference(path, f"a {kind}", shown(tagged))
    if isinstance(wanted, list):
        return _list_difference([{"$seen": item} for item in wanted], inner, path)
    return _object_difference({key: item if leaf_of(item) == "$absent" else {"$seen": item}
                               for key, item in wanted.items()}, inner, path)


def _tagged_scalar(value):
    if value is None:
        return {"t": "null"}
    if isinstance(value, bool):
        return {"t": "bool", "v": "true" if value else "false"}
    return {"t": "str", "v": value, "bytes": value.encode().hex()}


def same_double(one, other):
    """Equal bit for bit, so that 0.0 and -0.0 differ."""
    return struct.pack(">d", one) == struct.pack(">d", other)


_LEAF_CHECKS = {
    "$int": _int_difference, "$float": _float_difference, "$double": _double_difference, "$token": _token_difference, "$re": _re_difference,
    "$nest": _nest_difference, "$any": lambda _wanted, _value, _path: None, "$absent": _absent_difference, "$seen": _seen_difference,
}
