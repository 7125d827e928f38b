"""Node programs: told by their environment, READY on standard output, gone when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time

import pytest
from support import start_python

NODE = """
import sys, time
import sabir

class Slow(sabir.Actor):
    def on_sleep(self, env):
        print("sleeping", file=sys.stderr, flush=True)
        time.sleep(100)

@sabir.message
class Sleep:
    pass

def build(manager):
    slow = manager.manage("slow", Slow())
    if "busy" in sys.argv:
        slow.send(Sleep())
    print("this goes before READY")

sys.argv += {arguments!r}
sys.exit(sabir.run_node(build, version="3.1", features="special.nan"))
"""


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    env = {**os.environ, "SABIR_BIND": "tcp://127.0.0.1:*", "SABIR_NODE": "tested", **environment}
    return start_python(NODE.format(arguments=list(arguments)), env=env)


def ready(node: subprocess.Popen[str]) -> dict[str, object]:
    assert node.stdout is not None
    assert node.stdout.readline() == "this goes before READY\n"
    word, _, rest = node.stdout.readline().partition(" ")
    assert word == "READY"
    said: dict[str, object] = json.loads(rest)
    return said


def test_ready_says_what_the_contract_asks_for() -> None:
    node = start()
    said = ready(node)
    node.communicate(timeout=10)
    assert said["port"] == "python"
    assert said["version"] == "3.1"
    assert said["suite"] == 1
    assert said["endpoint"] == said["bound"]
    assert "special.nan" in said["features"]  # type: ignore[operator]
    assert set(said["limits"]) == {"bytes", "depth"}  # type: ignore[call-overload]


@pytest.mark.parametrize("how", ["end of standard input", "SIGTERM", "SIGINT"])
@pytest.mark.parametrize("state", ["idle", "busy"])
def test_a_node_is_gone_within_two_seconds_whatever_it_does(how: str, state: str) -> None:
    node = start(state)
    ready(node)
    assert node.stderr is not None
    assert node.stdin is not None
    if state == "busy":
        assert node.stderr.readline() == "sleeping\n"
    begun = time.monotonic()
    if how == "end of standard input":
        node.stdin.close()
    else:
        node.send_signal(signal.SIGTERM if how == "SIGTERM" else signal.SIGINT)
    assert node.wait(10) == 0
    assert time.monotonic() - begun < 2


def test_an_endpoint_that_is_taken_is_exit_10_without_ready() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        node = start(SABIR_BIND=f"tcp://127.0.0.1:{taken.getsockname()[1]}")
        out, err = node.communicate(timeout=10)
    assert (node.returncode, out) == (10, "")
    assert err.startswith("tested: ")
    assert "Traceback" not in err


@pytest.mark.parametrize("bind", ["tcp://0.0.0.0:7001", "tcp://203.0.113.9:7001", "nonsense"])
def test_an_endpoint_that_may_not_be_is_exit_10(bind: str) -> None:
    node = start(SABIR_BIND=bind)
    out, err = node.communicate(timeout=10)
    assert (node.returncode, out) == (10, "")
    assert err.count("\n") == 1
