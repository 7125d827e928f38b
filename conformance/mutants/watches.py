"""Who of other nodes watches an actor of this one; he is told once, when it ends (WAT-1)."""

STOPPED, UNKNOWN = "stopped", "unknown_target"


class Watches:
    """Those of one node."""

    def __init__(self, node):
        self.node = node
        self.waiting = {}

    def receive(self, mail):
        """Take a sabir.watch; False: it is none, or none that can be answered."""
        envelope = mail.envelope
        target = envelope.payload.get("target")
        if envelope.type != "sabir.watch" or envelope.sender is None or envelope.id is None or not isinstance(target, str):
            return False
        actor = self.node.actor(target)
        if actor is None or actor.is_stopped:
            self.tell(mail, target, UNKNOWN if actor is None else STOPPED)
        else:
            self.waiting[self.key(mail, target)] = mail
        return True

    def key(self, mail, target):
        """The same sender's next watch of the same actor takes the place of the first."""
        return target, mail.envelope.sender

    def ended(self, target):
        """That actor has ended."""
        for key in [key for key in self.waiting if key[0] == target]:
            self.tell(self.waiting.pop(key), target, STOPPED)

    def tell(self, mail, target, reason):
        sender = None if reason == UNKNOWN else self.node.sender(target)
        self.node.answer(mail, sender, "sabir.down", {"target": target, "reason": reason})
