"""Two nodes of one process over ZeroMQ: values, replies, rejects, dialects, arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
import sabir
from messages import Collector, Fail, Failing, Gate, Ping, Pong, PongActor, Text, Thing
from support import eventually


class Nodes:
    """A near node, where the test stands, and a far one."""

    def __init__(self) -> None:
        config = sabir.NodeConfig(bind="tcp://127.0.0.1:*")
        self.near, self.far = sabir.Manager(config), sabir.Manager(config)

    def start(self) -> None:
        self.far.start()
        self.near.start()

    def remote(self, name: str, dialect: sabir.Dialect = sabir.Dialect.V1) -> sabir.ActorRef:
        assert self.far.endpoint is not None
        return self.near.remote(name, self.far.endpoint, dialect)


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    made = Nodes()
    yield made
    made.near.close()
    made.far.close()


@pytest.mark.parametrize("dialect", list(sabir.Dialect))
def test_a_reply_comes_back_to_the_sender(nodes: Nodes, dialect: sabir.Dialect) -> None:
    nodes.far.manage("pong", PongActor())
    collector = Collector()
    nodes.near.manage("collector", collector)
    nodes.start()
    pong = nodes.remote("pong", dialect)
    for number in range(100):
        pong.send(Ping(number), collector)
    assert collector.wait_for(100) == [Pong(number) for number in range(100)]


def test_an_ask_works_as_in_the_process(nodes: Nodes) -> None:
    nodes.far.manage("pong", PongActor())
    nodes.far.manage("failing", Failing())
    gate = Gate()
    nodes.far.manage("gate", gate)
    nodes.start()
    assert nodes.remote("pong").ask(Ping(5)) == Pong(5)
    with pytest.raises(sabir.RejectedSabirError, match="failed"):
        nodes.remote("failing").ask(Fail())
    with pytest.raises(TimeoutError):
        nodes.remote("gate").ask(Ping(1), timeout=0.1)
    gate.opened.set()
    with pytest.raises(sabir.UnsupportedSabirError, match="flat"):
        nodes.remote("pong", sabir.Dialect.FLAT).ask(Ping(5))


def test_a_sender_in_another_node_has_its_name_and_endpoint(nodes: Nodes) -> None:
    seen: list[sabir.ActorRef | None] = []

    class Watcher(sabir.Actor):
        def on_Ping(self, msg: Ping, sender: sabir.ActorRef | None) -> None:
            seen.append(sender)

    nodes.far.manage("watcher", Watcher())
    collector = Collector()
    nodes.near.manage("collector", collector)
    nodes.start()
    nodes.remote("watcher").send(Ping(1), collector)
    nodes.remote("watcher").send(Ping(2))
    eventually(lambda: len(seen) == 2)
    assert seen[0] is not None
    assert (seen[0].name, seen[0].endpoint, seen[1]) == ("collector", nodes.near.endpoint, None)
    assert not seen[0].is_python


def test_an_unknown_target_is_a_reject_to_the_sender(nodes: Nodes) -> None:
    collector = Collector()
    nodes.near.manage("collector", collector)
    nodes.start()
    nodes.remote("nobody").send(Ping(1), collector)
    reject = collector.wait_for(1)[0]
    assert isinstance(reject, sabir.Reject)
    assert (reject.code, reject.message_type, reject.target) == ("unknown_target", "Ping", "nobody")
    assert reject.rejected_by == nodes.far.endpoint


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (Ping("x"), sabir.BadPayloadSabirError),  # type: ignore[arg-type]
        (Ping(2**63), sabir.ValueSabirError),
        (Thing(math.nan), sabir.ValueSabirError),
        (Thing(2**64), sabir.ValueSabirError),
        (Text("\ud800"), sabir.ValueSabirError),
        (Thing(object()), sabir.BadPayloadSabirError),
    ],
)
def test_what_cannot_travel_is_refused_before_anything_is_sent(nodes: Nodes, message: Any, error: type[Exception]) -> None:
    collector = Collector()
    nodes.far.manage("collector", collector)
    nodes.start()
    ref = nodes.remote("collector")
    with pytest.raises(error):
        ref.send(message)
    ref.send(Text("after"))
    assert collector.wait_for(1) == [Text("after")]


def test_a_value_nested_too_deeply_is_refused(nodes: Nodes) -> None:
    nodes.start()
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises((sabir.ValueSabirError, sabir.MalformedSabirError)):
        nodes.remote("x").send(Thing(deep))


def test_a_message_beyond_the_limit_is_refused(nodes: Nodes) -> None:
    nodes.start()
    with pytest.raises(sabir.TooBigSabirError):
        nodes.remote("x").send(Text("x" * (2**21 + 1)))


def test_a_payload_that_does_not_fit_never_reaches_the_handler(nodes: Nodes) -> None:
    nodes.far.manage("pong", PongActor())
    collector = Collector()
    nodes.near.manage("collector", collector)
    nodes.start()
    with pytest.raises(sabir.BadPayloadSabirError):
        nodes.remote("pong").send(sabir.OpenMessage.of("Ping", {"count": "x"}), collector)


def test_numbers_arrive_as_they_were_sent(nodes: Nodes) -> None:
    @sabir.message("test.Numbers")
    class Numbers:
        small: sabir.Int32
        yes: bool
        large: int
        share: float
        no: bool
        largest: sabir.UInt64

    @sabir.message("test.Keyed")
    class Keyed:  # which does not take its fields one after the other
        def __init__(self, *, first: int, second: int) -> None:
            self.first, self.second = first, second

    @sabir.message("test.Wide")
    class Wide:  # beyond what a pulled item has room for
        a: int
        b: int
        c: int
        d: int
        e: int
        f: int
        g: int
        h: int
        i: int

    class Taker(sabir.Actor):
        def __init__(self) -> None:
            self.got: list[Any] = []

        def on_numbers(self, env: sabir.Envelope[Numbers]) -> None:
            self.got.append(env.msg)

        def on_keyed(self, env: sabir.Envelope[Keyed]) -> None:
            self.got.append((env.msg.first, env.msg.second))

        def on_wide(self, env: sabir.Envelope[Wide]) -> None:
            self.got.append(env.msg)

    sent = Numbers(-(2**31), True, -(2**63), -0.1, False, 2**64 - 1)
    taker = Taker()
    nodes.far.manage("taker", taker)
    nodes.start()
    for message in (sent, Keyed(first=-1, second=2**62), Wide(1, 2, 3, 4, 5, 6, 7, 8, -9), sent):
        nodes.remote("taker").send(message)
    got = eventually(lambda: len(taker.got) == 4 and taker.got)
    assert got == [sent, (-1, 2**62), Wide(1, 2, 3, 4, 5, 6, 7, 8, -9), sent]
    assert [type(value) for value in vars(got[0]).values()] == [int, bool, int, float, bool, int]
    unpack_item = [cls.__sabir__.unpack_item for cls in (Numbers, Keyed, Wide, Text)]  # type: ignore[attr-defined]
    assert [reader is not None for reader in unpack_item] == [True, False, False, False]


def test_what_a_class_refuses_is_a_bad_payload(nodes: Nodes) -> None:
    @sabir.message("test.Even")
    class Even:
        number: int

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError(f"{self.number} is odd")

    class Taker(sabir.Actor):
        def on_even(self, env: sabir.Envelope[Even]) -> Pong:
            return Pong(env.msg.number)

    nodes.far.manage("taker", Taker())
    nodes.start()
    taker = nodes.remote("taker")
    assert taker.ask(Even(2)) == Pong(2)
    odd = Even(2)
    odd.number = 3
    with pytest.raises(sabir.RejectedSabirError, match="bad_payload.*3 is odd"):
        taker.ask(odd)


def test_a_dict_stands_for_any_declared_type(nodes: Nodes) -> None:
    collector = Collector()
    nodes.far.manage("collector", collector)
    here = Collector()
    local = nodes.near.manage("here", here)
    nodes.start()
    nodes.remote("collector").send(sabir.OpenMessage.of("Text", {"text": "far", "more": 1}))
    local.send(sabir.OpenMessage.of("Text", {"text": "near"}))
    assert collector.wait_for(1) == [Text("far")]
    assert here.wait_for(1) == [Text("near")]
    with pytest.raises(sabir.NotFoundSabirError, match=r"test\.Nobody"):
        sabir.OpenMessage.of("test.Nobody", {})


def test_a_node_that_is_not_bound_cannot_name_a_sender() -> None:
    with sabir.Manager() as manager:
        collector = Collector()
        manager.manage("collector", collector)
        manager.start()
        far = manager.remote("x", "tcp://127.0.0.1:9")
        with pytest.raises(sabir.UnboundSabirError):
            far.send(Ping(1), collector)
        with pytest.raises(sabir.UnboundSabirError):
            far.ask(Ping(1))


@pytest.mark.parametrize("endpoint", ["foo", "tcp://*:1", "tcp://h;1.2.3.4:1", "inproc://x", "tcp://127.1:1", "a\0"])
def test_an_endpoint_that_is_none_is_refused(manager: sabir.Manager, endpoint: str) -> None:
    with pytest.raises(sabir.InvalidSabirError):
        manager.remote("x", endpoint)


def test_arrays_travel_with_type_and_shape(nodes: Nodes) -> None:
    numpy = pytest.importorskip("numpy")

    @sabir.message("test.Arrays")
    class Arrays:
        table: sabir.Array
        raw: bytes
        numbers: list[float]

    got: list[Arrays] = []

    class Taker(sabir.Actor):
        def on_arrays(self, env: sabir.Envelope[Arrays]) -> None:
            got.append(env.msg)

    nodes.far.manage("taker", Taker())
    local = Taker()
    nodes.near.manage("local", local)
    nodes.start()
    table = numpy.arange(6, dtype="<f4").reshape(2, 3)
    sent = Arrays(table[:, ::2], table, numpy.array([0.1, -0.0]))
    local.ref.send(sent)
    eventually(lambda: got)
    assert got[0].table is sent.table
    nodes.remote("taker").send(sent)
    eventually(lambda: len(got) == 2)
    assert got[1].table.dtype == numpy.dtype("<f4")
    assert got[1].table.tolist() == [[0.0, 2.0], [3.0, 5.0]]
    assert got[1].raw == table.tobytes()
    assert str(got[1].numbers) == "[0.1, -0.0]"
    with pytest.raises(sabir.BadPayloadSabirError, match=r"Arrays\.table: the array cannot travel"):
        nodes.remote("taker").send(Arrays(numpy.array([object()]), b"", []))


def test_a_peer_that_goes_is_told_to_those_who_handle_it(nodes: Nodes) -> None:
    class Watcher(Collector):
        def on_link_down(self, env: sabir.Envelope[sabir.LinkDown]) -> None:
            self.keep(env.msg)

    nodes.far.manage("pong", PongActor())
    watcher = Watcher()
    nodes.near.manage("watcher", watcher)
    nodes.start()
    endpoint = nodes.far.endpoint
    nodes.remote("pong").send(Ping(1), watcher)
    assert watcher.wait_for(1) == [Pong(1)]
    nodes.far.close()
    gone = watcher.wait_for(2)[1]
    assert isinstance(gone, sabir.LinkDown)
    assert (gone.endpoint, gone.sent, gone.maybe_lost) == (endpoint, 1, 1)
