"""Each of the two without the other."""

from __future__ import annotations

from ping_pong import ROUNDS, Ping, PingActor, Pong, PongActor
from sabir.kit import Kit


def test_a_pong_answers_with_the_same_count() -> None:
    with Kit() as kit:
        pong, client = kit.manage("pong", PongActor()), kit.probe("client")
        kit.start()
        pong.send(Ping(7), client.ref)
        client.expect(Pong(7))


def test_a_ping_serves_first_and_ends_after_the_last_round() -> None:
    with Kit() as kit:
        pong = kit.probe("pong")
        ping = kit.manage("ping", PingActor(pong.ref))
        kit.start()
        for count in range(ROUNDS):
            assert pong.expect(Ping(count)).sender == ping
            ping.send(Pong(count), pong.ref)
        pong.expect_none()
