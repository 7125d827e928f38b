"""Seeing: the table of a snapshot, and the tap."""

from __future__ import annotations

import pytest
import sabir
from messages import Ping, Pong, PongActor
from sabir.kit import Kit


def test_a_snapshot_is_printed_in_columns(manager: sabir.Manager) -> None:
    manager.manage("zähler", PongActor())
    manager.manage("東京", PongActor()).send(Ping(1))
    lines = manager.snapshot_table().splitlines()
    head = next(line for line in lines if line.startswith("NAME"))
    first = next(line for line in lines if line.startswith("zähler"))
    second = next(line for line in lines if line.startswith("東京"))
    # Numbers end where their heading ends; each of the two wide characters takes two columns.
    end = head.index("QUEUED") + len("QUEUED")
    assert first[:end].endswith(" 0")
    assert second[: end - 2].endswith(" 1")


def test_a_tap_sees_what_passes() -> None:
    with Kit() as kit:
        pong, client = kit.manage("pong", PongActor()), kit.probe("client")
        kit.start()
        with kit.tap() as tap, kit.tap(from_="po*", type_="*Pong", capacity_msgs=8) as answers:
            pong.send(Ping(7), client.ref)
            with pytest.raises(sabir.UnhandledSabirError):
                pong.send(sabir.Set("a", 1))
            kit.rest()
            seen = [(one.from_, one.to, one.type_.rpartition(".")[2], one.outcome) for one in tap.seen()]
            assert seen == [
                ("client", "pong", "Ping", "sent"),
                ("", "pong", "Set", "UNHANDLED"),
                ("pong", "client", "Pong", "sent"),
            ]
            (answer,) = answers.seen()
            assert '"count":7' in answer.json.replace(" ", "")
            assert answer.time > 1_600_000_000
            assert "pong -> client" in str(answer)
            assert tap.next() is None
            assert tap.missed == 0


def test_a_tap_is_bounded() -> None:
    with Kit() as kit:
        probe = kit.probe("probe")
        with kit.tap(capacity_msgs=2) as tap:
            for count in range(5):
                probe.ref.send(Pong(count))
            assert tap.missed == 3
            assert len(list(tap.seen())) == 2
        with pytest.raises(sabir.ClosedSabirError):
            tap.next()
        taps = [kit.tap() for _ in range(8)]
        with pytest.raises(sabir.FullSabirError, match="8 taps"):
            kit.tap()
        for one in taps:
            one.close()


def test_a_tap_waits_and_ends_with_its_manager(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()
    tap = manager.tap(to="pong")
    assert pong.ask(Ping(1)) is not None
    seen = tap.next(timeout=10.0)
    assert seen is not None
    assert seen.from_ == "sabir.ask"
    assert tap.next(timeout=0.01) is None
    manager.close()
    assert tap.next(timeout=None) is None
    tap.close()
