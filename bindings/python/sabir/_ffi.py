"""The ABI, one line per function: nothing else in this package declares a C prototype.

Two kinds of call. `_quick` keeps the interpreter lock: for functions that never block, where giving up the lock would cost more
than the call. `_waiting` gives it up: for whatever may wait for an actor, a peer or a clock. Two kinds of result: a function that
is listed with `_CODE` raises the fitting `SabirError`; one with `_RAW` hands its result to the caller, who looks at it himself
because the call stands on a hot path or the code is part of its meaning.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import POINTER, c_bool, c_char_p, c_int, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any

from . import _library
from ._errors import OK, SabirError, error_class

LIBRARY = _library.load()
_QUICK = ctypes.PyDLL(LIBRARY)
_WAITING = ctypes.CDLL(LIBRARY)

OFFSET_AUTO = c_size_t(-1).value
FAST_ORDERED = 1
WAIT_STDIN = 1
PULLED_MESSAGE, PULLED_START, PULLED_STOP, PULLED_TIMER, PULLED_RESTART = range(5)


class Field(ctypes.Structure):
    """struct sabir_field"""

    _fields_ = [("name", c_char_p), ("kind", c_char_p), ("offset_bytes", c_size_t), ("size_bytes", c_size_t)]


class Batch(ctypes.Structure):
    """struct sabir_batch; `yield` is a word of Python."""

    _fields_ = [
        ("size_bytes", c_size_t),
        ("item_size_bytes", c_size_t),
        ("count", c_size_t),
        ("items", c_void_p),
        ("yield_now", c_uint32),
        ("current", c_uint32),
        ("self", c_void_p),
    ]


class Tapped(ctypes.Structure):
    """struct sabir_tapped"""

    _fields_ = [
        ("size_bytes", c_size_t),
        ("time_ns", c_int64),
        ("from_", c_char_p),
        ("to", c_char_p),
        ("type", c_char_p),
        ("outcome", c_char_p),
        ("detail", c_char_p),
        ("json", c_char_p),
        ("json_len_bytes", c_size_t),
    ]


class ActorCallbacks(ctypes.Structure):
    """struct sabir_actor_callbacks"""

    _fields_ = [("size_bytes", c_size_t), ("on_start", c_void_p), ("on_stop", c_void_p), ("drop", c_void_p), ("on_restart", c_void_p)]


# struct sabir_pulled: kind, (has_sender, type), handler_data, object, (json, json_len_bytes), sender, message, (value_len_bytes, value)
PULLED_FORMAT = "@I4x8xPP16xPP8x64x"
PULLED_TEXT_FORMAT = "@32xPN"  # json, json_len_bytes
PULLED_VALUE_FORMAT = "=64xQ"  # value_len_bytes; what follows is the value
PULLED_VALUE_BYTES = 64

# Every callback that the core may call lives as long as the process: a closure that is collected while C holds it is a crash.
DROP: Any = ctypes.CFUNCTYPE(None, c_void_p)
MESSAGE_HANDLER: Any = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_void_p)
ASK_DONE: Any = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_void_p)
DEAD_LETTER: Any = ctypes.CFUNCTYPE(None, c_void_p, c_uint32, c_char_p, c_char_p, c_char_p)
ACTOR_START: Any = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
ACTOR_STOP: Any = ctypes.CFUNCTYPE(None, c_void_p, c_void_p)
LOG: Any = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)


def detail() -> str:
    """What the core said in words about this thread's last failed call; empty if nothing."""
    buffer = ctypes.create_string_buffer(1024)
    length = sabir_error_detail_copy(buffer, len(buffer))
    if length >= len(buffer):
        buffer = ctypes.create_string_buffer(length + 1)
        sabir_error_detail_copy(buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")


def error(code: int) -> SabirError:
    """The exception for a code that the core has just returned on this thread."""
    return error_class(code)(detail() or None)


def _raise_unless_ok(code: int, _function: Any, _arguments: Any) -> int:
    if code != OK:
        raise error(code)
    return code


_CODE = object()  # an int that must be SABIR_OK
_RAW = c_int  # an int that the caller judges


def _declare(library: ctypes.CDLL, name: str, result: Any, arguments: tuple[Any, ...]) -> Callable[..., Any]:
    function = getattr(library, name)
    function.argtypes = arguments
    function.restype = c_int if result is _CODE else result
    if result is _CODE:
        function.errcheck = _raise_unless_ok
    return function  # type: ignore[no-any-return]


def _quick(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    return _declare(_QUICK, name, result, arguments)


def _waiting(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    return _declare(_WAITING, name, result, arguments)


def lend(pointer: int) -> Any:
    """`pointer` as an argument that is made once and passed many times; whoever lends it sees to it that it stays valid."""
    return ctypes.byref(ctypes.c_char.from_address(pointer))


def _bare(name: str, result: Any) -> Callable[..., Any]:
    """A quick function a second time: without types of its arguments, whose conversion costs more than the call.

    Its pointers are lent ones, `byref`, bytes or None, its numbers from 0 to 2**31 - 1: about those an int of C, which is what ctypes makes
    of them, and a parameter of any width agree.
    """
    function = _QUICK[name]
    function.restype = result
    return function


_P, _OUT, _TEXT, _SIZE, _NS = c_void_p, POINTER(c_void_p), c_char_p, c_size_t, c_int64

# version.h, error.h
sabir_version = _quick("sabir_version", c_uint32)
sabir_version_text = _quick("sabir_version_text", _TEXT)
sabir_error_name = _quick("sabir_error_name", _TEXT, c_int)
sabir_error_text = _quick("sabir_error_text", _TEXT, c_int)
sabir_error_detail_copy = _quick("sabir_error_detail_copy", _SIZE, c_char_p, _SIZE)
sabir_error_detail_set = _quick("sabir_error_detail_set", None, _TEXT)

# type.h
sabir_type_register = _quick("sabir_type_register", _CODE, _TEXT, POINTER(Field), _SIZE, _SIZE, _OUT)
sabir_type_register_open = _quick("sabir_type_register_open", _CODE, _TEXT, _OUT)
sabir_type_find = _quick("sabir_type_find", _P, _TEXT)
sabir_type_name = _quick("sabir_type_name", _TEXT, _P)
sabir_type_field_get = _quick("sabir_type_field_get", _CODE, _P, _SIZE, POINTER(Field))
sabir_type_is_open = _quick("sabir_type_is_open", c_bool, _P)
sabir_type_start = _quick("sabir_type_start", _P)
sabir_type_shutdown = _quick("sabir_type_shutdown", _P)
sabir_type_timeout = _quick("sabir_type_timeout", _P)
sabir_type_linkdown = _quick("sabir_type_linkdown", _P)
sabir_type_reject = _quick("sabir_type_reject", _P)
sabir_type_continue = _quick("sabir_type_continue", _P)
sabir_type_down = _quick("sabir_type_down", _P)

# message.h
sabir_message_new_json = _quick("sabir_message_new_json", _RAW, _P, c_char_p, _SIZE, _OUT)
sabir_message_new_object = _quick("sabir_message_new_object", _RAW, _P, _P, _P, _P, _OUT)  # drop as an address: hot
sabir_message_free = _quick("sabir_message_free", None, _P)
sabir_message_type = _quick("sabir_message_type", _P, _P)
sabir_message_json_get = _quick("sabir_message_json_get", _CODE, _P, _OUT, POINTER(_SIZE))
sabir_message_object_get = _quick("sabir_message_object_get", _P, _P, _P)
sabir_message_check = _quick("sabir_message_check", _CODE, _P)

# actor.h
sabir_actor_new = _quick("sabir_actor_new", _CODE, POINTER(ActorCallbacks), _P, _OUT)
sabir_actor_free = _quick("sabir_actor_free", None, _P)
sabir_actor_on_message = _quick("sabir_actor_on_message", _CODE, _P, _P, MESSAGE_HANDLER, _P)
sabir_actor_set_language = _quick("sabir_actor_set_language", _CODE, _P, _P)
sabir_actor_set_object_drop = _quick("sabir_actor_set_object_drop", _CODE, _P, DROP)
sabir_actor_set_pulled = _quick("sabir_actor_set_pulled", _CODE, _P)
sabir_actor_set_pulled_values = _quick("sabir_actor_set_pulled_values", _CODE, _P)
sabir_actor_set_capacity_msgs = _quick("sabir_actor_set_capacity_msgs", _CODE, _P, _SIZE)
sabir_actor_set_overload = _quick("sabir_actor_set_overload", _CODE, _P, c_uint32)
sabir_actor_set_high_water = _quick("sabir_actor_set_high_water", _CODE, _P, _SIZE, _P)
sabir_actor_set_local = _quick("sabir_actor_set_local", _CODE, _P, c_bool)
sabir_actor_set_cpus = _quick("sabir_actor_set_cpus", _CODE, _P, POINTER(c_uint32), _SIZE)
sabir_actor_set_scheduling = _quick("sabir_actor_set_scheduling", _CODE, _P, c_uint32, c_uint32)
sabir_actor_set_thread_name = _quick("sabir_actor_set_thread_name", _CODE, _P, _TEXT)
sabir_actor_set_spin_ns = _quick("sabir_actor_set_spin_ns", _CODE, _P, _NS)
sabir_actor_set_strict = _quick("sabir_actor_set_strict", _CODE, _P, c_bool)

# context.h
sabir_context_sender = _quick("sabir_context_sender", _P, _P)
sabir_context_reply = _quick("sabir_context_reply", _RAW, _P, _P)
sabir_context_reply_take = _quick("sabir_context_reply_take", _CODE, _P, _OUT)
sabir_reply_token_send = _quick("sabir_reply_token_send", _RAW, _P, _P)
sabir_reply_token_free = _quick("sabir_reply_token_free", None, _P)

# ref.h
sabir_ref_retain = _quick("sabir_ref_retain", _P, _P)
sabir_ref_release = _quick("sabir_ref_release", None, _P)
sabir_ref_send = _quick("sabir_ref_send", _RAW, _P, _P, _P)
sabir_ref_send_json = _quick("sabir_ref_send_json", _RAW, _P, _P, c_char_p, _SIZE, _P)
sabir_ref_send_object = _quick("sabir_ref_send_object", _RAW, _P, _P, _P, _P)
sabir_ref_fast_send_message_timed = _waiting("sabir_ref_fast_send_message_timed", _CODE, _P, _P, _P, c_uint32, _NS, _OUT)
sabir_ref_enter_timed = _waiting("sabir_ref_enter_timed", _RAW, _P, c_uint32, _NS)
sabir_ref_try_enter = _quick("sabir_ref_try_enter", _RAW, _P)
sabir_ref_stop = _quick("sabir_ref_stop", _CODE, _P)
sabir_ref_leave = _quick("sabir_ref_leave", None, _P)
sabir_ref_ask = _waiting("sabir_ref_ask", _RAW, _P, _P, _NS, _OUT)
sabir_ref_ask_start = _quick("sabir_ref_ask_start", _CODE, _P, _P, _NS, ASK_DONE, _P, _OUT)
sabir_ask_cancel = _quick("sabir_ask_cancel", None, _P)
sabir_ask_free = _quick("sabir_ask_free", None, _P)
sabir_ref_name = _quick("sabir_ref_name", _TEXT, _P)
sabir_ref_endpoint = _quick("sabir_ref_endpoint", _TEXT, _P)
sabir_ref_equal = _quick("sabir_ref_equal", c_bool, _P, _P)
sabir_ref_language = _quick("sabir_ref_language", _P, _P)
sabir_ref_actor_get = _quick("sabir_ref_actor_get", _P, _P, _P)

# manager.h: configuration
sabir_config_new = _quick("sabir_config_new", _CODE, _OUT)
sabir_config_free = _quick("sabir_config_free", None, _P)
sabir_config_read_env = _quick("sabir_config_read_env", _CODE, _P)
sabir_config_set_bind = _quick("sabir_config_set_bind", _CODE, _P, _TEXT)
sabir_config_set_advertise = _quick("sabir_config_set_advertise", _CODE, _P, _TEXT)
sabir_config_set_node = _quick("sabir_config_set_node", _CODE, _P, _TEXT)
sabir_config_read_peers = _quick("sabir_config_read_peers", _CODE, _P, _TEXT)
sabir_config_add_peer = _quick("sabir_config_add_peer", _CODE, _P, _TEXT, _TEXT, c_uint32)
sabir_config_allow = _quick("sabir_config_allow", _CODE, _P, _TEXT)
sabir_config_set_insecure = _quick("sabir_config_set_insecure", _CODE, _P, c_bool)
sabir_config_set_stop_timeout_ns = _quick("sabir_config_set_stop_timeout_ns", _CODE, _P, _NS)
sabir_config_set_drain = _quick("sabir_config_set_drain", _CODE, _P, c_bool)
sabir_config_set_peer_expiry_ns = _quick("sabir_config_set_peer_expiry_ns", _CODE, _P, _NS)
sabir_config_set_peer_capacity_msgs = _quick("sabir_config_set_peer_capacity_msgs", _CODE, _P, _SIZE)

# manager.h: life, addresses, seeing
sabir_manager_new = _waiting("sabir_manager_new", _CODE, _P, _OUT)
sabir_manager_manage = _waiting("sabir_manager_manage", _CODE, _P, _TEXT, _P, _OUT)
sabir_manager_start = _waiting("sabir_manager_start", _CODE, _P)
sabir_manager_ready = _waiting("sabir_manager_ready", _CODE, _P, _TEXT, _TEXT, _TEXT)
sabir_manager_wait = _waiting("sabir_manager_wait", _RAW, _P, c_int, _NS, c_uint32)
sabir_manager_terminate = _quick("sabir_manager_terminate", None, _P)
sabir_manager_stop = _waiting("sabir_manager_stop", _CODE, _P)
sabir_manager_stop_actor = _waiting("sabir_manager_stop_actor", _CODE, _P, _P)
sabir_manager_free = _waiting("sabir_manager_free", None, _P)
sabir_manager_endpoint = _quick("sabir_manager_endpoint", _TEXT, _P)
sabir_manager_bound = _quick("sabir_manager_bound", _TEXT, _P)
sabir_manager_find = _quick("sabir_manager_find", _CODE, _P, _TEXT, _OUT)
sabir_manager_remote = _quick("sabir_manager_remote", _CODE, _P, _TEXT, _TEXT, c_uint32, _OUT)
sabir_manager_on_dead_letter = _waiting("sabir_manager_on_dead_letter", _CODE, _P, DEAD_LETTER, _P, DROP)
sabir_dead_reason_name = _quick("sabir_dead_reason_name", _TEXT, c_uint32)
sabir_snapshot_new = _waiting("sabir_snapshot_new", _CODE, _P, _OUT)
sabir_snapshot_json = _quick("sabir_snapshot_json", _TEXT, _P)
sabir_snapshot_table_get = _quick("sabir_snapshot_table_get", _CODE, _P, POINTER(_TEXT))
sabir_snapshot_free = _quick("sabir_snapshot_free", None, _P)
sabir_log_set = _waiting("sabir_log_set", None, LOG, _P)

# group.h
sabir_group_new = _quick("sabir_group_new", _CODE, _P, _TEXT, _SIZE, _OUT)
sabir_group_new_pulled = _waiting("sabir_group_new_pulled", _CODE, _P, _TEXT, _SIZE, _OUT)
sabir_group_puller_get = _quick("sabir_group_puller_get", _CODE, _P, _SIZE, _OUT)
sabir_group_workers = _quick("sabir_group_workers", _SIZE, _P)
sabir_actor_set_group = _quick("sabir_actor_set_group", _CODE, _P, _P)

# failure.h, supervisor.h, watch.h
sabir_actor_set_on_failure = _quick("sabir_actor_set_on_failure", _CODE, _P, c_uint32)
sabir_actor_set_restart_limit = _quick("sabir_actor_set_restart_limit", _CODE, _P, c_uint32, _NS)
sabir_actor_set_restart_delay = _quick("sabir_actor_set_restart_delay", _CODE, _P, _NS, _NS)
sabir_ref_failed = _quick("sabir_ref_failed", None, _P)
sabir_supervisor_new = _quick("sabir_supervisor_new", _CODE, _P, _TEXT, c_uint32, _OUT)
sabir_supervisor_set_parent = _quick("sabir_supervisor_set_parent", _CODE, _P, _P)
sabir_supervisor_set_restart_limit = _quick("sabir_supervisor_set_restart_limit", _CODE, _P, c_uint32, _NS)
sabir_supervisor_set_restart_delay = _quick("sabir_supervisor_set_restart_delay", _CODE, _P, _NS, _NS)
sabir_actor_set_supervisor = _quick("sabir_actor_set_supervisor", _CODE, _P, _P)
sabir_ref_watch = _quick("sabir_ref_watch", _CODE, _P, _P)
sabir_ref_unwatch = _quick("sabir_ref_unwatch", _CODE, _P, _P)

# timer.h
sabir_timer_once = _quick("sabir_timer_once", _CODE, _P, _NS, POINTER(c_uint64))
sabir_timer_periodic = _quick("sabir_timer_periodic", _CODE, _P, _NS, POINTER(c_uint64))
sabir_timer_aligned = _quick("sabir_timer_aligned", _CODE, _P, _NS, _NS, POINTER(c_uint64))
sabir_timer_cancel = _waiting("sabir_timer_cancel", _RAW, c_uint64)

# puller.h
sabir_puller_get = _quick("sabir_puller_get", _CODE, _P, _OUT)
sabir_puller_next = _waiting("sabir_puller_next", _RAW, _P, _SIZE, _NS, POINTER(POINTER(Batch)))
sabir_puller_try_next = _quick("sabir_puller_try_next", _RAW, _P, _SIZE, POINTER(POINTER(Batch)))
sabir_puller_begin = _quick("sabir_puller_begin", _RAW, _P, _SIZE)
sabir_puller_reply = _quick("sabir_puller_reply", _RAW, _P, _SIZE, _P)
sabir_puller_reply_object = _quick("sabir_puller_reply_object", _RAW, _P, _SIZE, _P, _P)
sabir_puller_reply_take = _quick("sabir_puller_reply_take", _CODE, _P, _SIZE, _OUT)
sabir_puller_fail = _quick("sabir_puller_fail", _CODE, _P, _SIZE, c_int, _TEXT)

# Those of every message
bare_ref_send_json = _bare("sabir_ref_send_json", _RAW)
bare_ref_send_object = _bare("sabir_ref_send_object", _RAW)
bare_puller_try_next = _bare("sabir_puller_try_next", _RAW)
bare_puller_reply_object = _bare("sabir_puller_reply_object", _RAW)
bare_ref_try_enter = _bare("sabir_ref_try_enter", _RAW)
bare_ref_leave = _bare("sabir_ref_leave", None)

# tap.h
sabir_tap_new = _quick("sabir_tap_new", _CODE, _P, _TEXT, _TEXT, _TEXT, _SIZE, _OUT)
sabir_tap_next = _waiting("sabir_tap_next", _RAW, _P, _NS, POINTER(POINTER(Tapped)))
sabir_tap_missed = _quick("sabir_tap_missed", c_uint64, _P)
sabir_tap_free = _waiting("sabir_tap_free", None, _P)

# kit.h
sabir_config_set_stepped = _quick("sabir_config_set_stepped", _CODE, _P, c_bool)
sabir_kit_step = _waiting("sabir_kit_step", _CODE, _P, c_uint64, POINTER(c_uint64))
sabir_kit_advance = _waiting("sabir_kit_advance", _CODE, _P, _NS)
sabir_kit_now_ns = _quick("sabir_kit_now_ns", c_int64, _P)
sabir_probe_new = _quick("sabir_probe_new", _CODE, _P, _TEXT, _OUT)
sabir_probe_ref = _quick("sabir_probe_ref", _P, _P)
sabir_probe_count = _quick("sabir_probe_count", _SIZE, _P)
sabir_probe_next = _waiting("sabir_probe_next", _RAW, _P, _NS, _OUT, _OUT)
sabir_probe_free = _quick("sabir_probe_free", None, _P)

# subscribers.h
sabir_type_subscribe = _quick("sabir_type_subscribe", _P)
sabir_type_unsubscribe = _quick("sabir_type_unsubscribe", _P)
sabir_type_set = _quick("sabir_type_set", _P)
sabir_subscribers_new = _quick("sabir_subscribers_new", _CODE, _OUT)
sabir_subscribers_free = _quick("sabir_subscribers_free", None, _P)
sabir_subscribers_add = _quick("sabir_subscribers_add", _CODE, _P, _P, _TEXT, _SIZE)
sabir_subscribers_remove = _quick("sabir_subscribers_remove", _RAW, _P, _P, _TEXT, _SIZE)
sabir_subscribers_link_down = _quick("sabir_subscribers_link_down", _SIZE, _P, _TEXT, _SIZE)
sabir_subscribers_rejected = _quick("sabir_subscribers_rejected", _SIZE, _P, _TEXT, _TEXT, _TEXT)
sabir_subscribers_down = _quick("sabir_subscribers_down", _SIZE, _P, _TEXT, _TEXT, _TEXT)
sabir_subscribers_settle = _quick("sabir_subscribers_settle", c_bool, _P, _P, c_int)
sabir_subscribers_count = _quick("sabir_subscribers_count", _SIZE, _P)
sabir_subscribers_list = _quick("sabir_subscribers_list", _CODE, _P, _TEXT, _SIZE, _OUT, POINTER(_SIZE))
