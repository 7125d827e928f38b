"""Faults in telling who watches an actor (WAT-1)."""

from dataclasses import replace

from ..watches import STOPPED, UNKNOWN, Watches
from .fault import fault


@fault("watch-unanswered", "watches")
class WatchUnanswered(Watches):
    """An end is nobody's news."""

    def ended(self, target):
        pass


@fault("watch-answered-twice", "watches")
class WatchAnsweredTwice(Watches):
    def tell(self, mail, target, reason):
        super().tell(mail, target, reason)
        super().tell(mail, target, reason)


@fault("watch-forgets-id", "watches")
class WatchForgetsId(Watches):
    def tell(self, mail, target, reason):
        super().tell(replace(mail, envelope=replace(mail.envelope, id=None)), target, reason)


@fault("watch-keeps-both", "watches")
class WatchKeepsBoth(Watches):
    """A second watch beside the first, instead of in its place."""

    def key(self, mail, target):
        return target, mail.envelope.sender, mail.envelope.id


@fault("watch-waits-for-nobody", "watches")
class WatchWaitsForNobody(Watches):
    """Who is not there will never end."""

    def tell(self, mail, target, reason):
        if reason != UNKNOWN:
            super().tell(mail, target, reason)


@fault("watch-late-unanswered", "watches")
class WatchLateUnanswered(Watches):
    """Who has ended already does not end any more."""

    def receive(self, mail):
        actor = self.node.actor(mail.envelope.payload.get("target"))
        if actor is not None and actor.is_stopped:
            return True
        return super().receive(mail)


@fault("watch-says-failed", "watches")
class WatchSaysFailed(Watches):
    def tell(self, mail, target, reason):
        super().tell(mail, target, "failed" if reason == STOPPED else reason)
