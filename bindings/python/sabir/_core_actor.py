"""The core's actor of a Python one, made before it is managed: how it is called, what it handles, its options."""

from __future__ import annotations

import ctypes

from . import _ffi, _runtime
from ._stepped import RESTART_ADDRESS, START_ADDRESS, STOP_ADDRESS
from ._worker import Worker, on_message
from .failure import Recovery
from .overload import HighWaterMark, Overload
from .ref import pointer_of
from .thread_config import ThreadConfig


def new_core_actor(
    worker: Worker,
    thread_config: ThreadConfig | None,
    group: int | None,
    capacity_msgs: int | None,
    overload: Overload,
    high_water: HighWaterMark | None,
    local: bool,
    recovery: Recovery,
) -> int:
    """A core pointer that belongs to the caller; the core keeps `worker` until the actor has ended.

    Raises:
        InvalidSabirError: an option is not valid.
    """
    made = ctypes.c_void_p()
    callbacks = _ffi.ActorCallbacks(size_bytes=ctypes.sizeof(_ffi.ActorCallbacks), drop=_runtime.DROP_ADDRESS)
    if worker.is_stepped:
        callbacks.on_start, callbacks.on_stop, callbacks.on_restart = START_ADDRESS, STOP_ADDRESS, RESTART_ADDRESS
    _ffi.sabir_actor_new(ctypes.byref(callbacks), _runtime.keep(worker), ctypes.byref(made))
    core = made.value or 0
    try:
        _ffi.sabir_actor_set_language(core, _runtime.LANGUAGE)
        if not worker.is_stepped:
            _ffi.sabir_actor_set_pulled(core)
            _ffi.sabir_actor_set_pulled_values(core)
        _ffi.sabir_actor_set_object_drop(core, _runtime.drop)
        if group is not None:
            _ffi.sabir_actor_set_group(core, group)
        for pointer, number in worker.types().items():
            _ffi.sabir_actor_on_message(core, pointer, on_message, number)
        if capacity_msgs is not None:
            _ffi.sabir_actor_set_capacity_msgs(core, _runtime.count(capacity_msgs, "capacity_msgs"))
        _ffi.sabir_actor_set_overload(core, int(overload))
        if high_water is not None:
            mark, to = high_water
            _ffi.sabir_actor_set_high_water(core, _runtime.count(mark, "a high-water mark"), pointer_of(to))
        _ffi.sabir_actor_set_local(core, local)
        recovery.apply(core)
        if thread_config is not None:
            thread_config.apply(core)
    except BaseException:
        _ffi.sabir_actor_free(core)
        raise
    return core
