"""Field kinds: what an annotation of a message's field means to the core.

| annotation               | kind          | in JSON                                        |
|--------------------------|---------------|------------------------------------------------|
| bool                     | BOOL          | true, false                                    |
| int, Int64               | INT64         | integer                                        |
| Int32, UInt64            | INT32, UINT64 | integer                                        |
| float                    | DOUBLE        | number; an int is taken if it is exact         |
| str                      | STRING        | string                                         |
| bytes                    | BYTES         | string, base64; anything with a buffer is taken|
| Array                    | BYTES         | a NumPy array as an .npy file, in base64       |
| Json, Any                | JSON          | any value                                      |
| list[T]                  | LIST(T)       | array                                          |
| dict[str, T]             | MAP(T)        | object                                         |
| T | None                 | OPTIONAL(T)   | absent if None                                 |
| a message class          | STRUCT(T)     | object                                         |
"""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from ._errors import InvalidSabirError


@dataclass(frozen=True)
class Kind:
    """One kind: its word, and what it is made of."""

    word: str
    item: Kind | None = None
    message: Any = None  # STRUCT: the message class
    is_array: bool = False  # BYTES that Python sees as a NumPy array

    def __str__(self) -> str:
        """As the core's table spells it: `LIST(OPTIONAL(STRING))`."""
        if self.item is not None:
            return f"{self.word}({self.item})"
        return f"STRUCT({self.message.__sabir__.name})" if self.message is not None else self.word


BOOL, INT32, INT64, UINT64 = Kind("BOOL"), Kind("INT32"), Kind("INT64"), Kind("UINT64")
DOUBLE, STRING, BYTES, JSON = Kind("DOUBLE"), Kind("STRING"), Kind("BYTES"), Kind("JSON")
ARRAY = Kind("BYTES", is_array=True)

INTEGER_RANGES = {
    "INT32": (-(2**31), 2**31 - 1),
    "INT64": (-(2**63), 2**63 - 1),
    "UINT64": (0, 2**64 - 1),
}

Int32 = Annotated[int, INT32]
Int64 = Annotated[int, INT64]
UInt64 = Annotated[int, UINT64]

if TYPE_CHECKING:
    import numpy.typing

    Json = Any
    Array = numpy.typing.NDArray[Any]
else:
    Json = Annotated[Any, JSON]
    Array = Annotated[Any, ARRAY]

_PLAIN: dict[Any, Kind] = {
    bool: BOOL,
    int: INT64,
    float: DOUBLE,
    str: STRING,
    bytes: BYTES,
    bytearray: BYTES,
    memoryview: BYTES,
    Any: JSON,
    object: JSON,
}


def kind_of(annotation: Any, where: str) -> Kind:
    """The kind that `annotation` stands for; `where` names the field in the error.

    Raises:
        InvalidSabirError: no kind fits.
    """
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if "__sabir__" in getattr(annotation, "__dict__", {}):
        return Kind("JSON") if annotation.__sabir__.is_open else Kind("STRUCT", message=annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        named = [mark for mark in arguments[1:] if isinstance(mark, Kind)]
        return named[0] if named else kind_of(arguments[0], where)
    if origin is list and len(arguments) == 1:
        return Kind("LIST", kind_of(arguments[0], where))
    if origin is dict and len(arguments) == 2 and arguments[0] is str:
        return Kind("MAP", kind_of(arguments[1], where))
    if origin in (typing.Union, types.UnionType) and len(arguments) == 2 and type(None) in arguments:
        return Kind("OPTIONAL", kind_of(next(a for a in arguments if a is not type(None)), where))
    raise InvalidSabirError(
        f"{where}: {annotation!r} is no kind of field; there are bool, int, Int32, UInt64, float, str, bytes, Array, Json, "
        "list[T], dict[str, T], T | None and message classes"
    )
