"""The messages of the conformance suite and of the ping-pong actors."""

from __future__ import annotations

from typing import Any

import sabir


class Echo(sabir.OpenMessage, name="conf.Echo"):
    pass


class EchoReply(sabir.OpenMessage, name="conf.EchoReply"):
    pass


class Describe(sabir.OpenMessage, name="conf.Describe"):
    pass


@sabir.message("conf.Description")
class Description:
    seen: sabir.Json
    sender: sabir.Json
    type: str


@sabir.message("conf.Typed")
class Typed:
    i: int
    f: float
    s: str
    b: bool
    l: list[int]  # noqa: E741 - the suite's name
    o: str | None = None


class TypedReply(sabir.OpenMessage, name="conf.TypedReply"):
    pass


@sabir.message("conf.Note")
class Note:
    from_: str
    seq: int
    data: str | None = None


@sabir.message("conf.Report")
class Report:
    from_: str | None = None


@sabir.message("conf.Reported")
class Reported:
    count: str
    in_order: bool
    last: dict[str, str]
    digest: str


@sabir.message("conf.Collect")
class Collect:
    from_: str | None = None


@sabir.message("conf.Collected")
class Collected:
    items: sabir.Json


@sabir.message("conf.Reset")
class Reset:
    pass


@sabir.message("conf.Address")
class Address:
    name: str
    endpoint: str
    dialect: str | None = None


@sabir.message("conf.Send")
class Send:
    to: Address
    type: str
    payload: dict[str, Any]
    as_: str | None = None
    repeat: int | None = None
    special: str | None = None


@sabir.message("conf.Sent")
class Sent:
    ok: int
    errors: list[str]


@sabir.message("conf.Binary")
class Binary:
    data: bytes


@sabir.message("conf.BinaryReply")
class BinaryReply:
    hex: str
    data: bytes


@sabir.message("conf.Ask")
class Ask:
    to: Address
    payload: dict[str, Any]
    timeout_ms: int


@sabir.message("conf.Asked")
class Asked:
    outcome: str
    payload: sabir.Json | None = None


@sabir.message("conf.Forward")
class Forward:
    to: Address
    type: str
    payload: dict[str, Any]


@sabir.message("conf.Fail")
class Fail:
    pass


@sabir.message("conf.GiveUp")
class GiveUp:
    pass


@sabir.message("conf.Leave")
class Leave:
    pass


@sabir.message("conf.Left")
class Left:
    pass


@sabir.message("conf.Stray")
class Stray:
    to: Address


@sabir.message("conf.Strayed")
class Strayed:
    named: str
    asked: str
    nameless: str


@sabir.message("conf.Sleep")
class Sleep:
    ms: int


@sabir.message("conf.Slept")
class Slept:
    pass


@sabir.message
class Ping:
    count: int


@sabir.message
class Pong:
    count: int


@sabir.message
class PlayPing:
    name: str
    endpoint: str
    rounds: int
    dialect: str | None = None


@sabir.message
class Played:
    rounds: int
    errors: int
