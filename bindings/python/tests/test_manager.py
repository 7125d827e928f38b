"""Managers: names, life, closing, reports, forks."""

from __future__ import annotations

import os
import threading
import time

import pytest
import sabir
from messages import Gate, Ping, Pong, PongActor
from sabir import _runtime
from support import eventually, run_python


def test_a_name_is_taken_once_and_nothing_leaks(manager: sabir.Manager) -> None:
    manager.manage("pong", PongActor())
    before = _runtime.kept_count()
    with pytest.raises(sabir.ExistsSabirError, match="pong"):
        manager.manage("pong", PongActor())
    assert _runtime.kept_count() == before


@pytest.mark.parametrize(
    ("actor", "words"),
    [(PongActor, r"is no actor: make one, PongActor\(\.\.\.\)"), ("pong", "'pong' is no actor: derive its class from sabir.Actor")],
)
def test_what_is_no_actor_is_refused_with_what_to_do(manager: sabir.Manager, actor: object, words: str) -> None:
    with pytest.raises(sabir.InvalidSabirError, match=words):
        manager.manage("pong", actor)  # type: ignore[arg-type]


def test_an_actor_is_managed_once(manager: sabir.Manager) -> None:
    pong = PongActor()
    manager.manage("pong", pong)
    with pytest.raises(sabir.ExistsSabirError, match="managed already, as 'pong'"):
        manager.manage("again", pong)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", sabir.InvalidSabirError),
        ("a\0b", sabir.InvalidSabirError),
        ("a\nb", sabir.InvalidSabirError),
        ("\ud800", sabir.InvalidSabirError),
        ("x" * 256, sabir.InvalidSabirError),
        (5, sabir.InvalidSabirError),
        ("sabir.mine", sabir.ReservedSabirError),
    ],
)
def test_a_name_that_is_none_is_refused(manager: sabir.Manager, name: str, error: type[Exception]) -> None:
    before = _runtime.kept_count()
    with pytest.raises(error):
        manager.manage(name, PongActor())
    assert _runtime.kept_count() == before


def test_what_is_no_actor_is_refused(manager: sabir.Manager) -> None:
    with pytest.raises(sabir.InvalidSabirError, match=r"derive its class from sabir\.Actor"):
        manager.manage("x", object())  # type: ignore[arg-type]


def test_an_actor_that_comes_after_the_start_starts_at_once(manager: sabir.Manager) -> None:
    manager.start()
    assert manager.manage("late", PongActor()).ask(Ping(1)) == Pong(1)


def test_starting_twice_is_an_error(manager: sabir.Manager) -> None:
    manager.start()
    with pytest.raises(sabir.StateSabirError, match="started already"):
        manager.start()


