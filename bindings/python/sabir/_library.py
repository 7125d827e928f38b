"""Which copy of the core this process uses, and that there is only one.

Looked for in this order: the file that `$SABIR_LIBRARY` names, the library inside this package (as the wheel ships it), and
`libsabir.so.1` as the dynamic loader finds it. Two copies in one process would each have their own types and actors, and a ref of
one is garbage to the other; so a second copy is refused, not tolerated.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from ._errors import VersionSabirError

SONAME = "libsabir.so.1"

# The release that this binding was written for: the same major and at least this minor are needed.
VERSION_MAJOR, VERSION_MINOR = 1, 0


def candidates() -> list[str]:
    """What to load, best first: a path or, last, the bare soname."""
    named = os.environ.get("SABIR_LIBRARY")
    if named:
        return [named]  # whoever names a library does not want another one
    inside = Path(__file__).with_name(SONAME)
    return [str(inside), SONAME] if inside.exists() else [SONAME]


def load() -> str:
    """The name under which the core is loaded, after loading it and checking its version.

    Raises:
        ImportError: it cannot be loaded, a second copy is there, or its version does not fit (`VersionSabirError`).
    """
    errors = []
    for name in candidates():
        try:
            library = ctypes.CDLL(name)
        except OSError as error:
            errors.append(f"  {name}: {error}")
            continue
        check_version(library, name)
        check_single(library)
        return name
    raise ImportError(
        "the Sabir core cannot be loaded:\n" + "\n".join(errors) + "\n"
        f"Install the wheel, or let SABIR_LIBRARY name a {SONAME} (after `make`: build/lib/{SONAME})."
    )


def check_version(library: ctypes.CDLL, name: str) -> None:
    """Compare the loaded core's version with the one that this binding needs."""
    try:
        version = library.sabir_version
    except AttributeError:
        raise ImportError(f"{name} is not the Sabir core: it has no sabir_version") from None
    version.restype = ctypes.c_uint32
    major, rest = divmod(int(version()), 1_000_000)
    minor = rest // 1_000
    if major != VERSION_MAJOR or minor < VERSION_MINOR:
        raise VersionSabirError(
            f"{name} is version {major}.{minor}, this binding needs {VERSION_MAJOR}.{VERSION_MINOR} or a later "
            f"{VERSION_MAJOR}.x: install the matching package or let SABIR_LIBRARY name the right library"
        )


def check_single(library: ctypes.CDLL) -> None:
    """Refuse to run beside another copy of the core.

    One is found by its file among the process's mappings, or by a global `sabir_version` that is not ours (a program that links
    the core statically).
    """
    files = mapped_copies(Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace"))
    if len(files) > 1:
        raise ImportError(_two_copies(sorted(files)))
    everybody = ctypes.CDLL(None)
    if hasattr(everybody, "sabir_version") and not same_core(everybody, library):
        raise ImportError(_two_copies([SONAME, "the program itself or a library loaded globally"]))


def mapped_copies(maps: str) -> set[str]:
    """The files called like the core in the text of `/proc/self/maps`, one for each inode."""
    found: dict[tuple[str, str], str] = {}
    for line in maps.splitlines():
        parts = line.split(None, 5)  # addresses, mode, offset, device, inode, path
        if len(parts) == 6 and os.path.basename(parts[5]).startswith("libsabir.so"):
            found.setdefault((parts[3], parts[4]), parts[5])
    return set(found.values())


def same_core(one: ctypes.CDLL, other: ctypes.CDLL) -> bool:
    """Whether both handles lead to the same code."""
    addresses = [ctypes.cast(library.sabir_version, ctypes.c_void_p).value for library in (one, other)]
    return addresses[0] == addresses[1]


def _two_copies(names: list[str]) -> str:
    return (
        f"two copies of the Sabir core in one process: {', '.join(names)}. Their types and refs do not fit together; "
        "link everything with one shared libsabir.so.1, or let SABIR_LIBRARY name the copy that is loaded already."
    )
