"""Dead letters: messages that ended nowhere. Each is counted with its reason, and a manager tells whoever asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from . import _ffi, _runtime


@dataclass(frozen=True)
class DeadLetter:
    """A message that ended nowhere.

    Attributes:
        reason: why, as in reports: "mailbox_full", "unknown_target", "failed" and so on.
        target: the name of the actor that it was for, if that is known.
        type: the name of its type, if that is known.
        detail: the reason in words.
    """

    reason: str
    target: str | None
    type: str | None
    detail: str


DeadLetterHandler = Callable[[DeadLetter], None]


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace")


def _on_dead_letter(key: int | None, reason: int, target: bytes | None, kind: bytes | None, detail: bytes | None) -> None:
    """The one callback for dead letters: what the handler raises is logged, since nobody could catch it."""
    handler: DeadLetterHandler | None = _runtime.kept(key or 0)
    if handler is None:
        return
    try:
        name = _ffi.sabir_dead_reason_name(reason) or b"?"
        handler(DeadLetter(name.decode(), _text(target), _text(kind), _text(detail) or ""))
    except BaseException:
        logging.getLogger("sabir").exception("the handler of dead letters failed")


on_dead_letter = _ffi.DEAD_LETTER(_on_dead_letter)
