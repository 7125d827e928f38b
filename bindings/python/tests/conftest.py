"""What all tests of the binding share."""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator

import pytest
import sabir

# A test that hangs shows where, and ends the run, instead of hanging it.
TEST_LIMIT_S = 60


@pytest.fixture(autouse=True)
def limited() -> Iterator[None]:
    faulthandler.dump_traceback_later(TEST_LIMIT_S, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def manager() -> Iterator[sabir.Manager]:
    with sabir.Manager() as made:
        yield made
