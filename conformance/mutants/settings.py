"""What the environment tells a node, and why it may refuse to start."""

import json
import os
from dataclasses import dataclass

from harness import endpoint as endpoints


class CannotStart(Exception):
    """The node may not or cannot bind: exit code 10, one sentence on stderr, no READY line."""


@dataclass(frozen=True)
class Settings:
    """Where to listen, what to say about it, and whom to trust."""

    host: str
    port: int
    advertise: str
    allowed_hosts: frozenset
    allowed_endpoints: frozenset


def from_environment(environ=os.environ):
    """The settings, or CannotStart."""
    host, port = _bind(environ.get("SABIR_BIND", "tcp://127.0.0.1:*"))
    advertise = environ.get("SABIR_ADVERTISE", "")
    if host == "0.0.0.0" and not advertise:
        raise CannotStart("SABIR_BIND is a wildcard, so SABIR_ADVERTISE has to say how others reach this node")
    if not host.startswith("127.") and environ.get("SABIR_INSECURE") != "1":
        raise CannotStart(f"binding {host}, beyond loopback and without CURVE, needs SABIR_INSECURE=1")
    if advertise and endpoints.parse(advertise) is None:
        raise CannotStart(f"SABIR_ADVERTISE={advertise} is not an endpoint to connect to")
    hosts, known = _peers(environ.get("SABIR_PEERS"))
    return Settings(host, port, advertise, hosts, known)


def _bind(text):
    host, _, port = text.removeprefix("tcp://").rpartition(":")
    host = "0.0.0.0" if host == "*" else host
    if not text.startswith("tcp://") or not _is_ipv4(host) or not (port == "*" or port.isdigit() and int(port) < 65536):
        raise CannotStart(f"SABIR_BIND={text} is not like tcp://127.0.0.1:5001 or tcp://127.0.0.1:*")
    return host, 0 if port == "*" else int(port)


def _is_ipv4(host):
    if host == "0.0.0.0":  # a wildcard, which a bind may name but no endpoint can
        return True
    endpoint = endpoints.parse(f"tcp://{host}:1")
    return endpoint is not None and endpoint.is_literal and ":" not in endpoint.host


def _peers(path):
    if not path:
        return frozenset(), frozenset()
    try:
        with open(path, encoding="utf-8") as file:
            peers = json.load(file)
        known = {str(endpoints.parse(node["endpoint"])) for node in peers.get("nodes", {}).values()}
        return frozenset(peers.get("allow", [])), frozenset(known)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise CannotStart(f"SABIR_PEERS={path} cannot be used: {error}") from None
