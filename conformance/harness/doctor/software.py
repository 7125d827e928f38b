"""Toolchains and libraries. What is missing is wrong only for a port that asks for it; here it is a note."""

import ctypes
import ctypes.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from .finding import note, ok, wrong

LIBZMQ_NEEDED = (4, 3)
TIMEOUT_S = 20

# command, arguments that make it say its version, what it is for, the package that has it in Debian
TOOLCHAINS = (
    ("cc", ("--version",), "C", "gcc"), ("c++", ("--version",), "C++", "g++"), ("cargo", ("--version",), "Rust", "cargo"),
    ("go", ("version",), "Go", "golang"), ("node", ("--version",), "JavaScript", "nodejs"),
    ("javac", ("-version",), "Java", "default-jdk-headless"), ("make", ("--version",), "the ports of this project", "make"),
)
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def check_software():
    """A finding per toolchain and library."""
    for toolchain in TOOLCHAINS:
        yield check_toolchain(*toolchain)
    yield check_libzmq()
    yield check_libsabir()


def check_toolchain(command, arguments, language, package):
    path = shutil.which(command)
    if not path:
        return note("toolchain", f"{command} is not on the PATH; only what is in {language} needs it", f"apt-get install {package}")
    try:
        done = subprocess.run([path, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        return wrong("toolchain", f"{path} cannot be run: {error}", f"install {package} anew, or take it from the PATH")
    version = _VERSION.search(done.stdout + done.stderr)
    if done.returncode or not version:
        return wrong("toolchain", f"{path} {' '.join(arguments)} ends with code {done.returncode} and says no version",
                     f"install {package} anew, or take it from the PATH")
    return ok("toolchain", f"{command} {version.group()}")


def check_libzmq(find=ctypes.util.find_library, load=ctypes.CDLL):
    name = find("zmq")
    if not name:
        return note("libzmq", "is not installed; libsabir and ports on libzmq need it", "apt-get install libzmq3-dev")
    try:
        version = _zmq_version(load(name))
    except (OSError, AttributeError) as error:
        return wrong("libzmq", f"{name} cannot be used: {error}", "apt-get install --reinstall libzmq5")
    text = ".".join(map(str, version))
    if version[:2] < LIBZMQ_NEEDED:
        return wrong("libzmq", f"{name} is {text}, and 4.3 or newer is needed", "apt-get install libzmq3-dev on a newer system")
    return ok("libzmq", text)


def _zmq_version(library):
    parts = [ctypes.c_int() for _ in range(3)]
    library.zmq_version(*map(ctypes.byref, parts))
    return tuple(part.value for part in parts)


def check_libsabir(places=None, load=ctypes.CDLL, wanted=None):
    """The library beside the suite, or the installed one; its version has to be that of the headers beside it."""
    path = next((place for place in places or _places() if place and os.path.exists(place)), None)
    if not path:
        return note("libsabir", "is neither built nor installed; ports on it cannot run, others can", "make lib")
    try:
        version = load(path).sabir_version_text
        version.restype = ctypes.c_char_p
        found = version().decode()
    except (OSError, AttributeError) as error:
        return wrong("libsabir", f"{path} cannot be used: {error}", "make lib, or set SABIR_LIBRARY to a libsabir.so.1 that can")
    wanted = wanted or _header_version()
    if wanted and found != wanted:
        return wrong("libsabir", f"{path} is version {found}, the headers beside the suite are {wanted}", "make lib")
    return ok("libsabir", f"{found} ({path})")


def _places():
    root = Path(__file__).resolve().parents[3]
    yield os.environ.get("SABIR_LIBRARY")
    for place in (root / "build" / "lib", root.parent.parent / "lib", Path("/usr/local/lib"), Path("/usr/lib")):
        yield str(place / "libsabir.so.1")


def _header_version():
    header = Path(__file__).resolve().parents[3] / "core" / "include" / "sabir" / "version.h"
    try:
        parts = re.findall(r"#define SABIR_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header.read_text(encoding="utf-8"))
    except OSError:
        return None
    return ".".join(parts) if len(parts) == 3 else None
