"""A testee that is ready, with what a case needs to talk to it and to judge it."""

import json
import tempfile
from pathlib import Path

from . import endpoint as endpoints
from .check import EmissionCheck
from .errors import NotReady
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
        return {"endpoint": self.ready.endpoint, "bound": f"tcp://{host}:{port}", "port": str(port),
                "limit_bytes": str(self.ready.limit_bytes), "over_limit_bytes": str(self.ready.limit_bytes + 1)}


class Launcher:
    """Starts instances of one port."""

    def __init__(self, loop, manifest, extra_args=(), ready_s=READY_S):
        self.loop = loop
        self.manifest = manifest
        self._ready_s = ready_s
        self._command = [*manifest.cmd, *extra_args]
        self._folder = tempfile.TemporaryDirectory(prefix="sabir-conform-")
        self._peers_file = Path(self._folder.name) / "peers.json"
        # A port whose library does not tell who connected has to be told whom it may answer (RTE-4).
        allow = [] if "peer-address" in manifest.features else ["127.0.0.1"]
        self._peers_file.write_text(json.dumps({"nodes": {}, "allow": allow}))

    def spawn(self, env=()):
        """Start a process without waiting for it."""
        told = {"SABIR_BIND": ANY_PORT, "SABIR_PEERS": str(self._peers_file), **dict(env)}
        return Testee(self.loop, self.manifest, self._command, told)

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
