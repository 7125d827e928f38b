"""What is measured, against whom, and how much better we want to be: data, and nothing else.

A ratio says how many times better ours is, whether less or more is better. The counts are chosen so that a run takes some tenths of a
second; `--scale` multiplies them.
"""

from __future__ import annotations

from dataclasses import dataclass


class Count(int):
    """An argument that says how much work there is."""


Command = tuple[str | int, ...]  # {tests} {peers} {rust} {crates} {erlang} {python} {here} stand for folders and programs


@dataclass(frozen=True)
class Peer:
    """A program that does the same, or with `limit` a plain figure that nobody may exceed."""

    name: str
    goal: float
    command: Command = ()
    limit: float | None = None
    # What ours may cost beside theirs: times, plus. The goal follows from it: a binding's "at most 1.1 times and 5 ns more".
    allowed: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True)
class Benchmark:
    number: int  # as in docs/performance.md
    key: str
    what: str
    unit: str
    ours: Command
    peers: tuple[Peer, ...] = ()
    figure: str = "value"  # which figure of the programs' line
    shares: str = ""  # the benchmark whose runs are looked at once more
    kind: str = "rounds"  # "rounds", "idle", "compares" (the program itself takes turns with the peer), "growth"
    sizes: tuple[tuple[int, Command], ...] = ()  # of a growth
    slope: int = 0  # of a growth: 1 if the figure is of each item, 0 if it is of all of them
    resolution: float = 0.0  # what is below it counts as it

    @property
    def more_is_better(self) -> bool:
        return self.unit.endswith("/s")


N = Count


def ours(program: str, *arguments: str | int) -> Command:
    return ("{tests}/" + program, *arguments)


def mutex(*arguments: str | int) -> Command:
    return ("{peers}/mutex", *arguments)


def bare(*arguments: str | int) -> Command:
    return ("{peers}/bare", *arguments)


def caf(*arguments: str | int) -> Command:
    return ("{peers}/caf", *arguments)


def erlang(schedulers: int, module: str, function: str, *arguments: int) -> Command:
    return ("{erlang}", "+S", str(schedulers), "-noshell", "-pa", "{peers}/erlang", "-s", "rig", "main", module, function, *arguments)


def crate(program: str, *arguments: str | int) -> Command:
    return ("{crates}/" + program, *arguments)


def python(script: str, *arguments: str | int) -> Command:
    return ("{python}", "{here}/peers/python/" + script, *arguments)


def our_python(*arguments: str | int) -> Command:
    return ("{python}", "{here}/ours_python/actors.py", *arguments)


def our_rust(*arguments: str | int) -> Command:
    return ("{rust}/sabir-bench", *arguments)


