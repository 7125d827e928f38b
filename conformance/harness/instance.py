"""A testee that is ready, with what a case needs to talk to it and to judge it."""

import itertools
import tempfile
from pathlib import Path

from . import endpoint as endpoints
from .check import EmissionCheck
from .errors import NotReady
from .jsontext import write
from .testee import READY_S, Testee

ANY_PORT = "tcp://127.0.0.1:*"


class Instance:
    """The process, the address to connect to, and the check of what it emits."""

    def __init__(self, testee):
        self.testee = testee
        self.ready = testee.ready
        self.check = EmissionCheck(self.ready.endpoint, self.ready.limit_bytes)
        bound = endpoints.parse(self.ready.bound.replace("*", "127.0.0.1").replace("0.0.0.0", "127.0.0.1"))
        if bound is None or bound.path:
            raise NotReady(f"{testee.manifest.name}: READY says bound {self.ready.bound!r}, which is no tcp endpoint")
        self.address = (bound.host, bound.port)

    @property
    def names(self):
        """What `${testee…}` means in a case."""
        host, port = self.address
        limits = self.ready
        return {"endpoint": self.ready.endpoint, "bound": f"tcp://{host}:{port}", "port": str(port),
                "limit_bytes": str(limits.limit_bytes), "over_limit_bytes": str(limits.limit_bytes + 1),
                # In {"payload": {"n": [[…]]}} two levels are not lists.
                "deepest_lists": str(limits.limit_depth - 2)}


class Launcher:
    """Starts instances of one port."""

    def __init__(self, loop, manifest, extra_args=(), ready_s=READY_S):
        self.loop = loop
        self.manifest = manifest
        self._ready_s = ready_s
        self._command = [*manifest.cmd, *extra_args]
        self._folder = tempfile.TemporaryDirectory(prefix="sabir-conform-")
        self._files = itertools.count()
        # A port whose library does not tell who connected has to be told whom it may answer (RTE-4).
        self._allow = [] if "peer-address" in manifest.features else ["127.0.0.1"]

    def spawn(self, env=(), peers=None):
        """Start a process without waiting for it; `peers` is the content of its peers file."""
        told = {"SABIR_BIND": ANY_PORT, "SABIR_PEERS": self._peers_file(peers or {"nodes": {}}), **dict(env)}
        return Testee(self.loop, self.manifest, self._command, told)

    def _peers_file(self, peers):
        path = Path(self._folder.name) / f"peers-{next(self._files)}.json"
        path.write_text(write({**peers, "allow": [*peers.get("allow", []), *self._allow]}), encoding="utf-8")
        return str(path)

    def start(self, env=()):
        """A ready instance, or NotReady."""
        testee = self.spawn(env)
        try:
            testee.wait_ready(self._ready_s)
            return Instance(testee)
        except NotReady:
            testee.close()
            raise

    def close(self):
        self._folder.cleanup()
