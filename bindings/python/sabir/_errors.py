"""The one table of errors, as the core has it: one exception class per code, all of them `SabirError`.

A class also derives from the built-in exception that fits, so that `except TimeoutError` catches a `TimedOutSabirError`. The
numbers, names and texts are those of `sabir/error.h`; a test parses that header and compares.
"""

from __future__ import annotations

from typing import Any

OK = 0


class SabirError(Exception):
    """Something that the core refused or that failed; `str(error)` says what, where and what to do.

    Attributes:
        code: the negative number of the error, 0 for none of the table.
        name: its name in C, `SABIR_EFULL`.
        text: what the code means in general.
    """

    code: int = 0
    name: str = "SABIR_OK"
    text: str = ""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.text)

    @property
    def wire_name(self) -> str:
        """The name as reports and the wire spell it: `FULL`."""
        return self.name.removeprefix("SABIR_E")


class InvalidSabirError(SabirError, ValueError):
    code, name, text = -1, "SABIR_EINVAL", "an argument is not valid"


class MemorySabirError(SabirError, MemoryError):
    code, name, text = -2, "SABIR_ENOMEM", "out of memory"


class ExistsSabirError(SabirError, ValueError):
    code, name, text = -3, "SABIR_EEXIST", "the name is taken"


class NotFoundSabirError(SabirError, LookupError):
    code, name, text = -4, "SABIR_ENOENT", "there is nothing of that name"


class FullSabirError(SabirError):
    code, name, text = -5, "SABIR_EFULL", "the mailbox holds its capacity"


class ClosedSabirError(SabirError, RuntimeError):
    code, name, text = -6, "SABIR_ECLOSED", "the actor or the manager has stopped"


class MismatchSabirError(SabirError, TypeError):
    code, name, text = -7, "SABIR_EMISMATCH", "the type is another than the one expected"


class TimedOutSabirError(SabirError, TimeoutError):
    code, name, text = -8, "SABIR_ETIMEDOUT", "the time is up"


class ReentrantSabirError(SabirError, RuntimeError):
    code, name, text = -9, "SABIR_EREENTRANT", "the actor is already in this chain of calls"


class DeadlockSabirError(SabirError, RuntimeError):
    code, name, text = -10, "SABIR_EDEADLOCK", "waiting would never end: the actors wait for each other"


class RemoteSabirError(SabirError):
    code, name, text = -11, "SABIR_EREMOTE", "the actor is not in this process"


class DownSabirError(SabirError, ConnectionError):
    code, name, text = -12, "SABIR_EDOWN", "the peer is down and its queue is full"


class TooBigSabirError(SabirError, ValueError):
    code, name, text = -13, "SABIR_ETOOBIG", "the value is larger than its limit"


class RefusedSabirError(SabirError, PermissionError):
    code, name, text = -14, "SABIR_EREFUSED", "this node may not send to that endpoint"


class ValueSabirError(SabirError, ValueError):
    code, name, text = -15, "SABIR_EVALUE", "a value cannot be carried: NaN, an infinity, a lone surrogate, invalid UTF-8"


class MalformedSabirError(SabirError, ValueError):
    code, name, text = -16, "SABIR_EMALFORMED", "the text is not what the protocol asks for"


class BadPayloadSabirError(SabirError, ValueError):
    code, name, text = -17, "SABIR_EBADPAYLOAD", "the payload does not fit the type's fields"


class ReservedSabirError(SabirError, ValueError):
    code, name, text = -18, "SABIR_ERESERVED", "the name is reserved for the protocol"


class StateSabirError(SabirError, RuntimeError):
    code, name, text = -19, "SABIR_ESTATE", "the call does not fit the state of the object"


class ForkedSabirError(SabirError, RuntimeError):
    code, name, text = -20, "SABIR_EFORKED", "the process has forked since the manager was made"


class VersionSabirError(SabirError, ImportError):
    code, name, text = -21, "SABIR_EVERSION", "the caller was built for another version of the core"


class PermissionSabirError(SabirError, PermissionError):
    code, name, text = -22, "SABIR_EPERM", "the operating system does not permit it"


class UnhandledSabirError(SabirError, LookupError):
    code, name, text = -23, "SABIR_EUNHANDLED", "the actor has no handler for the type"


class FailedSabirError(SabirError, RuntimeError):
    code, name, text = -24, "SABIR_EFAILED", "the handler failed"


class BindSabirError(SabirError, OSError):
    code, name, text = -25, "SABIR_EBIND", "the endpoint cannot be bound"


class InterruptedSabirError(SabirError, InterruptedError):
    code, name, text = -26, "SABIR_EINTR", "the wait was interrupted"


class UnsupportedSabirError(SabirError, NotImplementedError):
    code, name, text = -27, "SABIR_EUNSUPPORTED", "not possible with this peer, dialect or platform"


class RejectedSabirError(SabirError):
    """The request was answered with a Reject.

    Attributes:
        reject: the answer, a `sabir.Reject`: its `code` says why, its `reason` says it in words.
    """

    code, name, text = -28, "SABIR_EREJECTED", "the request was answered with a Reject"

    def __init__(self, detail: str | None = None, reject: Any = None) -> None:
        super().__init__(detail)
        self.reject = reject


class IOSabirError(SabirError, OSError):
    code, name, text = -29, "SABIR_EIO", "the operating system reports an input or output error"


class UnboundSabirError(SabirError, RuntimeError):
    code, name, text = -30, "SABIR_EUNBOUND", "this node has no endpoint that a reply could go to"


ERRORS: dict[int, type[SabirError]] = {error.code: error for error in SabirError.__subclasses__()}


def error_class(code: int) -> type[SabirError]:
    """The exception class of `code`; `SabirError` itself for a code that this release does not know."""
    return ERRORS.get(code, SabirError)