def codec(items: int, size: str, rounds: int, direction: str, goal: float) -> Benchmark:
    arguments = (direction, items, N(rounds))
    return Benchmark(
        8,
        f"codec-{direction}-{items}",
        f"envelope {direction}, {size}",
        "ns",
        ours("codec", *arguments),
        (
            Peer("cJSON", goal, ("{peers}/codec_cjson", direction, items, N(rounds // 4))),
            Peer("yyjson", 1.0, ("{peers}/codec_yyjson", *arguments)),
        ),
    )


MUTEX, CAF, CAF_DETACHED = "mutex queue (C++)", "CAF", "CAF detached"
TALKING = (
    Benchmark(
        1,
        "ping-pong-threads",
        "ping-pong, a thread each, adaptive spinning",
        "ns",
        ours("ping_pong", "threads", N(600_000)),
        (
            Peer(MUTEX, 20, mutex("ping", N(12_000))),
            Peer(CAF_DETACHED, 20, caf("ping-detached", N(8_000))),
            Peer("crossbeam", 8, crate("channels", "crossbeam-ping", N(40_000))),
            Peer("kanal", 1.0, crate("channels", "kanal-ping", N(300_000))),
            Peer("tokio", 8, crate("channels", "tokio-ping", N(6_000))),
            Peer("std sync_channel", 8, crate("channels", "std-ping", N(8_000))),
            Peer("a bare cache line", 0.33, bare("line", N(600_000)), note="no message: the least it can cost"),
        ),
    ),
    Benchmark(
        1,
        "ping-pong-idle-again",
        "processor time burnt after the last message",
        "ms",
        ours("ping_pong", "threads", N(600_000)),
        (Peer("limit", 1.0, limit=1.0),),
        figure="idle_ms",
        shares="ping-pong-threads",
    ),
    Benchmark(
        1,
        "ping-pong-parked",
        "ping-pong, a thread each, no spinning",
        "ns",
        ours("ping_pong", "parked", N(12_000)),
        (
            Peer(MUTEX, 1.2, mutex("ping", N(12_000))),
            Peer(CAF_DETACHED, 1.2, caf("ping-detached", N(8_000))),
            Peer("a bare futex", 0.9, bare("futex", N(12_000)), note="no message: the least it can cost"),
        ),
    ),
    *(
        Benchmark(
            2,
            f"ping-pong-group{workers}",
            f"ping-pong in a group, {workers} worker{'s' if workers > 1 else ''}",
            "ns",
            ours("ping_pong", f"group{workers}", N(2_000_000)),
            (
                Peer(CAF, 4, caf(f"ping{workers}", N(200_000))),
                Peer("Erlang", 3, erlang(workers, "talk", "ping", N(300_000))),
                Peer("actix", 3, crate("actix", f"ping{workers}", N(500_000 if workers == 1 else 10_000))),
                Peer("ractor", 6, crate("ractor", f"ping{workers}", N(200_000))),
                Peer("kameo", 6, crate("kameo", f"ping{workers}", N(150_000))),
            ),
        )
        for workers in (1, 2)
    ),
    Benchmark(
        3,
        "streaming",
        "streaming one to one, two threads",
        "M/s",
        ours("streaming", N(4_000_000)),
        (
            Peer(MUTEX, 3, mutex("stream", N(1_000_000))),
            Peer(CAF, 3, caf("stream", N(1_000_000))),
            Peer("Erlang", 1.5, erlang(2, "talk", "stream", N(1_000_000))),
            Peer("actix", 5, crate("actix", "stream", N(1_000_000))),
            Peer("ractor", 5, crate("ractor", "stream", N(700_000))),
            Peer("kameo", 5, crate("kameo", "stream", N(500_000))),
            Peer("crossbeam", 1.0, crate("channels", "crossbeam-stream", N(4_000_000)), note="a channel without an actor"),
            Peer("tokio", 1.0, crate("channels", "tokio-stream", N(2_000_000)), note="a channel without an actor"),
            Peer("std sync_channel", 1.0, crate("channels", "std-stream", N(6_000_000)), note="a channel without an actor"),
        ),
    ),
)

CROWDS = tuple(
    Benchmark(
        4,
        program.replace("_", "-") + suffix,
        what,
        unit,
        ours(program, actors, N(count)),
        (
            Peer(CAF, 3, caf(program.replace("_", "-"), actors, N(count // less))),
            Peer("Erlang", 2, erlang(2, "crowd", program, actors, N(count // less))),
        ),
    )
    for program, suffix, what, unit, actors, count, less in (
        ("fan_in", "-2", "fan-in, 2 to 1", "M/s", 2, 1_500_000, 4),
        ("fan_in", "-8", "fan-in, 8 to 1", "M/s", 8, 1_500_000, 4),
        ("fan_in", "-64", "fan-in, 64 to 1", "M/s", 64, 1_500_000, 4),
        ("ring", "", "thread ring, 100 actors, per hop", "ns", 100, 2_000_000, 5),
        ("big", "", "big: 100 actors ask each other at random", "M/s", 100, 10_000, 5),
        ("fork_join", "", "fork-join, 60 actors", "M/s", 60, 30_000, 4),
    )
)

CALLS = tuple(
    Benchmark(
        5,
        f"fast-send-{how}",
        f"fast_send, {what}",
        "ns",
        ours("fast_send", how, N(count)),
        (Peer(MUTEX, 2.0, mutex(how, N(count))), Peer("a plain mutex", 1.0, mutex(f"pair-{how}", N(count)))),
    )
    for how, what, count in (
        ("idle", "idle actor", 5_000_000),
        ("contended", "two threads call one actor", 2_000_000),
        ("nested", "three actors deep", 2_000_000),
    )
)

SPAWNED = (
    Peer(CAF, 2, caf("spawn", N(100_000))),
    Peer("Erlang", 2, erlang(2, "life", "spawned", N(100_000))),
    Peer("actix", 2, crate("actix", "spawn", N(100_000))),
    Peer("ractor", 2, crate("ractor", "spawn", N(30_000))),
    Peer("kameo", 2, crate("kameo", "spawn", N(30_000))),
)

LIVES = (
    Benchmark(6, "spawn", "spawn 100 000 actors in a group, each", "ns", ours("spawn", N(100_000)), SPAWNED),
    Benchmark(
        6,
        "memory",
        "memory of an actor, of 100 000 in a group",
        "B",
        ours("spawn", N(100_000)),
        (Peer("limit", 1.0, limit=400.0), *SPAWNED),
        figure="bytes",
        shares="spawn",
    ),
    Benchmark(
        7,
        "timer-arm",
        "timer: arm and cancel, 1000 others armed",
        "ns",
        ours("timers", "arm", N(1_000_000)),
        (Peer(CAF, 1.5, caf("arm", N(60_000))), Peer("Erlang", 1.5, erlang(2, "life", "arm", N(400_000)))),
    ),
    Benchmark(
        7,
        "timer-lateness",
        "timers: lateness at 10 000 a second, 99 of 100",
        "us",
        ours("timers", "late", N(4_000)),
        (
            Peer("limit", 1.0, limit=100.0),
            Peer(CAF, 1.0, caf("late", N(4_000))),
            Peer("Erlang", 1.0, erlang(2, "life", "late", N(4_000)), note="counts in ms"),
        ),
    ),
)

CODECS = tuple(
    codec(items, size, rounds, direction, goal)
    for direction, goal in (("decode", 4.0), ("encode", 15.0))
    for items, size, rounds in ((0, "80 B", 1_500_000), (20, "1 KB", 80_000), (370, "16 KB", 5_000))
)

WIRE = (
    Benchmark(
        9,
        "remote-streaming",
        "remote streaming, tcp, 153 B, a credit window in both",
        "M/s",
        ours("remote_stream", "{rounds}", N(500_000)),
        (Peer("libzmq", 0.85),),
        kind="compares",
    ),
    Benchmark(
        10,
        "remote-ping",
        "remote there and back, tcp",
        "us",
        ours("remote_ping", 0, N(4_000)),
        (Peer("libzmq", 0.8, ("{peers}/zmq_ping", N(4_000))),),
    ),
)

PYTHON = (
    *(
        Benchmark(
            11,
            f"python-{case}",
            f"Python: {what}",
            unit,
            our_python(case, N(count)),
            tuple(
                Peer(name, goal, python(script, theirs, N(their_count)))
                for name, script in (("queue actor", "queue_actor.py"), ("pykka", "pykka_actor.py"))
            ),
        )
        for case, what, unit, count, theirs, their_count, goal in (
            ("stream", "streaming one to one", "k/s", 150_000, "stream", 60_000, 3.0),
            ("group", "there and back, a group of one worker", "us", 60_000, "ping", 4_000, 10.0),
            ("ping", "there and back, a thread each", "us", 10_000, "ping", 4_000, 10.0),
            ("fast", "fast_send", "us", 60_000, "fast", 4_000, 20.0),
        )
    ),
    Benchmark(
        11,
        "python-remote",
        "Python: remote streaming, tcp",
        "k/s",
        our_python("remote", N(100_000)),
        (
            Peer("pyzmq + json", 3.0, python("pyzmq_wire.py", "json", N(60_000))),
            Peer("pyzmq + orjson", 1.0, python("pyzmq_wire.py", "orjson", N(100_000))),
            Peer("grpcio", 50.0, python("grpcio_wire.py", "stream", N(4_000)), note="a client's stream"),
        ),
    ),
)

RUST = tuple(
    Benchmark(
        12,
        f"rust-{case}",
        f"Rust through the crate: {what}",
        unit,
        our_rust(case, N(count)),
        (Peer("the C core", 0.0, ours(*c, N(count)), allowed=(1.1, 0.0 if unit == "M/s" else 5.0)),),
    )
    for case, what, unit, count, c in (
        ("group1", "ping-pong in a group, 1 worker", "ns", 1_500_000, ("ping_pong", "group1")),
        ("stream", "streaming one to one", "M/s", 3_000_000, ("streaming",)),
        ("fast", "fast_send, idle actor", "ns", 3_000_000, ("fast_send", "idle")),
    )
)

RESTING = (
    Peer("limit", 1.0, limit=0.0),
    Peer(CAF, 1.0, caf("idle", 1000)),
    Peer("Erlang", 1.0, erlang(2, "life", "idle", 1000)),
    Peer("actix", 1.0, crate("actix", "idle", 1000)),
    Peer("ractor", 1.0, crate("ractor", "idle", 1000)),
    Peer("kameo", 1.0, crate("kameo", "idle", 1000)),
)

IDLE = (
    Benchmark(
        13,
        "idle-switches",
        "idle, 1000 actors: context switches",
        "switches",
        ours("idle", 1000),
        RESTING,
        "switches",
        kind="idle",
        resolution=1,
    ),
    Benchmark(
        13,
        "idle-cpu",
        "idle, 1000 actors: processor time",
        "ms",
        ours("idle", 1000),
        RESTING,
        "cpu_ms",
        shares="idle-switches",
        kind="idle",
        resolution=10,
    ),
)

# The steepest slope of cost over size is 1 on a straight line; a knee is what is a third steeper.
STRAIGHT = (Peer("straight line", 0.75, limit=1.0),)

GROWTH = tuple(
    Benchmark(14, key, what, unit, (), STRAIGHT, kind="growth", slope=slope, sizes=sizes)
    for key, what, unit, slope, sizes in (
        (
            "growth-actors",
            "growth: actors in a ring, a hop",
            "ns",
            1,
            tuple((n, ours("ring", n, N(1_000_000))) for n in (10, 100, 1_000, 10_000, 100_000)),
        ),
        (
            "growth-spawn",
            "growth: actors spawned, each",
            "ns",
            1,
            tuple((n, ours("spawn", n)) for n in (100, 1_000, 10_000, 100_000)),
        ),
        (
            "growth-nodes",
            "growth: nodes, one asks all in turn",
            "us",
            1,
            tuple((n, ours("nodes", n, N(2_000))) for n in (2, 5, 10, 30, 100)),
        ),
        (
            "growth-payload",
            "growth: payload there and back, tcp",
            "us",
            0,
            tuple((n, ours("remote_ping", n, N(max(100, 1_500 * 1024 // (n + 1024))))) for n in (0, 1024, 16_384, 131_072, 1_048_576)),
        ),
    )
)

BENCHMARKS = (*TALKING, *CROWDS, *CALLS, *LIVES, *CODECS, *WIRE, *PYTHON, *RUST, *IDLE, *GROWTH)
