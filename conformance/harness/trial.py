"""One case being run: its peers, its ledger, its nonce, and how a step waits and fails.

What each step does stands in `actions.py`.
"""

import secrets
import time

from . import envelope as envelopes
from .ledger import PROCESS, Ledger
from .peer import Peer
from .stimulus import parts_of, rng_for
from .template import UnknownName, fill

# For whatever has no deadline of its own; generous, because the machine may be busy with other things.
PATIENCE_S = 5.0
_DYING_S = 0.5


class Failure(Exception):
    """The testee did not do what the case wants.

    `kind` is mismatch, silence (nothing came, and the case states no deadline), deadline, died, connection,
    protocol, unclaimed or process.
    """

    def __init__(self, kind, why, clause=None, data=None, offset=0):
        super().__init__(why)
        self.kind, self.why, self.clause, self.data, self.offset = kind, why, clause, data, offset
        self.step = None

    @property
    def signature(self):
        """What kind of failure at which kind of step: stable from run to run."""
        return f"{self.kind}@{self.step['do'] if self.step else 'end'}" + (f"/{self.clause}" if self.clause else "")


class CaseError(Exception):
    """The case itself is wrong: what it sends is not what it says it sends."""


class Names:
    """What `${...}` means: words of the trial, its peers and its instances by name."""

    def __init__(self, trial):
        self._trial = trial
        self.words = {"nonce": trial.nonce, "kept": {}}

    def __contains__(self, root):
        return root in self.words or root in ("testee", "port") or root[0].isupper() or self._trial.has_instance(root)

    def __getitem__(self, root):
        if root in self.words:
            return self.words[root]
        if root == "port":
            return {name: str(peer.listener.port) for name, peer in self._trial.peers.items()}
        if root[0].isupper():
            return self._trial.peer(root).sender
        return self._trial.instance("main" if root == "testee" else root).names


