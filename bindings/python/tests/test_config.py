"""Configuration of nodes and threads."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
import sabir
from messages import Ping, Pong, PongActor


def test_a_manager_without_a_bind_has_no_endpoint(manager: sabir.Manager) -> None:
    assert manager.endpoint is None
    assert manager.bound is None
    manager.start()
    with pytest.raises(sabir.UnboundSabirError):
        manager.ready()


def test_a_free_tcp_port_is_chosen_and_what_is_advertised_can_differ() -> None:
    config = sabir.NodeConfig(bind="tcp://127.0.0.1:*", advertise="tcp://localhost:7001", node="here")
    with sabir.Manager(config) as manager:
        assert manager.bound is not None
        assert manager.bound.startswith("tcp://127.0.0.1:")
        assert manager.endpoint is not None
        assert manager.endpoint.endswith(":7001")
        assert manager.snapshot()["node"] == "here"


def test_an_endpoint_that_is_taken_is_an_error_at_once() -> None:
    with sabir.Manager(sabir.NodeConfig(bind="tcp://127.0.0.1:*")) as manager:
        with pytest.raises(OSError, match="127.0.0.1") as caught:
            sabir.Manager(sabir.NodeConfig(bind=manager.bound))
        assert isinstance(caught.value, sabir.BindSabirError)


def test_an_ipc_endpoint_works(tmp_path: Path) -> None:
    config = sabir.NodeConfig(bind=f"ipc://{tmp_path}/a.sock")
    with sabir.Manager(config) as far, sabir.Manager(sabir.NodeConfig(bind=f"ipc://{tmp_path}/b.sock")) as near:
        far.manage("pong", PongActor())
        far.start()
        near.start()
        assert far.endpoint is not None
        near_endpoint = near.endpoint
        assert near_endpoint is not None
        far.remote("x", near_endpoint)  # an ipc sender is answered only where the application says so
        assert near.remote("pong", far.endpoint).ask(Ping(1)) == Pong(1)


@pytest.mark.parametrize(
    ("config", "error"),
    [
        (sabir.NodeConfig(bind="nonsense"), sabir.InvalidSabirError),
        (sabir.NodeConfig(bind="tcp://0.0.0.0:7001"), sabir.SabirError),
        (sabir.NodeConfig(bind="a\0b"), sabir.InvalidSabirError),
        (sabir.NodeConfig(advertise="tcp://*:1"), sabir.InvalidSabirError),
        (sabir.NodeConfig(peers_file="/nowhere/peers.json"), sabir.IOSabirError),
        (sabir.NodeConfig(peers={"a": sabir.Peer("nonsense")}), sabir.InvalidSabirError),
        (sabir.NodeConfig(allow=["a b"]), sabir.InvalidSabirError),
        (sabir.NodeConfig(stop_timeout=-1), sabir.InvalidSabirError),
        (sabir.NodeConfig(peer_capacity_msgs=-1), sabir.InvalidSabirError),
    ],
)
def test_a_configuration_that_is_wrong_is_refused(config: sabir.NodeConfig, error: type[Exception]) -> None:
    with pytest.raises(error):
        sabir.Manager(config)


def test_every_option_is_taken(tmp_path: Path) -> None:
    peers = tmp_path / "peers.json"
    peers.write_text(json.dumps({"nodes": {"far": {"endpoint": "tcp://127.0.0.1:9", "actors": ["pong"]}}, "allow": ["10.0.0.1"]}))
    config = sabir.NodeConfig(
        bind="tcp://127.0.0.1:*",
        node="n",
        peers_file=peers,
        peers={"old": sabir.Peer("tcp://127.0.0.1:10", sabir.Dialect.FLAT)},
        allow=["example.org:80"],
        insecure=True,
        stop_timeout=0.5,
        drain=False,
        peer_expiry=1,
        peer_capacity_msgs=10,
    )
    with sabir.Manager(config) as manager:
        assert manager.find("pong").endpoint == "tcp://127.0.0.1:9"
        assert manager.find("x@old").endpoint == "tcp://127.0.0.1:10"
        with pytest.raises(sabir.NotFoundSabirError):
            manager.find("x@nobody")


def test_the_environment_is_read_when_the_manager_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    config = sabir.node_config_from_env()
    monkeypatch.setenv("SABIR_BIND", "tcp://127.0.0.1:*")
    monkeypatch.setenv("SABIR_NODE", "from-env")
    with sabir.Manager(config) as manager:
        assert manager.bound is not None
        assert manager.snapshot()["node"] == "from-env"
    with sabir.Manager(sabir.NodeConfig(environment=True, node="stronger")) as manager:
        assert manager.snapshot()["node"] == "stronger"
    monkeypatch.setenv("SABIR_BIND", "nonsense")
    with pytest.raises(sabir.InvalidSabirError, match="SABIR_BIND"):
        sabir.Manager.from_env()


def test_a_drained_mailbox_is_handled_and_an_undrained_one_is_not() -> None:
    for drain in (True, False):
        entered, opened = threading.Event(), threading.Event()
        handled: list[int] = []

        class Slow(sabir.Actor):
            def on_ping(self, env: sabir.Envelope[Ping]) -> None:
                entered.set()  # noqa: B023 - the loop's own, on purpose
                opened.wait(10)  # noqa: B023
                handled.append(env.msg.count)  # noqa: B023

        manager = sabir.Manager(sabir.NodeConfig(drain=drain))
        letters: list[sabir.DeadLetter] = []
        manager.on_dead_letter(letters.append)
        slow = manager.manage("slow", Slow())
        manager.start()
        for number in range(100):
            slow.send(Ping(number))
        assert entered.wait(10)
        threading.Timer(0.05, opened.set).start()
        manager.close()
        assert len(handled) + len(letters) == 100
        assert (len(letters) == 0) == drain
        assert all(letter.reason == "stopped" for letter in letters)


def thread_of(config: sabir.ThreadConfig) -> tuple[str, set[int]]:
    seen: list[tuple[str, set[int]]] = []

    class Where(sabir.Actor):
        def on_start(self) -> None:
            name = Path(f"/proc/self/task/{threading.get_native_id()}/comm").read_text().strip()
            seen.append((name, os.sched_getaffinity(0)))

    with sabir.Manager() as manager:
        manager.manage("where", Where(), config)
        manager.start()
    return seen[0]


def test_a_thread_has_the_name_and_the_cpus_that_it_is_given() -> None:
    cpu = min(os.sched_getaffinity(0))
    assert thread_of(sabir.ThreadConfig(cpus=[cpu], name="a-name")) == ("a-name", {cpu})
    assert thread_of(sabir.ThreadConfig.with_affinity([cpu]))[1] == {cpu}
    assert thread_of(sabir.ThreadConfig(spin=0))[0] == "where"


def test_a_scheduling_that_cannot_be_had_is_left_out_unless_strict() -> None:
    impossible = sabir.ThreadConfig(cpus=[1000])
    assert thread_of(impossible)[0] == "where"
    with sabir.Manager() as manager:
        manager.manage("strict", PongActor(), sabir.ThreadConfig(cpus=[1000], strict=True))
        with pytest.raises(sabir.SabirError, match="strict"):
            manager.start()


def test_thread_options_that_are_wrong_are_refused(manager: sabir.Manager) -> None:
    wrong = sabir.ThreadConfig().with_priority(sabir.Policy.FIFO, 1000)
    with pytest.raises(sabir.InvalidSabirError):
        manager.manage("wrong", PongActor(), wrong)
    for config in (sabir.ThreadConfig(name="a\0b"), sabir.ThreadConfig(cpus=[-1]), sabir.ThreadConfig(cpus=[2**32])):
        with pytest.raises(sabir.InvalidSabirError):
            manager.manage("wrong", PongActor(), config)
    for capacity in (-1, 1.5, True):
        with pytest.raises(sabir.InvalidSabirError, match="capacity_msgs is a whole number"):
            manager.manage("wrong", PongActor(), capacity_msgs=capacity)  # type: ignore[arg-type]
