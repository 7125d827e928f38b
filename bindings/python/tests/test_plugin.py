"""C actors loaded into the manager of a Python program, and what goes between the two."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import sabir
from messages import Collector
from sabir import _ffi
from support import INCLUDE, run_python

HERE = Path(__file__).parent
CC = os.environ.get("CC", "cc")


@sabir.message("plugin.Add")
class Add:
    a: int
    b: int


@sabir.message("plugin.Sum")
class Sum:
    value: int
    note: str | None = None


@sabir.message("plugin.Delegate")
class Delegate:
    a: int
    b: int


@sabir.message("plugin.Tell")
class Tell:
    pass


class Helper(sabir.Actor):
    """Called by fast_send from the C actor's thread."""

    senders: list[sabir.ActorRef | None]

    def __init__(self) -> None:
        self.senders = []

    def on_add(self, env: sabir.Envelope[Add]) -> Sum:
        self.senders.append(env.sender)
        if env.msg.a == 13:
            raise ValueError("unlucky")
        return Sum(env.msg.a + env.msg.b, "by Python")


def build(source: str, folder: Path, name: str, *flags: str) -> Path:
    if shutil.which(CC) is None:
        pytest.skip(f"no C compiler: {CC}")
    built = folder / name
    file = HERE / "plugin" / source
    command = [CC, "-std=c11", "-shared", "-fPIC", f"-I{INCLUDE}", "-o", str(built), str(file), *flags]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return built


@pytest.fixture(scope="module")
def calculator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    core = Path(_ffi.LIBRARY).resolve()
    return build("calculator.c", tmp_path_factory.mktemp("plugin"), "libcalculator.so", str(core))


def test_c_actors_answer_python(manager: sabir.Manager, calculator: Path) -> None:
    manager.load(calculator)
    manager.start()
    ref = manager.find("calculator")
    assert not ref.is_python
    assert ref.ask(Add(20, 22)) == Sum(42)
    assert ref.fast_send(Add(1, 2)) == Sum(3)
    collector = Summing()
    manager.manage("collector", collector)
    ref.send(Add(2, 3), collector)
    assert collector.wait_for(1) == [Sum(5)]


class Summing(Collector):
    def on_sum(self, env: sabir.Envelope[Sum]) -> None:
        self.keep(env.msg)


def test_c_actors_send_types_that_python_has_not_declared(manager: sabir.Manager, calculator: Path) -> None:
    manager.load(calculator)
    manager.start()
    facts = manager.find("calculator").ask(Tell())
    assert type(facts).__name__ == "Facts"
    assert facts["name"] == "calculator"
    assert str(facts["numbers"]) == "[0.5, -0.0]"
    assert sabir.find_message("plugin.Facts") is type(facts)


def test_c_calls_a_python_actor_by_fast_send(manager: sabir.Manager, calculator: Path) -> None:
    manager.load(calculator)
    helper = Helper()
    manager.manage("helper", helper)
    manager.start()
    ref = manager.find("calculator")
    assert ref.ask(Delegate(1, 2)) == Sum(3, "by Python")
    assert ref.fast_send(Delegate(3, 4)) == Sum(7, "by Python")
    assert helper.senders == [ref, ref]


def test_a_python_failure_reaches_c_as_a_code_with_words(
    manager: sabir.Manager, calculator: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manager.load(calculator)
    manager.manage("helper", Helper())
    manager.start()
    with pytest.raises(sabir.FailedSabirError, match="ValueError: unlucky"):
        manager.find("calculator").fast_send(Delegate(13, 0))
    assert "ValueError: unlucky" in caplog.text


def test_a_c_failure_reaches_python_with_its_words(manager: sabir.Manager, calculator: Path) -> None:
    manager.load(calculator)
    manager.start()
    with pytest.raises(sabir.FailedSabirError, match="fears negative numbers"):
        manager.find("calculator").fast_send(Add(-1, 0))
    with pytest.raises(sabir.RejectedSabirError, match="failed"):
        manager.find("calculator").ask(Add(-1, 0))


def test_one_plugin_twice_under_two_prefixes(manager: sabir.Manager, calculator: Path) -> None:
    manager.load(calculator, prefix="one.")
    manager.load(calculator, prefix="two.")
    manager.start()
    assert manager.find("two.calculator").ask(Add(1, 1)) == Sum(2)
    with pytest.raises(sabir.ExistsSabirError, match=r"one\.calculator"):
        manager.load(calculator, prefix="one.")


def test_a_plugin_that_comes_after_the_start_starts_at_once(manager: sabir.Manager, calculator: Path) -> None:
    manager.start()
    manager.load(calculator)
    assert manager.find("calculator").ask(Add(1, 1)) == Sum(2)


def test_messages_from_python_are_checked_for_c(manager: sabir.Manager, calculator: Path) -> None:
    manager.load(calculator)
    manager.start()
    ref = manager.find("calculator")
    with pytest.raises(sabir.ValueSabirError):
        ref.send(Add(2**63, 0))
    with pytest.raises(sabir.BadPayloadSabirError):
        ref.send(sabir.OpenMessage.of("plugin.Add", {"a": 1}))


def test_a_plugin_that_is_none_is_refused(manager: sabir.Manager, tmp_path: Path) -> None:
    with pytest.raises(sabir.IOSabirError, match="nothing.so"):
        manager.load(tmp_path / "nothing.so")
    (tmp_path / "empty.c").write_text("int unrelated;\n")
    empty = build(str(tmp_path / "empty.c"), tmp_path, "libempty.so")
    with pytest.raises(sabir.InvalidSabirError, match="sabir_plugin_manage"):
        manager.load(empty)


def test_a_plugin_with_a_core_of_its_own_is_refused(manager: sabir.Manager, tmp_path: Path) -> None:
    (tmp_path / "own.c").write_text(
        '__attribute__((visibility("default"))) unsigned sabir_version(void) { return 1000000; }\n'
        "int sabir_plugin_manage(void *manager, const char *prefix) { return manager && prefix ? 0 : -1; }\n"
    )
    own = build(str(tmp_path / "own.c"), tmp_path, "libown.so")
    with pytest.raises(sabir.InvalidSabirError, match="brings a core of its own"):
        manager.load(own)


def test_a_second_copy_of_the_core_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "libsabir.so.1"
    shutil.copy(Path(_ffi.LIBRARY).resolve(), copy)
    code = f"""
        import ctypes
        ctypes.CDLL({str(copy)!r})
        import sabir
    """
    done = run_python(code)
    assert done.returncode == 1, done.stdout
    assert "two copies of the Sabir core in one process" in done.stderr
    assert str(copy) in done.stderr
