"""Objects to JSON text and back: against CPython's json, and what is refused."""

from __future__ import annotations

import base64
import dataclasses
import json
import math
from typing import Any

import pytest
import sabir
from hypothesis import given
from hypothesis import strategies as st


@sabir.message("test.Point")
class Point:
    x: float
    y: float = 0.0


@sabir.message("test.Every")
class Every:
    i: int
    i32: sabir.Int32
    u: sabir.UInt64
    f: float
    s: str
    b: bool
    raw: bytes
    numbers: list[int]
    table: dict[str, float]
    point: Point
    points: list[Point]
    nested: list[list[str]]
    any: sabir.Json
    from_: str
    maybe: str | None = None
    maybe_point: Point | None = None
    maybe_list: list[int | None] | None = None


text = st.text(st.characters(exclude_categories=["Cs"]))
finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | finite | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=10,
)
points = st.builds(Point, finite, finite)
everything = st.builds(
    Every,
    i=st.integers(-(2**63), 2**63 - 1),
    i32=st.integers(-(2**31), 2**31 - 1),
    u=st.integers(0, 2**64 - 1),
    f=finite,
    s=text,
    b=st.booleans(),
    raw=st.binary(),
    numbers=st.lists(st.integers(-(2**63), 2**63 - 1)),
    table=st.dictionaries(text, finite),
    point=points,
    points=st.lists(points, max_size=3),
    nested=st.lists(st.lists(text, max_size=3), max_size=3),
    any=json_values,
    from_=text,
    maybe=st.none() | text,
    maybe_point=st.none() | points,
    maybe_list=st.none() | st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)),
)

SAMPLE = Every(1, 2, 3, 0.5, "s", True, b"\0\xff", [1], {"a": 1.5}, Point(1.0), [], [["x"]], {"k": [None]}, "me")


def encode(message: Any) -> bytes:
    made: bytes = type(message).__sabir__.encode(message)
    return made


def decode(cls: Any, data: bytes) -> Any:
    return cls.__sabir__.decode(data)


def bits(value: Any) -> Any:
    """The same value with its floats told apart to the bit: -0.0 is not 0.0 here."""
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, dict):
        return {key: bits(item) for key, item in value.items()}
    if isinstance(value, list):
        return [bits(item) for item in value]
    return value


@given(everything)
def test_what_is_written_reads_back_equal_to_the_bit(message: Every) -> None:
    back = decode(Every, encode(message))
    assert bits(dataclasses.asdict(back)) == bits(dataclasses.asdict(message))


@given(everything)
def test_the_text_is_what_json_makes_of_the_same_values(message: Every) -> None:
    wanted = {k: v for k, v in dataclasses.asdict(message).items() if v is not None or k == "any"}
    wanted["from"] = wanted.pop("from_")
    wanted["raw"] = base64.b64encode(message.raw).decode()
    assert bits(json.loads(encode(message))) == bits(wanted)


@given(json_values)
def test_an_open_payload_is_carried_as_it_is(value: Any) -> None:
    class Open(sabir.OpenMessage, name="test.Open"):
        pass

    assert bits(decode(Open, encode(Open(value=value)))["value"]) == bits(value)


@given(finite)
def test_a_double_is_written_as_a_double(value: float) -> None:
    token = encode(Point(value))[5:].split(b",")[0]
    assert b"." in token or b"e" in token
    assert float(token).hex() == value.hex()


def test_an_absent_optional_is_not_written() -> None:
    assert "maybe" not in json.loads(encode(SAMPLE))
    assert json.loads(encode(dataclasses.replace(SAMPLE, maybe="x")))["maybe"] == "x"


def test_only_quotes_backslashes_and_control_characters_are_escaped() -> None:
    written = encode(dataclasses.replace(SAMPLE, s='\u2028é😀\x7f"\\\x00\n')).decode()
    assert '"s":"\u2028é😀\x7f\\"\\\\\\u0000\\n"' in written


