"""The vocabulary of a case file: each step with its keys, as the loader checks them.

What a step does stands in `actions.py`, `bulk.py` and `pair_steps.py`; here is only what may be written.
"""

from dataclasses import dataclass

from .stimulus import FORMS

ECHO, REJECT = "echo", "reject"
CANARY_PATHS = (ECHO, REJECT, "probe", "typed", "sink", "slow")


@dataclass(frozen=True)
class StepKind:
    """`evidence`: does a step of this kind, when it passes, prove that the testee took part?"""

    required: frozenset
    optional: frozenset
    evidence: bool = False
    stimulus: bool = False

    @property
    def keys(self):
        forms = {*FORMS, "dialect"} if self.stimulus else set()
        return self.required | self.optional | forms | {"do"}


def _kind(required, optional="", **flags):
    return StepKind(frozenset(required.split()), frozenset(optional.split()), **flags)


STEPS = {
    "open": _kind("peer", "node socket plain listener minor host pings"),
    "close": _kind("peer", "listener"),
    "reset": _kind("peer"),
    "send": _kind("peer", "malformed repeat lossy", stimulus=True),
    "raw": _kind("peer", "slow_ms", stimulus=True),
    "burst": _kind("peer count", stimulus=True),
    "settle": _kind("peer", "pong within_ms"),
    "canary": _kind("peer", "via within_ms", evidence=True),
    "expect": _kind("peer", "type payload accept target sender id re trace dialect within_ms count among keep", evidence=True),
    "quiet": _kind("peer"),
    "idle": _kind("node ms max_cpu_ms"),
    "descriptors": _kind("node max"),
    "connections": _kind("peer count"),
    "report": _kind("peer count", "from in_order last digest until", evidence=True),
    "collect": _kind("peer items", evidence=True),
    "drive": _kind("peer ok", "to type payload as repeat special errors", evidence=True),
    "start": _kind("node", "env peers code within_ms ready", evidence=True),
    "stop": _kind("node how", "code within_ms", evidence=True),
    "kill": _kind("node"),
    "restart": _kind("node"),
    "proxy": _kind("peer"),
    "pause": _kind("ms"),
    "each": _kind("values steps"),
    # Of a pair alone:
    "wire": _kind("from type payload", "target sender re dialect count", evidence=True),
    "overlook": _kind("from", "until"),
    "fall": _kind("node"),
    "rise": _kind("node"),
    "weather": _kind("node", "delay_ms bytes_per_s cut_every_bytes"),
    "cuts": _kind("node", "at_least"),
}
