"""Between a message object and the JSON text of its payload, one pair of functions per message class.

The functions are put together once, when the class is declared: the scalars of a flat class are written in one expression, without
a call per field; whatever is nested goes through closures. Decoding trusts the text, for the core has checked it against the same
table of fields; encoding trusts nothing.
"""

from __future__ import annotations

import binascii
import io
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from . import _json
from ._errors import BadPayloadSabirError, SabirError, ValueSabirError
from .kind import INTEGER_RANGES, Kind

Encoder = Callable[[Any], str]
Decoder = Callable[[Any], Any]


def _bad(value: Any, wanted: str) -> BadPayloadSabirError:
    shown = repr(value)
    return BadPayloadSabirError(f"{shown if len(shown) <= 60 else shown[:57] + '...'} is not {wanted}")


# ---- Encoders: a value in, JSON text out ----------------------------------------------------------------------------------


def _bool_text(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    if type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"):
        return "true" if value else "false"
    raise _bad(value, "a bool")


def _integer_encoder(word: str) -> Encoder:
    low, high = INTEGER_RANGES[word]

    def encode(value: Any) -> str:
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise _bad(value, "an int")
        number = operator.index(value)
        if not low <= number <= high:
            raise ValueSabirError(f"{_json.short(number)} does not fit {word}")
        return int.__repr__(number)

    return encode


def _double_text(value: Any) -> str:
    if isinstance(value, (bool, str, bytes)) or not hasattr(value, "__float__"):
        raise _bad(value, "a float")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise _bad(value, "a float") from None
    if isinstance(value, int) and number != value:
        raise ValueSabirError(f"a float cannot hold the integer {value} exactly")
    if number - number != 0.0:
        raise ValueSabirError(f"{number!r} is no JSON number")
    return float.__repr__(number)


def _string_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _bad(value, "a str")
    return _json.quote(value)


def _bytes_text(value: Any) -> str:
    try:
        data = memoryview(value)
    except TypeError:
        raise _bad(value, "bytes") from None
    if not data.contiguous:
        data = memoryview(data.tobytes())
    return f'"{binascii.b2a_base64(data, newline=False).decode("ascii")}"'


def _array_text(value: Any) -> str:
    import numpy

    file = io.BytesIO()
    try:
        numpy.lib.format.write_array(file, numpy.asanyarray(value), allow_pickle=False)
    except ValueError as error:
        raise BadPayloadSabirError(f"the array cannot travel: {error}") from None
    return _bytes_text(file.getbuffer())


def _list_encoder(item: Encoder) -> Encoder:
    def encode(value: Any) -> str:
        if hasattr(value, "tolist"):  # a NumPy array is a list of its rows
            value = value.tolist()
        if not isinstance(value, Sequence) or isinstance(value, (str, bytes, bytearray)):
            raise _bad(value, "a list")
        texts: list[str] = []
        try:
            for element in value:
                texts.append(item(element))
        except SabirError as error:
            raise _within(f"[{len(texts)}]", error) from None
        return f"[{','.join(texts)}]"

    return encode


def _map_encoder(item: Encoder) -> Encoder:
    def encode(value: Any) -> str:
        if not isinstance(value, dict):
            raise _bad(value, "a dict")
        texts = []
        for key, element in value.items():
            if type(key) is not str:
                raise BadPayloadSabirError(f"the key {key!r} is no str")
            try:
                texts.append(f"{_json.quote(key)}:{item(element)}")
            except SabirError as error:
                raise _within(f".{key}", error) from None
        return f"{{{','.join(texts)}}}"

    return encode


def _struct_encoder(message: Any) -> Encoder:
    encode_fields: Encoder = message.__sabir__.encode_text

    def encode(value: Any) -> str:
        if not isinstance(value, message):
            raise _bad(value, f"a {message.__name__}")
        return encode_fields(value)

    return encode


def _within(place: str, error: SabirError) -> SabirError:
    """The same error, said of the place around it."""
    text = str(error)
    joint = "" if text.startswith(("[", ".")) else ": "
    return type(error)(f"{place}{joint}{text}")


def encoder(kind: Kind) -> Encoder:
    """The function that writes a value of `kind`."""
    if kind.item is not None:
        if kind.word == "LIST":
            return _list_encoder(encoder(kind.item))
        if kind.word == "MAP":
            return _map_encoder(encoder(kind.item))
        inner = encoder(kind.item)  # an optional inside a list or a map has no place to be absent from
        return lambda value: "null" if value is None else inner(value)
    if kind.message is not None:
        return _struct_encoder(kind.message)
    if kind.is_array:
        return _array_text
    if kind.word in INTEGER_RANGES:
        return _integer_encoder(kind.word)
    return _PLAIN_ENCODERS[kind.word]


_PLAIN_ENCODERS: dict[str, Encoder] = {
    "BOOL": _bool_text,
    "DOUBLE": _double_text,
    "STRING": _string_text,
    "BYTES": _bytes_text,
    "JSON": _json.dumps,
}


# ---- Decoders: what `json` made of checked text in, the field's value out; None: it is that value already -------------------


def _array_of(text: str) -> Any:
    """The array of an .npy file; what the file says of its size is compared with what there is before anything is made of it."""
    try:
        import numpy
    except ImportError:
        raise BadPayloadSabirError("the field is an Array, which needs NumPy; it is not installed") from None
    data = binascii.a2b_base64(text)
    file = io.BytesIO(data)
    form = numpy.lib.format
    readers = {(1, 0): form.read_array_header_1_0, (2, 0): form.read_array_header_2_0}
    try:
        shape, is_fortran, dtype = readers[form.read_magic(file)](file)
    except (KeyError, ValueError) as error:
        raise BadPayloadSabirError(f"the field is no array: {error}") from None
    raw = memoryview(data)[file.tell() :]
    if dtype.hasobject or len(raw) != math.prod(shape) * dtype.itemsize:
        raise BadPayloadSabirError(f"an array {shape} of {dtype} is not what its {len(raw)} bytes hold")
    flat = numpy.frombuffer(bytearray(raw), dtype)  # its own memory, which can be written
    return flat.reshape(shape, order="F" if is_fortran else "C")


def decoder(kind: Kind) -> Decoder | None:
    """The function that makes a value of `kind`, or None if the JSON value is the field's value."""
    if kind.item is not None:
        inner = decoder(kind.item)
        if inner is None:
            return None
        if kind.word == "LIST":
            return lambda value: [inner(element) for element in value]
        if kind.word == "MAP":
            return lambda value: {key: inner(element) for key, element in value.items()}
        return lambda value: None if value is None else inner(value)
    if kind.message is not None:
        decode: Decoder = kind.message.__sabir__.decode_value
        return decode
    if kind.is_array:
        return _array_of
    return _PLAIN_DECODERS.get(kind.word)


_PLAIN_DECODERS: dict[str, Decoder] = {"DOUBLE": float, "BYTES": binascii.a2b_base64}


# ---- A class's own pair ------------------------------------------------------------------------------------------------------

# The common case of each scalar, in place; anything else goes to the field's encoder, which takes it or says why not. VALUE is
# where the field is first looked at (it leaves it in `v`), OTHER the name of the encoder in the generated function.
_IN_PLACE = {
    "BOOL": "true if (VALUE) is True else false if v is False else OTHER(v)",
    "INT32": "v if type(VALUE) is int and -2147483648 <= v <= 2147483647 else OTHER(v)",
    "INT64": "v if type(VALUE) is int and -9223372036854775808 <= v <= 9223372036854775807 else OTHER(v)",
    "UINT64": "v if type(VALUE) is int and 0 <= v <= 18446744073709551615 else OTHER(v)",
    "DOUBLE": "float_text(v) if type(VALUE) is float and v - v == 0.0 else OTHER(v)",
    "STRING": "quote(v) if type(VALUE) is str else OTHER(v)",
}


def make_encoder(type_name: str, fields: Sequence[tuple[str, str, Kind]]) -> Encoder:
    """The function that writes a whole object; `fields` are (attribute, key in the payload, kind)."""
    names: dict[str, Any] = {"true": "true", "false": "false", "float_text": float.__repr__, "quote": _json.quote}
    required, optional = [], []
    for index, (attribute, key, kind) in enumerate(fields):
        inner = kind.item if kind.word == "OPTIONAL" and kind.item is not None else kind
        names[f"e{index}"] = _named_encoder(f"{type_name}.{attribute}", encoder(inner))
        names[f"k{index}"] = f"{_json.quote(key)}:"
        text = _IN_PLACE.get(inner.word, "OTHER(VALUE)").replace("OTHER", f"e{index}")
        if inner is kind:
            required.append(f"{{k{index}}}{{({text.replace('VALUE', f'v := m.{attribute}')})}}")
        else:
            text = text.replace("VALUE", "v")
            optional += [f"    if (v := m.{attribute}) is not None: parts.append(f'{{k{index}}}{{({text})}}')"]
    lines = ["def encode(m):"]
    if optional:
        parts = ", ".join(f"f'{part}'" for part in required)
        lines += [f"    parts = [{parts}]", *optional, "    return '{' + ','.join(parts) + '}'"]
    else:
        lines += [f"    return f'{{{{{','.join(required)}}}}}'"]
    exec("\n".join(lines), names)  # text made here, of attribute names that are identifiers
    made: Encoder = names["encode"]
    return made


def _named_encoder(where: str, encode: Encoder) -> Encoder:
    """`encode` with the field's name in front of what it complains about."""

    def named(value: Any) -> str:
        try:
            return encode(value)
        except SabirError as error:
            raise _within(where, error) from None

    return named


def make_decoder(build: Callable[..., Any], fields: Sequence[tuple[str, str, Kind]]) -> Decoder:
    """The function that makes an object of the decoded JSON object; `build` takes the attributes by name."""
    names: dict[str, Any] = {"build": build}
    arguments = []
    for index, (attribute, key, kind) in enumerate(fields):
        names[f"k{index}"] = key
        value = f"d.get(k{index})" if kind.word == "OPTIONAL" else f"d[k{index}]"
        decode = decoder(kind)
        if decode is not None:
            names[f"c{index}"] = decode
            value = f"c{index}({value})"
        arguments.append(f"{attribute}={value}")
    exec(f"def decode(d):\n    return build({', '.join(arguments)})", names)
    made: Decoder = names["decode"]
    return made