class Trial:
    """The state of one run of one case."""

    def __init__(self, loop, case, main, launcher, seed):
        self.loop = loop
        self.case = case
        self.launcher = launcher
        self.nonce = secrets.token_hex(6)
        self.ledger = Ledger(self.nonce)
        self.rng = rng_for(seed, case.id)
        self.names = Names(self)
        self.checks = 0
        self.process_events = []
        self.peers = {}
        self._instances = {"main": main}

    # Peers and instances

    def peer(self, name, host="127.0.0.1"):
        """The peer of that name, made when it is first spoken of."""
        if name not in self.peers:
            self.peers[name] = Peer(self.loop, name, self.ledger, self.instance("main"), host)
        return self.peers[name]

    def connected(self, name):
        """That peer, with a connection whose handshake is over."""
        peer = self.peer(name)
        if peer.link is None:
            peer.connect()
        if peer.link.session is not None:
            self.loop.run_until(lambda: peer.link.is_ready or not peer.link.is_open, PATIENCE_S)
            if not peer.link.is_open:
                raise self._disconnected(peer)
            if not peer.link.is_ready:
                raise Failure("silence", f"the connection of {name} was not greeted within {PATIENCE_S:g} s")
        return peer

    def instance(self, node):
        if node not in self._instances:
            raise CaseError(f"the node {node} was not started")
        return self._instances[node]

    def has_instance(self, node):
        return node in self._instances

    def add_instance(self, node, instance):
        """Put an instance in a node's place; peers of the one that was there talk to the new one."""
        for peer in self.peers.values():
            if node in self._instances and peer.instance is self._instances[node]:
                peer.instance = instance
        self._instances[node] = instance

    def instances(self):
        """The instances that this case started itself."""
        return [instance for node, instance in self._instances.items() if node != "main"]

    def last_words(self):
        """What the instances of this case said last on standard error, its own ones first."""
        return [line for instance in [*self.instances(), self.instance("main")] for line in instance.testee.stderr]

    def keep(self, name, envelope):
        """From now on `${kept.NAME.id}` and the like are parts of this envelope."""
        sender = envelopes.sender_object(envelope.sender)
        self.names.words["kept"][name] = {"id": envelope.id, "re": envelope.re, "target": envelope.target, "sender": sender}

    # Sending

    def fill(self, value):
        """The value with its holes filled."""
        try:
            return fill(value, self.names)
        except UnknownName as error:
            raise CaseError(str(error)) from None

    def parts(self, step, default_sender):
        try:
            return parts_of(step, self.names, self.rng, default_sender)
        except UnknownName as error:
            raise CaseError(str(error)) from None

    def send(self, peer, parts, malformed=None, lossy=False):
        """Send one message that has been judged."""
        envelope = self.judge_own(parts, malformed)
        self.ledger.add_sent(peer.name, parts, envelope, malformed)
        peer.instance.check.note_sent(envelope, peer.sender["endpoint"])
        peer.link.send(parts)
        if not lossy and not peer.link.is_open:
            raise self._disconnected(peer)

    def send_envelope(self, peer, type_, target, payload):
        """Send a valid message from `peer` in its own name."""
        sender = envelopes.Sender(peer.sender["name"], peer.sender["endpoint"])
        self.send(peer, (envelopes.write(envelopes.Envelope(type_, target, payload, sender)),))

    def flush(self, peer):
        """Wait until the kernel has taken everything."""
        self.loop.run_until(lambda: peer.link.is_flushed or not peer.link.is_open, PATIENCE_S)

    def judge_own(self, parts, malformed):
        """The envelope in a message of ours, after making sure that it is as well or as badly formed as the case says."""
        if len(parts) != 1:
            return self._judged("ENV-1", malformed, "a multipart message", None)
        limits = self.instance("main").ready
        if len(parts[0]) > limits.limit_bytes:
            return self._judged("LIM-1", malformed, f"it has {len(parts[0])} bytes", None)
        try:
            envelope = envelopes.read(parts[0], depth_limit=limits.limit_depth)
        except envelopes.Malformed as error:
            return self._judged(error.clause, malformed, str(error), None)
        return self._judged(None, malformed, "it is well formed", envelope)

    def _judged(self, found, claimed, why, envelope):
        if found != claimed:
            raise CaseError(f"what is sent should be {claimed or 'well formed'}, but {why}")
        return envelope

    # Waiting and judging

    def next_frame(self, peer, timeout_s=PATIENCE_S, kind="silence", wanted=None):
        """The first unclaimed message at `peer` (that `wanted` accepts); claims it."""
        def find():
            return next((seen for seen in self.ledger.unclaimed(peer.name) if not wanted or wanted(seen)), None)

        testee = peer.instance.testee
        self.loop.run_until(
            lambda: find() or self.ledger.violations or not testee.is_alive or not peer.hears_by_itself, timeout_s)
        self.raise_violation()
        found = find()
        if found:
            self.ledger.claim(found)
            return found
        if not testee.is_alive or not peer.hears_by_itself:
            raise self._disconnected(peer)
        raise Failure(kind, f"nothing came to {peer.name} within {timeout_s:g} s")

    def _disconnected(self, peer):
        """The failure that a lost connection is: the kernel closes a dying process's sockets before it is gone."""
        testee = peer.instance.testee
        if self.loop.run_until(lambda: not testee.is_alive, _DYING_S):
            return Failure("died", f"the testee has ended ({testee.wait_exit(0)})")
        return Failure("connection", f"the testee closed the connection of {peer.name}: {peer.link.closed_because}")

    def raise_violation(self):
        """Fail if the testee has emitted anything that the protocol forbids."""
        if self.ledger.violations:
            violation, seen = self.ledger.violations[0]
            raise Failure("protocol", violation.why, violation.clause, seen and seen.data, violation.offset)

    def hold(self, condition, why, data=None):
        """Count a check; fail with `why` if it does not hold."""
        self.checks += 1
        if not condition:
            raise Failure("mismatch", why, data=data)

    def nothing_left(self, peer=None):
        """Fail if a message has come that no step accounts for."""
        self.raise_violation()
        self.checks += 1
        left = self.ledger.unclaimed(peer)
        if left:
            raise Failure("unclaimed", f"{len(left)} message(s) that nobody expects, the first at {left[0].peer}",
                          data=left[0].data)

    def add_process_event(self, text):
        self.ledger.note(text, PROCESS)
        self.process_events.append(text)

    def close(self):
        """Close connections and own instances; listeners stay, so that a late message is noticed."""
        for peer in self.peers.values():
            if peer.link:
                peer.link.close()
        for instance in self.instances():
            instance.testee.close()


def elapsed_ms(since):
    """Milliseconds since a moment of the monotonic clock."""
    return int((time.monotonic() - since) * 1000)
