"""Nothing is left behind: threads, descriptors, objects, memory."""

from __future__ import annotations

import gc
import os
import resource
import threading
import weakref

import sabir
from messages import Collector, Gate, Ping, Pong, PongActor, Thing
from sabir import _runtime, ref
from support import eventually


def cycle() -> None:
    with sabir.Manager() as manager:
        collector = Collector()
        pong = manager.manage("pong", PongActor())
        manager.manage("collector", collector)
        manager.start()
        pong.send(Ping(1), collector)
        assert pong.ask(Ping(2)) == Pong(2)
        collector.ref.send(Thing(object()))


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def system_threads() -> int:
    return len(os.listdir("/proc/self/task"))


def resident_kib() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() // 1024


def test_a_thousand_start_stop_cycles_leave_nothing_behind() -> None:
    for _ in range(100):  # pools and caches fill
        cycle()
    gc.collect()
    before = (threading.active_count(), open_descriptors(), _runtime.kept_count(), len(ref._local))
    threads, memory = system_threads(), resident_kib()
    for _ in range(1000):
        cycle()
    gc.collect()
    after = (threading.active_count(), open_descriptors(), _runtime.kept_count(), len(ref._local))
    assert after == before
    eventually(lambda: system_threads() <= threads)
    # 1 KiB lost in each cycle would be 1000 KiB; an arena of the allocator more or less is no leak. (AddressSanitizer keeps
    # what was freed for a while, on purpose.)
    if "libasan" not in os.environ.get("LD_PRELOAD", ""):
        assert resident_kib() - memory < 768


def test_actors_and_managers_are_collected_after_close() -> None:
    manager = sabir.Manager()
    actor = PongActor()
    manager.manage("pong", actor)
    manager.start()
    manager.close()
    watched = [weakref.ref(manager), weakref.ref(actor)]
    del manager, actor
    gc.collect()
    assert [watch() for watch in watched] == [None, None]


def test_an_object_in_a_mailbox_that_is_never_handled_is_let_go() -> None:
    class Value:
        pass

    value = Value()
    watch = weakref.ref(value)
    with sabir.Manager(sabir.NodeConfig(drain=False)) as manager:
        gate = Gate()
        held = Collector()
        manager.manage("gate", gate)
        holder = manager.manage("collector", held)
        holder.send(Thing(value))
        del value
        assert watch() is not None
        assert _runtime.kept_count() > 0
    gc.collect()
    assert watch() is None


def test_an_object_that_is_refused_is_let_go(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    before = _runtime.kept_count()
    for _ in range(10):
        try:
            pong.send(Thing(1))
        except sabir.UnhandledSabirError:
            continue
    assert _runtime.kept_count() == before


def test_an_object_that_was_handled_is_let_go(manager: sabir.Manager) -> None:
    class Value:
        pass

    class Dropper(sabir.Actor):
        def on_thing(self, env: sabir.Envelope[Thing]) -> None:
            pass

    dropper = manager.manage("dropper", Dropper())
    manager.start()
    value = Value()
    watch = weakref.ref(value)
    dropper.send(Thing(value))
    del value
    eventually(lambda: watch() is None)
