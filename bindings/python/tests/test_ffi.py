"""Every prototype of the binding is the one of the headers."""

from __future__ import annotations

import ctypes
import re
import struct
from typing import Any

import pytest
from sabir import _ffi
from support import INCLUDE

DECLARATION = re.compile(r"SABIR_API\s+([^;(]*?)(\bsabir_\w+)\(([^;]*)\);", re.S)
CALLBACKS = {
    "sabir_message_handler": _ffi.MESSAGE_HANDLER,
    "sabir_ask_done": _ffi.ASK_DONE,
    "sabir_dead_letter_handler": _ffi.DEAD_LETTER,
    "sabir_log_handler": _ffi.LOG,
}
SCALARS = {
    "int": ctypes.c_int,
    "bool": ctypes.c_bool,
    "size_t": ctypes.c_size_t,
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
}


def declarations() -> dict[str, tuple[str, list[str]]]:
    found = {}
    for header in sorted((INCLUDE / "sabir").glob("*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        for result, name, parameters in DECLARATION.findall(text):
            parts = re.split(r",(?![^()]*\))", " ".join(parameters.split()))
            found[name] = (" ".join(result.split()), [] if parts == ["void"] else [part.strip() for part in parts])
    return found


def prototypes() -> dict[str, Any]:
    return {name: value for name, value in vars(_ffi).items() if name.startswith("sabir_")}


def fits(parameter: str, declared: Any) -> bool:
    """Whether a ctypes type can stand for a C parameter, written with or without its name."""
    if "(*" in parameter:
        return declared in (_ffi.DROP, ctypes.c_void_p)
    words = parameter.replace("const ", "").replace("struct ", "").split()
    kind = words[0]
    if kind in CALLBACKS:
        return declared is CALLBACKS[kind]
    stars = parameter.count("*")
    if not stars:
        return declared is SCALARS[kind]
    if kind == "char" and stars == 2:
        return declared is ctypes.POINTER(ctypes.c_char_p) or declared is ctypes.POINTER(ctypes.c_void_p)
    if stars >= 2:
        pointers = (ctypes.POINTER(ctypes.POINTER(_ffi.Batch)), ctypes.POINTER(ctypes.POINTER(_ffi.Tapped)))
        return declared is ctypes.POINTER(ctypes.c_void_p) or declared in pointers
    if kind == "char":
        return declared is ctypes.c_char_p
    if kind in SCALARS:
        return declared is ctypes.POINTER(SCALARS[kind])
    return declared in (ctypes.c_void_p, ctypes.POINTER(_ffi.Field), ctypes.POINTER(_ffi.ActorCallbacks))


@pytest.mark.parametrize("name", sorted(prototypes()))
def test_a_prototype_equals_its_declaration(name: str) -> None:
    result, parameters = declarations()[name]
    function = prototypes()[name]
    assert len(function.argtypes) == len(parameters), parameters
    for parameter, declared in zip(parameters, function.argtypes):
        assert fits(parameter, declared), f"{parameter} is declared as {declared}"
    if result == "void":
        assert function.restype is None
    else:
        assert fits(result, function.restype), f"the result {result} is declared as {function.restype}"


@pytest.mark.parametrize("name", sorted(name for name in vars(_ffi) if name.startswith("bare_")))
def test_a_bare_function_gives_what_the_typed_one_does_and_never_blocks(name: str) -> None:
    bare, typed = vars(_ffi)[name], vars(_ffi)[name.replace("bare_", "sabir_", 1)]
    assert bare.argtypes is None
    assert bare.restype is typed.restype
    assert typed._flags_ == bare._flags_ == ctypes.PyDLL(None).printf._flags_


def test_the_pattern_reads_every_declaration_of_the_headers() -> None:
    text = "".join(header.read_text() for header in (INCLUDE / "sabir").glob("*.h"))
    assert len(declarations()) == len(set(re.findall(r"SABIR_API [^;]*?\b(sabir_\w+)\(", text)))


def test_structures_have_the_layout_of_c() -> None:
    pointer = ctypes.sizeof(ctypes.c_void_p)
    assert ctypes.sizeof(_ffi.Field) == 4 * pointer
    assert ctypes.sizeof(_ffi.ActorCallbacks) == 5 * pointer
    assert _ffi.Batch.yield_now.offset == 4 * pointer
    assert struct.calcsize(_ffi.PULLED_FORMAT) == 8 + 8 * pointer + _ffi.PULLED_VALUE_BYTES
    assert struct.calcsize(_ffi.PULLED_VALUE_FORMAT) == 8 + 8 * pointer


def test_a_detail_longer_than_the_first_buffer_is_copied_whole() -> None:
    _ffi.sabir_error_detail_set(("x" * 1023).encode())
    assert len(_ffi.detail()) == 1023
