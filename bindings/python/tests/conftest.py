"""What all tests of the binding share."""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Iterator

import pytest
import sabir

# A test that hangs shows where, and ends the run, instead of hanging it.
TEST_LIMIT_S = 60

said_to: list[int] = []


def pytest_configure() -> None:
    said_to.append(os.dup(2))  # while a test runs, 2 is what pytest keeps to itself
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored, and so would our children


@pytest.fixture(autouse=True)
def limited() -> Iterator[None]:
    faulthandler.dump_traceback_later(TEST_LIMIT_S, exit=True, file=said_to[0])
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def manager() -> Iterator[sabir.Manager]:
    with sabir.Manager() as made:
        yield made
