"""What stands for one object of the core: it is not doubled by `copy`, and cannot leave the process by `pickle`."""

from __future__ import annotations

from typing import Any, NoReturn, SupportsIndex, TypeVar

H = TypeVar("H", bound="Handle")


class Handle:
    """A copy would free the core's object a second time, so that a copy is the handle itself."""

    __slots__ = ()

    def __copy__(self: H) -> H:
        return self

    def __deepcopy__(self: H, memo: dict[int, Any]) -> H:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            f"{self!r} belongs to this process and cannot be pickled; "
            "to let another process speak to an actor, tell it the name and the endpoint for its own manager.remote(name, endpoint)"
        )
