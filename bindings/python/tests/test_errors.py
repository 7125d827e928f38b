"""The table of exceptions equals the core's table."""

from __future__ import annotations

import re

import pytest
import sabir
from sabir import _errors, _ffi
from support import INCLUDE

ROW = re.compile(r'X\((-\d+), (SABIR_E\w+), "([^"]*)"\)')


def header_rows() -> list[tuple[int, str, str]]:
    text = (INCLUDE / "sabir" / "error.h").read_text()
    return [(int(code), name, meaning) for code, name, meaning in ROW.findall(text)]


def test_the_table_equals_the_header() -> None:
    rows = header_rows()
    assert len(rows) == text_count()
    assert [(e.code, e.name, e.text) for e in sorted(_errors.ERRORS.values(), key=lambda e: -e.code)] == rows


def text_count() -> int:
    """Rows of the header counted another way, so that a row which the pattern misses is noticed."""
    return (INCLUDE / "sabir" / "error.h").read_text().count("    X(-")


def test_the_table_equals_the_loaded_core() -> None:
    for code, error in _errors.ERRORS.items():
        assert _ffi.sabir_error_name(code).decode() == error.name
        assert _ffi.sabir_error_text(code).decode() == error.text
    assert _ffi.sabir_error_name(min(_errors.ERRORS) - 1) is None


def test_every_class_is_exported_under_its_own_name() -> None:
    for error in _errors.ERRORS.values():
        assert getattr(sabir, error.__name__) is error


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (sabir.TimedOutSabirError, TimeoutError),
        (sabir.InvalidSabirError, ValueError),
        (sabir.ValueSabirError, ValueError),
        (sabir.NotFoundSabirError, LookupError),
        (sabir.MemorySabirError, MemoryError),
        (sabir.PermissionSabirError, PermissionError),
        (sabir.DownSabirError, ConnectionError),
        (sabir.BindSabirError, OSError),
    ],
)
def test_a_builtin_exception_catches_the_fitting_error(error: type[sabir.SabirError], builtin: type[Exception]) -> None:
    with pytest.raises(builtin, match="in words"):
        raise error("in words")


def test_an_error_without_words_says_what_its_code_means() -> None:
    assert str(sabir.FullSabirError()) == "the mailbox holds its capacity"
    assert sabir.FullSabirError().wire_name == "FULL"


def test_an_unknown_code_is_a_sabir_error() -> None:
    assert _errors.error_class(-9999) is sabir.SabirError
