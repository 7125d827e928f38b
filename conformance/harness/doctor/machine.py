"""The machine: can nodes be started here, and talk to each other over loopback?

Each check asks through arguments that a test can replace, and gives exactly one finding.
"""

import os
import resource
import shutil
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from .finding import note, ok, wrong

PYTHON_NEEDED = (3, 11)
DESCRIPTORS_NEEDED = 1024
EPHEMERAL_NEEDED = 2000
PORTS_TRIED = 64
FOLDER_BYTES_MAX = 80
ROOM_NEEDED = 64 << 20
TIMEOUT_S = 2.0

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def check_machine():
    """A finding per check."""
    for check in (python, system, loopback, second_address, localhost, tcp_ports, ephemeral_range, descriptors, folder, environment):
        yield check()


def python(version=sys.version_info):
    found = ".".join(map(str, version[:3]))
    if tuple(version[:2]) < PYTHON_NEEDED:
        needed = ".".join(map(str, PYTHON_NEEDED))
        return wrong("python", f"this is Python {found}, and the suite needs {needed} or newer",
                     f"install a newer python3, or call it: python{needed} -m harness conform …")
    return ok("python", found)


def system(platform=sys.platform, proc=Path("/proc/self/environ")):
    """Processes that a port leaves behind are found in /proc."""
    if platform != "linux":
        return wrong("system", f"this is {platform}; the suite finds left-over processes through Linux's /proc", "run it on Linux")
    if not os.access(proc, os.R_OK):
        return wrong("system", f"{proc} cannot be read, so that left-over processes cannot be found", "mount -t proc proc /proc")
    return ok("system", f"{platform}, with /proc")


def loopback(connect=None):
    try:
        (connect or _round_trip)("127.0.0.1")
    except OSError as error:
        return wrong("loopback", f"a connection from 127.0.0.1 to itself fails: {error}",
                     "bring loopback up (ip link set lo up), and let no packet filter stand between lo and lo")
    return ok("loopback", "127.0.0.1 reaches itself")


def second_address(connect=None):
    """Whether a reply goes to a third host is tried on another loopback address."""
    try:
        (connect or _round_trip)("127.0.0.2")
    except OSError as error:
        return note("loopback", f"127.0.0.2 cannot be used ({error}); the cases of a third host need it",
                    "ip address add 127.0.0.2/8 dev lo")
    return ok("loopback", "127.0.0.2 too")


def localhost(resolve=socket.getaddrinfo):
    try:
        addresses = {entry[4][0] for entry in resolve("localhost", None, socket.AF_INET)}
    except OSError as error:
        return note("localhost", f"the name localhost cannot be resolved: {error}", "add the line '127.0.0.1 localhost' to /etc/hosts")
    if addresses != {"127.0.0.1"}:
        return note("localhost", f"the name localhost means {', '.join(sorted(addresses))}; in the protocol it is 127.0.0.1 (END-3)",
                    "let /etc/hosts say '127.0.0.1 localhost' and nothing else of that name")
    return ok("localhost", "is 127.0.0.1")


def tcp_ports(bind=None):
    """As many listeners at once as the largest case has."""
    try:
        with ExitStack() as open_:
            for _ in range(PORTS_TRIED):
                open_.enter_context((bind or _listener)("127.0.0.1"))
    except OSError as error:
        return wrong("tcp ports", f"{PORTS_TRIED} listeners at once are not possible: {error}",
                     "look for whoever holds the TCP ports (ss -ltn), and at ulimit -n")
    return ok("tcp ports", f"{PORTS_TRIED} listeners at once")


def ephemeral_range(path=_RANGE):
    try:
        low, high = map(int, path.read_text().split())
    except (OSError, ValueError):
        return note("tcp ports", f"{path} cannot be read; how many TCP ports there are is not known")
    if high - low + 1 < EPHEMERAL_NEEDED:
        return wrong("tcp ports", f"there are only {high - low + 1} ephemeral TCP ports ({low} to {high}); "
                                  f"a run uses up to {EPHEMERAL_NEEDED}", 'sysctl net.ipv4.ip_local_port_range="32768 60999"')
    return ok("tcp ports", f"{low} to {high} are ephemeral")


def descriptors(limit=None):
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if limit is None else limit
    if soft != resource.RLIM_INFINITY and soft < DESCRIPTORS_NEEDED:
        return wrong("limits", f"a process may open only {soft} files; a node with many peers needs {DESCRIPTORS_NEEDED}",
                     f"ulimit -n {4 * DESCRIPTORS_NEEDED} in this shell, or LimitNOFILE= in a systemd unit")
    return ok("limits", f"{'any number of' if soft == resource.RLIM_INFINITY else soft} open files")


def folder(path=None, free=None):
    """Peers files and logs of a run are temporary files; an ipc endpoint has a path of at most 107 bytes."""
    path = path or tempfile.gettempdir()
    try:
        with tempfile.NamedTemporaryFile(dir=path):
            pass
        room = shutil.disk_usage(path).free if free is None else free
    except OSError as error:
        return wrong("folder", f"no temporary file can be made in {path}: {error.strerror}", "set TMPDIR to a folder that can be written")
    if room < ROOM_NEEDED:
        return wrong("folder", f"{path} has only {room >> 20} MiB left", "make room, or set TMPDIR to another folder")
    if len(os.fsencode(path)) > FOLDER_BYTES_MAX:
        return note("folder", f"{path} is so long that an ipc endpoint in it is over the 107 bytes of a socket's path",
                    "set TMPDIR to a shorter path, such as /tmp")
    return ok("folder", f"{path} can be written")


def environment(environ=None):
    """The suite takes these away from what it starts; a node that is started by hand obeys them."""
    found = sorted(name for name in (os.environ if environ is None else environ)
                   if name in ("SABIR_BIND", "SABIR_ADVERTISE", "SABIR_NODE", "SABIR_PEERS", "SABIR_INSECURE"))
    if found:
        return note("environment", f"{', '.join(found)} set in this shell: a node that you start by hand obeys it, the suite does not",
                    f"unset {' '.join(found)}")
    return ok("environment", "no SABIR_… is set")


def _listener(host):
    listener = socket.socket()
    try:
        listener.bind((host, 0))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _round_trip(host):
    with _listener(host) as listener, socket.socket() as near:
        near.settimeout(TIMEOUT_S)
        listener.settimeout(TIMEOUT_S)
        near.connect(listener.getsockname())
        far, _address = listener.accept()
        with far:
            far.sendall(b"x")
            if near.recv(1) != b"x":
                raise OSError("what is sent does not arrive")
