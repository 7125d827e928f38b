"""Which core is loaded, and what is said when that does not work."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

import pytest
import sabir
from sabir import _ffi, _library
from support import run_python


def test_the_loaded_core_is_of_the_bindings_version() -> None:
    assert sabir.core_version() == sabir.__version__
    assert _ffi.sabir_version() // 1_000_000 == _library.VERSION_MAJOR


def test_a_named_library_is_the_only_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SABIR_LIBRARY", "/here/libsabir.so.1")
    assert _library.candidates() == ["/here/libsabir.so.1"]


def test_without_a_name_it_is_the_one_inside_the_package_then_the_soname(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SABIR_LIBRARY", raising=False)
    inside = Path(sabir.__file__).with_name("libsabir.so.1")
    assert _library.candidates() == ([str(inside)] if inside.exists() else []) + ["libsabir.so.1"]


def test_a_library_that_is_not_there_is_named_with_what_to_do() -> None:
    done = run_python("import sabir", env={"SABIR_LIBRARY": "/nowhere/libsabir.so.1"})
    assert done.returncode == 1
    assert "ImportError: the Sabir core cannot be loaded" in done.stderr
    assert "/nowhere/libsabir.so.1" in done.stderr
    assert "SABIR_LIBRARY" in done.stderr


def fake_core(folder: Path, source: str) -> str:
    file, built = folder / "fake.c", folder / "fake.so"
    file.write_text(source)
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", str(built), str(file)], check=True)
    return str(built)


@pytest.mark.parametrize("version", [2_000_000, 0])
def test_a_core_of_another_version_is_refused(tmp_path: Path, version: int) -> None:
    fake = fake_core(tmp_path, f"unsigned sabir_version(void) {{ return {version}; }}")
    done = run_python("import sabir", env={"SABIR_LIBRARY": fake})
    assert done.returncode == 1
    assert "VersionSabirError" in done.stderr
    assert f"is version {version // 1_000_000}.0, this binding needs 1.0" in done.stderr


def test_what_is_no_core_is_refused(tmp_path: Path) -> None:
    done = run_python("import sabir", env={"SABIR_LIBRARY": fake_core(tmp_path, "int nothing;")})
    assert done.returncode == 1
    assert "is not the Sabir core" in done.stderr


def test_copies_are_told_apart_by_inode() -> None:
    line = "7f00-7f01 r-xp 00000000 08:01 {inode} {path}\n"
    one = line.format(inode=11, path="/a/libsabir.so.1")
    assert _library.mapped_copies(one + one + line.format(inode=12, path="/lib/libc.so.6")) == {"/a/libsabir.so.1"}
    two = one + line.format(inode=13, path="/b c/libsabir.so.1.0 (deleted)")
    assert _library.mapped_copies(two) == {"/a/libsabir.so.1", "/b c/libsabir.so.1.0 (deleted)"}


def test_the_core_is_the_same_through_two_handles() -> None:
    assert _library.same_core(ctypes.CDLL(_ffi.LIBRARY), ctypes.PyDLL(_ffi.LIBRARY))
