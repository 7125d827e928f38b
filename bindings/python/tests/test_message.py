"""Declaring message classes: names, fields, what is refused."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar, Optional

import pytest
import sabir
from sabir.kind import kind_of
from support import start_python


def kinds(cls: Any) -> dict[str, str]:
    return {key: str(kind) for _, key, kind in cls.__sabir__.fields}


def test_a_class_becomes_a_dataclass_named_like_itself() -> None:
    @sabir.message
    class TestPlain:
        a: int
        b: str = "x"

    assert dataclasses.is_dataclass(TestPlain)
    assert TestPlain(1) == TestPlain(1, "x")
    assert TestPlain.__sabir__.name == "TestPlain"  # type: ignore[attr-defined]
    assert sabir.find_message("TestPlain") is TestPlain


def test_each_annotation_has_its_kind() -> None:
    @sabir.message("test.Inner")
    class Inner:
        x: int

    class Open(sabir.OpenMessage, name="test.KindOpen"):
        pass

    @sabir.message("test.Kinds")
    class Kinds:
        a: bool
        b: int
        c: sabir.Int32
        d: sabir.Int64
        e: sabir.UInt64
        f: float
        g: str
        h: bytes
        i: sabir.Json
        j: Any
        k: list[int]
        m: dict[str, list[str]]
        n: Inner
        o: list[Inner | None]
        p: Open
        q: sabir.Array
        class_: str
        r: str | None = None
        s: Optional[float] = None  # noqa: UP045 - the older spelling
        kept_out: ClassVar[int] = 5

    assert kinds(Kinds) == {
        "a": "BOOL", "b": "INT64", "c": "INT32", "d": "INT64", "e": "UINT64", "f": "DOUBLE", "g": "STRING", "h": "BYTES",
        "i": "JSON", "j": "JSON", "k": "LIST(INT64)", "m": "MAP(LIST(STRING))", "n": "STRUCT(test.Inner)",
        "o": "LIST(OPTIONAL(STRUCT(test.Inner)))", "p": "JSON", "q": "BYTES", "class": "STRING",
        "r": "OPTIONAL(STRING)", "s": "OPTIONAL(DOUBLE)",
    }  # fmt: skip


@pytest.mark.parametrize("annotation", [set[int], dict[int, str], int | str, int | str | None, list, dict, complex, "int"])
def test_an_annotation_that_is_no_kind_is_refused(annotation: Any) -> None:
    with pytest.raises(sabir.InvalidSabirError, match="here: .* is no kind of field"):
        kind_of(annotation, "here")


def test_a_class_with_its_own_init_has_its_parameters_as_fields() -> None:
    @sabir.message("test.Old")
    class Old:
        def __init__(self, count: int, name: str | None = None) -> None:
            self.count, self.name = count, name
            self.private = object()

    assert kinds(Old) == {"count": "INT64", "name": "OPTIONAL(STRING)"}
    declared = Old.__sabir__  # type: ignore[attr-defined]
    assert declared.encode(Old(3)) == b'{"count":3}'
    assert declared.decode(b'{"count":4,"name":"x"}').name == "x"


def test_an_init_parameter_without_annotation_is_refused() -> None:
    with pytest.raises(sabir.InvalidSabirError, match="parameter count needs an annotation"):

        @sabir.message("test.Unannotated")
        class Unannotated:
            def __init__(self, count) -> None:  # type: ignore[no-untyped-def]
                self.count = count


def test_a_dataclass_stays_the_one_it_is() -> None:
    @sabir.message("test.Frozen")
    @dataclasses.dataclass(frozen=True, order=True)
    class Frozen:
        a: int
        computed: int = dataclasses.field(init=False, default=7)

    assert Frozen(1) < Frozen(2)
    assert kinds(Frozen) == {"a": "INT64"}


def test_the_same_fields_again_are_the_same_type() -> None:
    def declare() -> Any:
        @sabir.message("test.Twice")
        class Twice:
            a: int

        return Twice

    one, two = declare(), declare()
    assert one is not two
    assert one.__sabir__.pointer == two.__sabir__.pointer


def test_other_fields_under_a_name_that_is_taken_are_refused() -> None:
    @sabir.message("test.Taken")
    class Taken:
        a: int

    with pytest.raises(sabir.MismatchSabirError, match=r"test\.Taken"):

        @sabir.message("test.Taken")
        class Again:
            a: str


@pytest.mark.parametrize("name", ["sabir.mine"])
def test_reserved_names_are_refused(name: str) -> None:
    with pytest.raises(sabir.ReservedSabirError):

        @sabir.message(name)
        class Mine:
            pass

    with pytest.raises(sabir.ReservedSabirError):
        type(sabir.OpenMessage)("Mine", (sabir.OpenMessage,), {}, name=name)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["", "a\0b", "a\nb", "x" * 256])
def test_names_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(sabir.InvalidSabirError):

        @sabir.message(name)
        class Mine:
            pass


def test_the_decorator_stands_on_classes_alone() -> None:
    with pytest.raises(sabir.InvalidSabirError, match="stands on a class"):
        sabir.message(5)  # type: ignore[call-overload]


def test_an_open_message_is_a_dict() -> None:
    class Bag(sabir.OpenMessage, name="test.Bag"):
        pass

    bag = Bag(a=1, b=[None])
    bag["c"] = "x"
    assert dict(bag) == {"a": 1, "b": [None], "c": "x"}
    assert repr(bag) == "Bag({'a': 1, 'b': [None], 'c': 'x'})"
    declared = Bag.__sabir__
    assert declared.decode(declared.encode(bag)) == bag
    assert type(declared.decode(b"{}")) is Bag
    with pytest.raises(sabir.ValueSabirError, match="a: nan"):
        declared.encode(Bag(a=math.nan))


def test_an_open_message_without_a_name_has_its_classes() -> None:
    class TestBare(sabir.OpenMessage):
        pass

    assert TestBare.__sabir__.name == "TestBare"


def test_a_type_that_nobody_declared_is_not_found() -> None:
    with pytest.raises(sabir.NotFoundSabirError, match=r"test\.Missing"):
        sabir.find_message("test.Missing")


def test_built_in_types_are_sent_by_the_core_alone(manager: sabir.Manager) -> None:
    class Clock(sabir.Actor):
        def on_timeout(self, env: sabir.Envelope[sabir.Timeout]) -> None: ...

    clock = manager.manage("clock", Clock())
    with pytest.raises(sabir.SabirError):
        clock.send(sabir.Timeout(1, 0))


def test_a_name_of_an_ordinary_message_is_free_until_that_message_is_used() -> None:
    code = """
import sabir

@sabir.message
class Set:
    key: int

print(sabir.encode(Set(1)))
try:
    sabir.Set
except sabir.MismatchSabirError as error:
    print(error)
"""
    out, err = start_python(code).communicate(timeout=20)
    assert out.startswith("b'{\"key\":1}'\n"), err
    assert '"Set" is registered with another table' in out
