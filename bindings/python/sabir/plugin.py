"""Actors that were built in C or Rust, loaded into this process: see docs/guide/one-process.md.

A plugin is a shared library with one function,

    int sabir_plugin_manage(sabir_manager *manager, const char *prefix);

which gives its actors to the manager, each under `prefix` and a name of its own, and returns SABIR_OK or an error of the core.
"""

from __future__ import annotations

import ctypes
import os

from . import _ffi, _library, _runtime
from ._errors import OK, InvalidSabirError, IOSabirError

ENTRY = "sabir_plugin_manage"

# A plugin's code and types are in use until the process ends: it is never unloaded.
_loaded: list[ctypes.CDLL] = []


def manage_plugin(manager: int, path: str | os.PathLike[str], prefix: str) -> None:
    """Load the plugin at `path` and let it manage its actors.

    Raises:
        IOSabirError: it cannot be loaded.
        InvalidSabirError: it is no plugin, or it brings a core of its own.
        SabirError: what the plugin's function returned.
    """
    name = os.fspath(path)
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        raise IOSabirError(f"the plugin {name} cannot be loaded: {error}") from None
    entry = getattr(library, ENTRY, None)
    if entry is None:
        raise InvalidSabirError(f"{name} is no plugin: it has no function {ENTRY}")
    _check_core(library, name)
    entry.argtypes = (ctypes.c_void_p, ctypes.c_char_p)
    entry.restype = ctypes.c_int
    _loaded.append(library)
    code = entry(manager, _runtime.c_text(prefix, "a prefix"))
    if code != OK:
        raise _ffi.error(code)


def _check_core(plugin: ctypes.CDLL, name: str) -> None:
    """Refuse a plugin that was linked with a core of its own: it would fill that one's tables with our manager's actors."""
    if hasattr(plugin, "sabir_version") and not _library.same_core(plugin, ctypes.CDLL(_ffi.LIBRARY)):
        raise InvalidSabirError(f"{name} brings a core of its own: link it with the shared {_library.SONAME}")
    try:
        _library.check_single(ctypes.CDLL(_ffi.LIBRARY))
    except ImportError as error:
        raise InvalidSabirError(f"{name}: {error}") from None