REFUSED = [
    ({"f": math.nan}, sabir.ValueSabirError, r"Every\.f: nan"),
    ({"f": -math.inf}, sabir.ValueSabirError, r"Every\.f: -inf"),
    ({"f": "1"}, sabir.BadPayloadSabirError, r"Every\.f: '1' is not a float"),
    ({"f": True}, sabir.BadPayloadSabirError, r"Every\.f"),
    ({"f": 2**53 + 1}, sabir.ValueSabirError, r"Every\.f: .* exactly"),
    ({"f": 10**400}, sabir.BadPayloadSabirError, r"Every\.f"),
    ({"i": 2**63}, sabir.ValueSabirError, r"Every\.i: 9223372036854775808 does not fit INT64"),
    ({"i": -(2**63) - 1}, sabir.ValueSabirError, r"Every\.i"),
    ({"i": 10**5000}, sabir.ValueSabirError, r"Every\.i: an integer of \d+ bits"),
    ({"i32": 2**31}, sabir.ValueSabirError, r"Every\.i32"),
    ({"u": -1}, sabir.ValueSabirError, r"Every\.u: -1 does not fit UINT64"),
    ({"u": 2**64}, sabir.ValueSabirError, r"Every\.u"),
    ({"i": 1.0}, sabir.BadPayloadSabirError, r"Every\.i: 1\.0 is not an int"),
    ({"i": True}, sabir.BadPayloadSabirError, r"Every\.i"),
    ({"i": None}, sabir.BadPayloadSabirError, r"Every\.i: None"),
    ({"b": 1}, sabir.BadPayloadSabirError, r"Every\.b: 1 is not a bool"),
    ({"s": b"x"}, sabir.BadPayloadSabirError, r"Every\.s"),
    ({"s": "a\ud800"}, sabir.ValueSabirError, r"surrogate U\+D800"),
    ({"raw": "x"}, sabir.BadPayloadSabirError, r"Every\.raw: 'x' is not bytes"),
    ({"numbers": [1, 2, "x"]}, sabir.BadPayloadSabirError, r"Every\.numbers\[2\]: 'x' is not an int"),
    ({"numbers": "12"}, sabir.BadPayloadSabirError, r"Every\.numbers: '12' is not a list"),
    ({"table": {"k": math.nan}}, sabir.ValueSabirError, r"Every\.table\.k: nan"),
    ({"table": {1: 1.0}}, sabir.BadPayloadSabirError, r"Every\.table: the key 1"),
    ({"table": [1]}, sabir.BadPayloadSabirError, r"Every\.table"),
    ({"point": 3}, sabir.BadPayloadSabirError, r"Every\.point: 3 is not a Point"),
    ({"points": [Point(1.0), Point("y")]}, sabir.BadPayloadSabirError, r"Every\.points\[1\]: Point\.x: 'y'"),
    ({"maybe": 5}, sabir.BadPayloadSabirError, r"Every\.maybe: 5 is not a str"),
    ({"any": {"a": [1, math.inf]}}, sabir.ValueSabirError, r"Every\.any: a\[1\]: inf"),
    ({"any": {"a": {"b": 2**64}}}, sabir.ValueSabirError, r"Every\.any: a\.b: 18446744073709551616 is beyond 64 bits"),
    ({"any": {1: "x"}}, sabir.BadPayloadSabirError, r"the key 1 is no str"),
    ({"any": [{None: "x"}]}, sabir.BadPayloadSabirError, r"\[0\]: the key None"),
    ({"any": {"\udfff": 1}}, sabir.ValueSabirError, r"surrogate U\+DFFF"),
    ({"any": [object()]}, sabir.BadPayloadSabirError, r"\[0\]: object is not a JSON value"),
    ({"any": {1, 2}}, sabir.BadPayloadSabirError, r"set is not a JSON value"),
]


@pytest.mark.parametrize(("change", "error", "words"), REFUSED, ids=[f"{next(iter(c[0]))}-{n}" for n, c in enumerate(REFUSED)])
def test_what_cannot_be_carried_is_refused_with_its_place(change: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        encode(dataclasses.replace(SAMPLE, **change))


def test_a_value_that_contains_itself_is_refused() -> None:
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(sabir.ValueSabirError, match="nested"):
        encode(dataclasses.replace(SAMPLE, any=ring))


def test_a_value_nested_beyond_the_stack_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(sabir.ValueSabirError, match="nested"):
        encode(dataclasses.replace(SAMPLE, any=deep))


def test_an_integer_is_taken_for_a_double_when_it_is_exact() -> None:
    assert decode(Every, encode(dataclasses.replace(SAMPLE, f=2**53))).f == float(2**53)


def test_an_integer_token_becomes_a_float_in_a_float_field() -> None:
    value = decode(Point, b'{"x":1,"y":-0}').x
    assert type(value) is float
    assert value == 1.0


def test_unknown_fields_are_ignored_and_null_is_absent() -> None:
    data = json.loads(encode(SAMPLE))
    data.update(further=1, maybe=None)
    assert decode(Every, json.dumps(data).encode()) == SAMPLE


def test_anything_with_a_buffer_is_taken_as_bytes() -> None:
    for value in (bytearray(b"ab"), memoryview(b"ab"), memoryview(b"a-b-")[::2]):
        assert decode(Every, encode(dataclasses.replace(SAMPLE, raw=value))).raw == b"ab"
