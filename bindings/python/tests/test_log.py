"""The core's own lines go to `logging`."""

from __future__ import annotations

import logging

import pytest
import sabir
from messages import Fail, Failing, PongActor
from support import run_python


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "sabir.core"]


def test_a_failure_is_a_line_of_the_core(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="sabir"), sabir.Manager() as manager:
        failing = manager.manage("failing", Failing())
        manager.start()
        with pytest.raises(sabir.RejectedSabirError):
            failing.ask(Fail())
    assert lines(caplog) == ["actor 'failing' failed on 'Fail': SABIR_EFAILED: ValueError: on purpose"]


def test_nothing_of_it_is_on_standard_error() -> None:
    done = run_python(
        """
        import logging, sabir
        logging.getLogger("sabir").setLevel(logging.CRITICAL)

        @sabir.message
        class Fail:
            pass

        class Failing(sabir.Actor):
            def on_fail(self, env):
                raise ValueError("on purpose")

        with sabir.Manager() as manager:
            failing = manager.manage("failing", Failing())
            manager.start()
            try:
                failing.ask(Fail())
            except sabir.RejectedSabirError as error:
                print("rejected")
        """
    )
    assert (done.stdout, done.stderr, done.returncode) == ("rejected\n", "", 0)


def test_a_handler_of_the_programs_logging_that_fails_does_no_harm(manager: sabir.Manager) -> None:
    class Angry(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise RuntimeError("on purpose")

    angry = Angry()
    failing, pong = manager.manage("failing", Failing()), manager.manage("pong", PongActor())
    manager.start()
    logging.getLogger("sabir.core").addHandler(angry)
    try:
        with pytest.raises(sabir.RejectedSabirError):
            failing.ask(Fail())
    finally:
        logging.getLogger("sabir.core").removeHandler(angry)
    assert pong.name == "pong"
