"""NodeConfig: what a manager is told before it is made: where it listens, who its peers are, how it stops."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from . import _ffi, _runtime


class Dialect(IntEnum):
    """How an envelope is spelled on the wire (docs/protocol.md)."""

    V1 = 0
    FLAT = 1  # the older actors-cpp, actors-rust, actors-py and Java ports


@dataclass(frozen=True)
class Peer:
    """Another node, as the peers file has it."""

    endpoint: str
    dialect: Dialect = Dialect.V1


@dataclass
class NodeConfig:
    """A node's configuration; everything has a default, and a manager without `bind` is a process without a node.

    Attributes:
        bind: where to listen: `tcp://127.0.0.1:7001`, `tcp://127.0.0.1:*` (a free TCP port), `ipc:///run/a.sock`.
        advertise: what other nodes connect to, if it is another than what is bound.
        node: the node's name in logs and reports.
        peers_file: a peers file, as `sabir run` writes it.
        peers: further nodes by name.
        allow: hosts, or "host:port", to which replies may go although no peer is there.
        insecure: permits a bind beyond loopback without authentication.
        stop_timeout: seconds that one actor may take to come back when it is stopped.
        drain: whether an actor handles what is queued before it stops.
        peer_expiry: seconds that mail for a peer that is down is kept.
        peer_capacity_msgs: how many envelopes are queued for one peer at most.
        environment: also take what `SABIR_BIND`, `SABIR_ADVERTISE`, `SABIR_NODE`, `SABIR_PEERS` and `SABIR_INSECURE` say;
            they are read when the manager is made, and what stands here is stronger.
        stepped: no threads; see `sabir.kit`.
    """

    bind: str | None = None
    advertise: str | None = None
    node: str | None = None
    peers_file: str | os.PathLike[str] | None = None
    peers: Mapping[str, Peer] = field(default_factory=dict)
    allow: Sequence[str] = ()
    insecure: bool | None = None
    stop_timeout: float | None = None
    drain: bool | None = None
    peer_expiry: float | None = None
    peer_capacity_msgs: int | None = None
    environment: bool = False
    stepped: bool = False


def node_config_from_env() -> NodeConfig:
    """The configuration that a node of a topology is started with."""
    return NodeConfig(environment=True)


class CoreConfig:
    """The core's own configuration object, made from a NodeConfig; a context manager that frees it."""

    def __init__(self, config: NodeConfig) -> None:
        made = ctypes.c_void_p()
        _ffi.sabir_config_new(ctypes.byref(made))
        self.pointer = made.value
        try:
            self._fill(config)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> CoreConfig:
        return self

    def __exit__(self, *_: object) -> None:
        _ffi.sabir_config_free(self.pointer)
        self.pointer = None

    def _fill(self, config: NodeConfig) -> None:
        if config.environment:
            _ffi.sabir_config_read_env(self.pointer)
        self._set_text(_ffi.sabir_config_set_bind, config.bind, "bind")
        self._set_text(_ffi.sabir_config_set_advertise, config.advertise, "advertise")
        self._set_text(_ffi.sabir_config_set_node, config.node, "node")
        if config.peers_file is not None:
            self._set_text(_ffi.sabir_config_read_peers, os.fspath(config.peers_file), "peers_file")
        for name, peer in config.peers.items():
            endpoint = _runtime.c_text(peer.endpoint, f"the endpoint of peer {name!r}")
            _ffi.sabir_config_add_peer(self.pointer, _runtime.c_text(name, "a peer's name"), endpoint, int(peer.dialect))
        for host in config.allow:
            self._set_text(_ffi.sabir_config_allow, host, "allow")
        self._set(_ffi.sabir_config_set_insecure, config.insecure)
        self._set(_ffi.sabir_config_set_drain, config.drain)
        if config.peer_capacity_msgs is not None:
            capacity = _runtime.count(config.peer_capacity_msgs, "peer_capacity_msgs")
            _ffi.sabir_config_set_peer_capacity_msgs(self.pointer, capacity)
        if config.stepped:
            _ffi.sabir_config_set_stepped(self.pointer, True)
        self._set_seconds(_ffi.sabir_config_set_stop_timeout_ns, config.stop_timeout, "stop_timeout")
        self._set_seconds(_ffi.sabir_config_set_peer_expiry_ns, config.peer_expiry, "peer_expiry")

    def _set(self, setter: Any, value: Any) -> None:
        if value is not None:
            setter(self.pointer, value)

    def _set_text(self, setter: Any, value: str | None, what: str) -> None:
        if value is not None:
            setter(self.pointer, _runtime.c_text(value, what))

    def _set_seconds(self, setter: Any, value: float | None, what: str) -> None:
        if value is not None:
            setter(self.pointer, _runtime.nanoseconds(value, what))
