"""Ctrl-C and SIGTERM end every wait at once, without polling."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest
from support import start_python

PRELUDE = """
import signal, sys, threading, time
import sabir

@sabir.message
class Ping:
    count: int

stuck = threading.Event()

class Stuck(sabir.Actor):
    def on_ping(self, env):
        stuck.set()
        time.sleep(100)

def soon(word):
    # Said when this program has come to its wait, so that the test sends its signal then.
    threading.Timer(0.05, lambda: print(word, flush=True)).start()

manager = sabir.Manager(sabir.NodeConfig(stop_timeout=0.05))
"""
WITHIN_S = 0.1


def end_of(process: subprocess.Popen[str], sent: signal.Signals) -> tuple[int, float, str, str]:
    """Send a signal once the program has said something; its exit code, how long that took, and the rest of its outputs."""
    assert process.stdout is not None
    assert process.stderr is not None
    first = process.stdout.readline()
    assert first, process.stderr.read()
    begun = time.monotonic()
    process.send_signal(sent)
    line = process.stdout.readline()
    took = time.monotonic() - begun
    out, err = process.stdout.read(), process.stderr.read()
    return process.wait(20), took, line + out, err


def fastest(code: str, sent: signal.Signals = signal.SIGINT, tries: int = 5) -> tuple[int, str, str]:
    """Run the program until its reaction is quick enough: others use the machine too, but polling would always be slow."""
    times = []
    for _ in range(tries):
        returncode, took, out, err = end_of(start_python(PRELUDE + code), sent)
        times.append(took)
        if took < WITHIN_S:
            return returncode, out, err
    pytest.fail(f"none of {tries} tries was done within {WITHIN_S} s: {times}\n{out}\n{err}")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_run(sent: signal.Signals) -> None:
    code = """
manager.start()
soon("running")
print("over", manager.run(), manager.is_terminated, flush=True)
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
manager.close()
"""
    assert fastest(code, sent) == (0, "over True True\nTrue True\n", "")


def test_run_leaves_a_programs_own_handlers_alone() -> None:
    code = """
def handler(number, frame):
    print("mine", flush=True)
    raise KeyError("from the handler")
signal.signal(signal.SIGINT, handler)
manager.start()
soon("running")
try:
    manager.run()
except KeyError as error:
    print(error, flush=True)
manager.close()
"""
    assert fastest(code) == (0, "mine\n'from the handler'\n", "")


def test_a_handler_that_returns_lets_the_wait_go_on() -> None:
    code = """
signal.signal(signal.SIGINT, lambda number, frame: print("mine", flush=True))
manager.start()
soon("running")
threading.Timer(0.3, manager.terminate).start()
print(manager.run())
manager.close()
"""
    assert fastest(code) == (0, "mine\nTrue\n", "")


WAITS = {
    "ask": "ref.ask(Ping(2), timeout=None)",
    "fast_send": "ref.fast_send(Ping(2))",
    "ordered fast_send": "ref.fast_send(Ping(2), ordered=True)",
    "stop_actor": "manager.stop_actor(ref)",
}


@pytest.mark.parametrize("name", WAITS)
def test_ctrl_c_ends_a_wait_for_a_stuck_actor(name: str) -> None:
    stop_timeout = "manager = sabir.Manager(sabir.NodeConfig(stop_timeout=20))" if name == "stop_actor" else ""
    code = f"""
import os
{stop_timeout}
ref = manager.manage("stuck", Stuck())
manager.start()
ref.send(Ping(1))
stuck.wait()
soon("waiting")
try:
    {WAITS[name]}
except KeyboardInterrupt:
    print("interrupted", flush=True)
os._exit(7)
"""
    assert fastest(code)[:2] == (7, "interrupted\n")


def test_ctrl_c_ends_a_start_that_does_not_come_back() -> None:
    code = """
import os
class Endless(sabir.Actor):
    def on_start(self):
        print("starting", flush=True)
        time.sleep(100)
manager.manage("endless", Endless())
try:
    manager.start()
except KeyboardInterrupt:
    print("interrupted", flush=True)
os._exit(7)
"""
    assert fastest(code)[:2] == (7, "interrupted\n")


def test_an_interrupted_wait_leaves_the_next_one_working() -> None:
    code = """
class Pong(sabir.Actor):
    def on_ping(self, env):
        return env.msg
ref = manager.manage("stuck", Stuck())
pong = manager.manage("pong", Pong())
manager.start()
ref.send(Ping(1))
stuck.wait()
soon("waiting")
try:
    ref.ask(Ping(2), timeout=None)
except KeyboardInterrupt:
    print("interrupted", pong.ask(Ping(5)).count, flush=True)
"""
    returncode, out, err = fastest(code)
    assert (returncode, out) == (0, "interrupted 5\n")
    assert "'stuck' did not come back" in err


def test_ctrl_c_in_a_handler_on_the_main_thread_is_not_its_failure() -> None:
    code = """
class Busy(sabir.Actor):
    def on_ping(self, env):
        print("busy", flush=True)
        while True:
            pass
ref = manager.manage("busy", Busy())
manager.start()
try:
    ref.fast_send(Ping(1))
except KeyboardInterrupt:
    print("interrupted", manager.snapshot()["actors"][0]["failed"], flush=True)
manager.close()
"""
    assert fastest(code) == (0, "interrupted 0\n", "")


def test_a_program_ends_although_its_start_was_given_up() -> None:
    code = """
class Endless(sabir.Actor):
    def on_start(self):
        print("starting", flush=True)
        time.sleep(100)
manager.manage("endless", Endless())
try:
    manager.start()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    assert fastest(code)[:2] == (0, "interrupted\n")
