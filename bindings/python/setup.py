"""Puts the core into the wheel: `libsabir.so.1` beside the modules, under its soname, for this machine and any Python 3.

The library is taken from `$SABIR_LIBRARY`, or from `build/lib/` of the tree, where `make` is asked for it when it is missing. It
keeps its name: plugins written in C and Rust find the loaded copy by that name alone, so no tool may rename it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.dist import Distribution

SONAME = "libsabir.so.1"
TREE = Path(__file__).resolve().parents[2]


def library() -> Path:
    """The core to ship, built if need be."""
    named = os.environ.get("SABIR_LIBRARY")
    built = Path(named) if named else TREE / "build" / "lib" / SONAME
    if not built.exists() and not named and (TREE / "Makefile").exists():
        subprocess.run(["make", "-C", str(TREE), "lib"], check=True)
    if not built.exists():
        sys.exit(f"{built} is missing: build the core with `make`, or let SABIR_LIBRARY name a {SONAME}")
    return built


class BuildWithCore(build_py):
    """Copies the modules, then the core beside them."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            shutil.copy2(library(), Path(self.build_lib) / "sabir" / SONAME)


class PlatformWheel(bdist_wheel):
    """Any Python 3, but this machine: the library is native, the modules are not."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", sysconfig.get_platform().replace("-", "_").replace(".", "_")


class NativeDistribution(Distribution):
    def has_ext_modules(self) -> bool:
        return True


# What setuptools writes on its way goes where everything built goes.
scratch = TREE / "build" / "python"
scratch.mkdir(parents=True, exist_ok=True)

setup(
    distclass=NativeDistribution,
    cmdclass={"build_py": BuildWithCore, "bdist_wheel": PlatformWheel},
    options={"build": {"build_base": str(scratch)}, "egg_info": {"egg_base": str(scratch)}},
)
