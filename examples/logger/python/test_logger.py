"""The logger without workers, and a worker without a logger."""

from __future__ import annotations

from logger import Done, Dump, Lines, Log, Logger, Work, Worker
from sabir.kit import Kit


def test_a_logger_keeps_lines_as_they_come() -> None:
    with Kit() as kit:
        logger, client = kit.manage("logger", Logger()), kit.probe("client")
        kit.start()
        for text in ("one", "two"):
            logger.send(Log(text))
        logger.send(Dump(), client.ref)
        client.expect(Lines(["one", "two"]))


def test_a_worker_writes_its_lines_and_then_says_so() -> None:
    with Kit() as kit:
        logger, client = kit.probe("logger"), kit.probe("client")
        worker = kit.manage("worker", Worker(2, logger.ref))
        kit.start()
        worker.send(Work(2), client.ref)
        client.expect(Done())
        logger.expect_order(Log("worker 2 line 1"), Log("worker 2 line 2"))
        logger.expect_none()
