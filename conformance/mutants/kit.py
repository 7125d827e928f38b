"""The classes that a node is made of: a fault replaces one of them by a subclass of its own."""

from dataclasses import dataclass

from harness.envelope import EnvelopeReader
from harness.jsontext import Reader, Writer
from harness.zmtp import Session

from .asks import Asks
from .life import Life
from .node import Node
from .outbox import Outbox, Way
from .watches import Watches


@dataclass
class Kit:
    """What to build a node from; `actors` maps names to classes."""

    actors: dict
    json_reader: type = Reader
    envelope_reader: type = EnvelopeReader
    writer: type = Writer
    session: type = Session
    node: type = Node
    asks: type = Asks
    watches: type = Watches
    outbox: type = Outbox
    way: type = Way
    life: type = Life