def test_find_gives_the_same_ref(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    found = manager.find("pong")
    assert found == pong
    assert hash(found) == hash(pong)
    assert found.name == "pong"
    with pytest.raises(sabir.NotFoundSabirError, match="nobody"):
        manager.find("nobody")


def test_everything_raises_after_close_and_close_is_idempotent() -> None:
    manager = sabir.Manager()
    pong = manager.manage("pong", PongActor())
    manager.start()
    manager.close()
    manager.close()
    for call in (manager.start, manager.stop, manager.run, manager.terminate, manager.snapshot, manager.ready):
        with pytest.raises(sabir.ClosedSabirError):
            call()
    for look in (lambda: manager.find("pong"), lambda: manager.endpoint, lambda: manager.manage("x", PongActor())):
        with pytest.raises(sabir.ClosedSabirError):
            look()
    with pytest.raises(sabir.ClosedSabirError):
        pong.send(Ping(1))
    with pytest.raises(sabir.ClosedSabirError):
        pong.fast_send(Ping(1))
    with pytest.raises(sabir.ClosedSabirError):
        pong.ask(Ping(1))
    assert pong.name == "pong"


def test_a_manager_that_never_started_closes_too() -> None:
    before = _runtime.kept_count()
    with sabir.Manager() as manager:
        manager.manage("pong", PongActor()).send(Ping(1))
    assert _runtime.kept_count() == before


def test_stop_then_close() -> None:
    manager = sabir.Manager()
    manager.manage("pong", PongActor())
    manager.start()
    manager.stop()
    manager.stop()
    with pytest.raises(sabir.ClosedSabirError):
        manager.manage("late", PongActor())
    manager.close()


def test_one_actor_is_stopped_and_joined_on_its_own(manager: sabir.Manager) -> None:
    one, two = manager.manage("one", PongActor()), manager.manage("two", PongActor())
    manager.start()
    manager.stop_actor(one)
    with pytest.raises(sabir.ClosedSabirError):
        one.send(Ping(1))
    assert two.ask(Ping(2)) == Pong(2)


def test_an_actor_cannot_stop_its_own_manager(manager: sabir.Manager) -> None:
    class Suicidal(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            for end in (self.manager.stop, lambda: self.manager.stop_actor(self)):
                with pytest.raises(sabir.DeadlockSabirError):
                    end()
            return Pong(1)

    actor = manager.manage("suicidal", Suicidal())
    manager.start()
    assert actor.ask(Ping(1)) == Pong(1)


def test_an_actor_that_does_not_come_back_is_named() -> None:
    manager = sabir.Manager(sabir.NodeConfig(stop_timeout=0.1))
    gate = Gate()
    manager.manage("gate", gate).send(Ping(1))
    manager.start()
    assert gate.entered.wait(10)
    with pytest.raises(TimeoutError, match="'gate' did not come back"):
        manager.close()
    gate.opened.set()


def test_a_with_block_reports_its_own_error_first() -> None:
    gate = Gate()

    def fail_with_a_stuck_actor() -> None:
        with sabir.Manager(sabir.NodeConfig(stop_timeout=0.1)) as manager:
            manager.manage("gate", gate).send(Ping(1))
            manager.start()
            assert gate.entered.wait(10)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        fail_with_a_stuck_actor()
    gate.opened.set()


def test_the_older_familys_words_work() -> None:
    manager = sabir.Manager()
    handle = manager.get_handle()

    class Ender(sabir.Actor):
        def __init__(self, handle: sabir.ManagerHandle) -> None:
            self.handle = handle

        def on_start(self, env: sabir.Envelope[sabir.Start]) -> None:
            self._actor_ref.send(Ping(1), self._actor_ref)

        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            self.handle.terminate()

    manager.manage("ender", Ender(handle))
    manager.init()
    manager.run()
    assert handle.is_terminated()
    manager.end()


def test_run_returns_when_the_time_is_up(manager: sabir.Manager) -> None:
    manager.start()
    assert manager.run(timeout=0.02) is False
    manager.terminate()
    assert manager.run(timeout=10) is True


def test_run_ends_on_another_thread_too(manager: sabir.Manager) -> None:
    manager.start()
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(manager.run()))
    thread.start()
    manager.terminate()
    thread.join(10)
    assert results == [True]


def test_the_snapshot_counts(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()
    for number in range(10):
        pong.ask(Ping(number))
        pong.fast_send(Ping(number))
    eventually(lambda: manager.snapshot()["actors"][0]["received"] == 20)
    actor = manager.snapshot()["actors"][0]
    assert (actor["name"], actor["queued"]) == ("pong", 0)


class _Busy(sabir.Actor):
    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        until = time.monotonic_ns() + env.msg.count
        while time.monotonic_ns() < until:
            pass
        return Pong(0)


@pytest.mark.parametrize("in_group", [False, True])
def test_the_snapshot_tells_how_long_handlers_have_run(manager: sabir.Manager, in_group: bool) -> None:
    busy = (manager.group("pool", 1) if in_group else manager).manage("busy", _Busy())
    manager.start()

    def handler_ns() -> int:
        return int(manager.snapshot()["actors"][0]["handler_ns"])

    tick_ns = 10_000_000  # the longest that a system has, by which time in handlers is counted
    begin = time.monotonic_ns()
    started = handler_ns()
    busy.ask(Ping(3 * tick_ns))
    assert 2 * tick_ns <= handler_ns() - started <= time.monotonic_ns() - begin + tick_ns
    eventually(lambda: handler_ns() == handler_ns())  # it rests: at work it would be more each time
    at_rest = handler_ns()
    busy.fast_send(Ping(1_000_000))  # on this thread, which is no actor's
    assert handler_ns() == at_rest


def test_a_handler_of_dead_letters_that_fails_is_only_logged(manager: sabir.Manager, caplog: pytest.LogCaptureFixture) -> None:
    def bad(letter: sabir.DeadLetter) -> None:
        raise RuntimeError("in the handler of dead letters")

    manager.on_dead_letter(bad)
    gate = Gate()
    ref = manager.manage("gate", gate, capacity_msgs=1, overload=sabir.Overload.DROP_NEWEST)
    manager.start()
    ref.send(Ping(0))
    assert gate.entered.wait(10)
    ref.send(Ping(1))
    ref.send(Ping(2))
    gate.opened.set()
    assert "in the handler of dead letters" in caplog.text
    manager.on_dead_letter(None)


def test_the_child_of_a_fork_gets_an_error_and_may_make_its_own(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()
    assert pong.ask(Ping(1)) == Pong(1)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = []
        try:
            for call in (manager.snapshot, lambda: pong.send(Ping(1)), lambda: pong.ask(Ping(1)), lambda: pong.fast_send(Ping(1))):
                try:
                    call()
                    said.append("nothing")
                except sabir.ForkedSabirError:
                    said.append("forked")
            manager.close()
            with sabir.Manager() as own:
                ref = own.manage("pong", PongActor())
                own.start()
                said.append(str(ref.ask(Ping(5)).count))
        except BaseException as error:
            said.append(repr(error))
        os.write(writer, ",".join(said).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        assert answers.read() == b"forked,forked,forked,forked,5"
    assert os.waitpid(child, 0)[1] == 0
    assert pong.ask(Ping(2)) == Pong(2)


def test_a_program_that_forgets_to_close_ends_all_the_same() -> None:
    code = """
        import sabir

        @sabir.message
        class Ping:
            count: int

        class Pong(sabir.Actor):
            def on_ping(self, env):
                return env.msg

            def on_stop(self):
                print("stopped")

        manager = sabir.Manager()
        pong = manager.manage("pong", Pong())
        manager.start()
        print(pong.ask(Ping(3)).count)
    """
    done = run_python(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\nstopped\n", "")


def test_a_program_ends_while_an_actor_sleeps_in_its_handler() -> None:
    code = """
        import time, sabir

        @sabir.message
        class Sleep:
            pass

        class Sleeper(sabir.Actor):
            def on_sleep(self, env):
                print("sleeping", flush=True)
                time.sleep(100)

        manager = sabir.Manager(sabir.NodeConfig(stop_timeout=0.1))
        manager.manage("sleeper", Sleeper()).send(Sleep())
        manager.start()
        manager.run(timeout=0.2)
    """
    done = run_python(code, timeout=10)
    assert (done.returncode, done.stdout) == (0, "sleeping\n")
    assert "'sleeper' did not come back" in done.stderr
