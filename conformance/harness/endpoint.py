"""Where a node can be reached: END-1's `tcp://HOST:PORT` and `ipc://PATH`, and nothing else."""

import ipaddress
import re
from dataclasses import dataclass

_TCP = re.compile(r"tcp://(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:/;@]+)):([1-9][0-9]{0,4})\Z")
_LABEL = re.compile(r"(?=.{1,63}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")
_IPC_PATH_BYTES = 107


@dataclass(frozen=True)
class Endpoint:
    """A parsed endpoint; `str` gives the rebuilt text, which is the only one to connect to."""

    host: str
    port: int
    path: str = ""

    def __str__(self):
        if self.path:
            return f"ipc://{self.path}"
        return f"tcp://[{self.host}]:{self.port}" if ":" in self.host else f"tcp://{self.host}:{self.port}"

    @property
    def is_literal(self):
        """Is the host an address, so that nothing has to be resolved?"""
        return not self.path and (":" in self.host or _is_ipv4(self.host))


def parse(text):
    """The endpoint that `text` spells, or None if it breaks END-1."""
    if text.startswith("ipc://"):
        return _parse_ipc(text[len("ipc://"):])
    match = _TCP.match(text)
    if not match or int(match.group(3)) > 65535:
        return None
    host = _host(match.group(1), match.group(2))
    return Endpoint(host, int(match.group(3))) if host else None


def _parse_ipc(path):
    if not path.startswith("/") or len(path.encode()) > _IPC_PATH_BYTES or ";" in path or not path.isprintable():
        return None
    return Endpoint("", 0, path)


def _host(ipv6, name):
    """The host as it is connected to; None if END-1 does not know it, or nobody can connect to it."""
    address = _address(ipv6, name)
    if address is not None:
        return None if address.is_unspecified else str(address)
    if ipv6:
        return None
    name = name.lower()  # names are compared without case, `localhost` too
    if name == "localhost":
        return "127.0.0.1"
    return name if _is_dns(name) else None


def _address(ipv6, name):
    """The address that is written there, a v4-mapped one as IPv4; None for a name."""
    try:
        if not ipv6:
            return ipaddress.IPv4Address(name)
        found = ipaddress.IPv6Address(ipv6)
        return found.ipv4_mapped or found
    except ValueError:
        return None


def _is_ipv4(text):
    try:
        ipaddress.IPv4Address(text)
        return True
    except ValueError:
        return False


def _is_dns(text):
    labels = text.split(".")
    # A last label of digits (127.1, 2130706433, 0x7f.1) would be read as an address by the resolver.
    return (len(text) <= 253 and all(_LABEL.match(label) for label in labels)
            and not re.match(r"(?:[0-9]+|0x[0-9a-f]*)\Z", labels[-1]))
