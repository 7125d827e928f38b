"""One of the nodes of a conversation: a testee behind a proxy that sees all that the other side sends to it."""

from .errors import NotReady
from .game import Foul
from .instance import Launcher
from .proxy import Proxy


class Seat:
    """`name` is what the cases call it; `judge(seat, parts)` sees what comes to it through the proxy."""

    def __init__(self, loop, name, manifest, judge, rng):
        self.name = name
        self.port = manifest.name
        self.features = manifest.features
        self.instance = None
        self._launcher = Launcher(loop, manifest)
        self.proxy = Proxy(loop, lambda parts: judge(self, parts), rng)

    def start(self):
        """Start its node, which advertises the proxy, so that nothing can pass beside it."""
        self.instance = self._launch({"SABIR_ADVERTISE": self.proxy.endpoint})
        self.proxy.connect(self.instance.address)

    def fall(self):
        """Kill the node; whoever sends to it finds nobody."""
        ended = self.instance.testee.kill()
        self.proxy.go_down()
        return ended

    def rise(self):
        """Start another one in its place."""
        told = {"SABIR_ADVERTISE": self.proxy.endpoint, "SABIR_BIND": self.instance.names["bound"]}
        earlier = self.instance
        self.instance = self._launch(told)
        self.instance.check.follow(earlier.check)
        self.proxy.come_up(self.instance.address)

    def stop(self):
        """Let it end as any node has to; Foul if it does not."""
        ended = self.instance.testee.stop()
        if ended.code != 0 or ended.seconds > 2.0 or ended.leftovers:
            raise Foul(self.port, "stop", f"has to end with code 0 within 2 s and leave nothing; it ended with {ended}")
        for fault in self.instance.testee.contract_faults():
            raise Foul(self.port, "start", fault)

    def close(self):
        if self.instance:
            self.instance.testee.close()
        self.proxy.close()
        self._launcher.close()

    def _launch(self, env):
        try:
            return self._launcher.start(env)
        except NotReady as error:
            raise Foul(self.port, "start", f"is not ready: {error}") from None
