"""Message classes: a name, fields, and what the core calls its type.

    @sabir.message
    class Ping:
        count: int

is a dataclass whose instances can be sent. The core learns the fields once, when the class is declared, and checks every payload
from C, from Rust or from the wire against them. Between Python actors of one process an instance goes as it is: by reference, with
whatever its fields hold. Whoever sends it gives it away.
"""

from __future__ import annotations

import ctypes
import dataclasses
import inspect
import keyword
import struct
import sys
import typing
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from . import _codec, _ffi, _json, _runtime
from ._errors import OK, BadPayloadSabirError, InvalidSabirError, NotFoundSabirError
from ._runtime import DROP_ADDRESS, LANGUAGE, keep
from .kind import Kind, kind_of

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform() -> Any:
        """For type checkers alone; Python has its own from 3.11 on."""
        return lambda declared: declared


C = TypeVar("C", bound=type)

_Pointer, _byref = ctypes.c_void_p, ctypes.byref
_new_object = _ffi.sabir_message_new_object


class MessageType:
    """What the binding knows of one message class; the class carries it as `__sabir__`."""

    __slots__ = ("cls", "decode_value", "encode_text", "fields", "is_open", "is_view", "lent", "name", "pointer", "unpack_item")

    def __init__(self, cls: type, name: str, fields: list[tuple[str, str, Kind]], is_open: bool) -> None:
        self.cls = cls
        self.name = name
        self.fields = fields
        self.is_open = is_open
        self.is_view = False  # a dict in the place of a type with fields: it travels as JSON, to Python too
        self.pointer = 0
        self.lent: Any = None  # the pointer, as an argument
        self.unpack_item: Callable[[Any, int], Any] | None = None  # of a pulled item with a value: its length and the fields
        self.encode_text: Callable[[Any], str] = _json.dumps if is_open else _codec.make_encoder(cls.__name__, fields)
        self.decode_value: Callable[[Any], Any] = cls if is_open else _codec.make_decoder(cls, fields)

    def encode(self, message: Any) -> bytes:
        """The payload's text."""
        text = self.encode_text(message)
        try:
            return text.encode()
        except UnicodeEncodeError:
            return _json.utf8(text, self.name)  # which says what is wrong

    def decode(self, data: bytes) -> Any:
        """The object of a payload that the core has checked."""
        return self.decode_value(_json.loads(data))


_by_pointer: dict[int, MessageType] = {}
_views: dict[int, MessageType] = {}
_all: list[MessageType] = []


def all_messages() -> list[MessageType]:
    """Every message class of the program, in order of declaration."""
    return _all


def type_of(message: Any) -> MessageType:
    """What stands behind an instance of a message class.

    Raises:
        InvalidSabirError: it is an instance of something else.
    """
    try:
        return type(message).__sabir__  # type: ignore[no-any-return]
    except AttributeError:
        raise InvalidSabirError(f"{message!r} is no message: {_how_to_make_one(message)}") from None


def _how_to_make_one(mistaken: Any) -> str:
    if isinstance(mistaken, type):
        return f"send an instance, {mistaken.__qualname__}(...)"
    if type(mistaken).__module__ == "builtins":
        return "a message is an instance of a class that is decorated with @sabir.message"
    return f"decorate its class {type(mistaken).__qualname__} with @sabir.message"


# ---- Declaring a class -----------------------------------------------------------------------------------------------------


@overload
@dataclass_transform()
def message(cls: C, /) -> C: ...


@overload
@dataclass_transform()
def message(name: str, /) -> Callable[[C], C]: ...


def message(cls_or_name: Any, /) -> Any:
    """Make a class a message class, and a dataclass unless it is one or has an `__init__` of its own.

    The fields are the dataclass's, or the annotated parameters of that `__init__`; `sabir.kind` lists which annotations there
    are. A trailing underscore that keeps a Python keyword apart is not part of the name: `from_` travels as `from`.

    Args:
        cls_or_name: the class, or the type's name on the wire if it is another than the class's: `@message("conf.Typed")`.

    Raises:
        InvalidSabirError: a field has an annotation that is no kind, or the name breaks ENV-6.
        ReservedSabirError: the name begins with `sabir.`.
        MismatchSabirError: the name is taken by a type with other fields.
    """
    scope = sys._getframe(1)
    if isinstance(cls_or_name, str):
        return lambda cls: _declare(cls, cls_or_name, {**scope.f_globals, **scope.f_locals})
    if not isinstance(cls_or_name, type):
        raise InvalidSabirError(f"@sabir.message stands on a class, not on {cls_or_name!r}")
    return _declare(cls_or_name, cls_or_name.__name__, {**scope.f_globals, **scope.f_locals})


def _declare(cls: Any, name: str, scope: dict[str, Any]) -> Any:
    if "__init__" not in cls.__dict__ and "__dataclass_fields__" not in cls.__dict__:
        cls = dataclasses.dataclass(cls)
    annotations = _annotations(cls, scope)
    fields = [(attribute, _key(attribute), kind_of(a, f"{cls.__qualname__}.{attribute}")) for attribute, a in annotations.items()]
    declared = MessageType(cls, name, fields, is_open=False)
    declared.pointer = _register(name, fields)
    declared.unpack_item = _item_reader(declared)
    _remember(declared)
    return cls


def _annotations(cls: Any, scope: dict[str, Any]) -> dict[str, Any]:
    """The fields and their annotations, resolved also when they name a class that is local to a function."""
    if dataclasses.is_dataclass(cls):
        hints = typing.get_type_hints(cls, localns=scope, include_extras=True)
        return {field.name: hints[field.name] for field in dataclasses.fields(cls) if field.init}
    hints = typing.get_type_hints(cls.__init__, localns=scope, include_extras=True)
    parameters = list(inspect.signature(cls).parameters)
    missing = [parameter for parameter in parameters if parameter not in hints]
    if missing:
        raise InvalidSabirError(f"{cls.__qualname__}.__init__: the parameter {missing[0]} needs an annotation: it is a field")
    return {parameter: hints[parameter] for parameter in parameters}


def _key(attribute: str) -> str:
    bare = attribute.removesuffix("_")
    return bare if bare != attribute and keyword.iskeyword(bare) else attribute


def _register(name: str, fields: list[tuple[str, str, Kind]]) -> int:
    rows = (_ffi.Field * max(len(fields), 1))()
    for row, (_attribute, key, kind) in zip(rows, fields):
        row.name, row.kind, row.offset_bytes = key.encode(), str(kind).encode(), _ffi.OFFSET_AUTO
    made = ctypes.c_void_p()
    text = _runtime.c_text(name, "the type's name")
    _ffi.sabir_type_register(text, rows if fields else None, len(fields), 1, ctypes.byref(made))
    return made.value or 0


# The kinds that are themselves in a struct, as `struct` has them.
_IN_STRUCT = {"BOOL": "?", "INT32": "i", "INT64": "q", "UINT64": "Q", "DOUBLE": "d"}


def _item_reader(declared: MessageType) -> Callable[[Any, int], Any] | None:
    """What reads the C struct in a pulled item, or None: it holds more than numbers, or the class does not take its fields one by one."""
    codes = [_IN_STRUCT.get(kind.word) for _attribute, _key, kind in declared.fields]
    parameters = list(inspect.signature(declared.cls).parameters.values())
    if not codes or [parameter.name for parameter in parameters] != [attribute for attribute, _key, _kind in declared.fields]:
        return None
    if any(parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD for parameter in parameters):
        return None
    at, form, row = 0, _ffi.PULLED_VALUE_FORMAT, _ffi.Field()
    for index, code in enumerate(codes):
        _ffi.sabir_type_field_get(declared.pointer, index, ctypes.byref(row))
        if code is None or row.offset_bytes < at or row.offset_bytes + row.size_bytes > _ffi.PULLED_VALUE_BYTES:
            return None
        form += f"{row.offset_bytes - at}x{code}"
        at = row.offset_bytes + row.size_bytes
    return struct.Struct(form).unpack_from


def _remember(declared: MessageType) -> None:
    declared.cls.__sabir__ = declared  # type: ignore[attr-defined]
    declared.lent = _ffi.lend(declared.pointer)
    if declared.is_view:
        _views[declared.pointer] = declared
        return
    _by_pointer[declared.pointer] = declared
    _all.append(declared)


class OpenMessage(dict[str, Any]):
    """A message whose payload may be any JSON object, and is one: a dict.

        class Echo(sabir.OpenMessage, name="conf.Echo"):
            pass

    The name is the class's own if none is given.
    """

    __sabir__: typing.ClassVar[MessageType]

    def __init_subclass__(cls, name: str | None = None, _pointer: int = 0) -> None:
        super().__init_subclass__()
        declared = MessageType(cls, name or cls.__name__, [], is_open=True)
        if not _pointer:
            made = ctypes.c_void_p()
            _ffi.sabir_type_register_open(_runtime.c_text(declared.name, "the type's name"), ctypes.byref(made))
            _pointer = made.value or 0
        else:
            declared.is_view = True
        declared.pointer = _pointer
        _remember(declared)

    @staticmethod
    def of(name: str, payload: Mapping[str, Any]) -> OpenMessage:
        """A message of the declared type `name`, whatever its fields, from a dict: for programs that learn the type as they run.

        The payload is checked against the type when the message is sent.

        Raises:
            NotFoundSabirError: nobody has declared such a type in this process.
        """
        pointer = pointer_of_type(name)
        declared = _views.get(pointer) or _by_pointer.get(pointer)
        if declared is None or not declared.is_open:
            declared = _make_view(name, pointer)
        made: OpenMessage = declared.cls(payload)
        return made

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict.__repr__(self)})"


def builtin_message(cls: C, pointer: int, name: str) -> C:
    """Make a dataclass the class of one of the core's own types."""
    annotations = _annotations(cls, {})
    fields = [(attribute, attribute, kind_of(annotation, attribute)) for attribute, annotation in annotations.items()]
    declared = MessageType(cls, name, fields, is_open=False)
    declared.pointer = pointer
    _remember(declared)
    return cls


def encode(message: Any) -> bytes:
    """The payload of a message as the JSON text that would travel.

    Raises:
        InvalidSabirError: it is no message.
        ValueSabirError, BadPayloadSabirError: it cannot be carried; the text says which field.
    """
    return type_of(message).encode(message)


# ---- Finding a class ---------------------------------------------------------------------------------------------------------


def find_message(name: str) -> type:
    """The class of the message type `name`: the program's own, or a dict-like one for a type that C or Rust declared.

    Raises:
        NotFoundSabirError: nobody has declared such a type in this process.
    """
    return type_at(pointer_of_type(name)).cls


def pointer_of_type(name: str) -> int:
    """The core's pointer of the type `name`. Raises: as `find_message`."""
    pointer: int | None = _ffi.sabir_type_find(_runtime.c_text(name, "the type's name"))
    if pointer is None:
        raise NotFoundSabirError(f"no message type {name!r} is declared in this process")
    return pointer


def type_at(pointer: int) -> MessageType:
    """The type behind a core pointer; declared on the spot, with a dict for its payload, if Python does not know it."""
    known = _by_pointer.get(pointer) or _views.get(pointer)
    return known or _make_view(_ffi.sabir_type_name(pointer).decode(), pointer)


def _make_view(name: str, pointer: int) -> MessageType:
    make: Any = type(OpenMessage)
    view: Any = make(name.rpartition(".")[2], (OpenMessage,), {}, name=name, _pointer=pointer)
    made: MessageType = view.__sabir__
    return made


# ---- To and from the core ----------------------------------------------------------------------------------------------------


def new_message(message: Any, as_object: bool) -> int:
    """A core message of `message`, by reference or as JSON; whoever calls owns it."""
    declared = type_of(message)
    made = _Pointer()
    if as_object and not declared.is_view:
        code = _new_object(declared.pointer, LANGUAGE, keep(message), DROP_ADDRESS, _byref(made))
    else:
        text = declared.encode(message)
        code = _ffi.sabir_message_new_json(declared.pointer, text, len(text), ctypes.byref(made))
    if code != OK:
        raise _ffi.error(code)
    return made.value or 0


def read_message(pointer: int, is_checked: bool = False) -> Any:
    """The Python object of a core message that stays whose it is.

    Raises:
        BadPayloadSabirError: the payload does not fit the type, or the class refuses it.
    """
    key = _ffi.sabir_message_object_get(pointer, _runtime.LANGUAGE)
    if key is not None:
        return _runtime.kept(key)
    if not is_checked:
        _ffi.sabir_message_check(pointer)
    return decode_text(type_at(_ffi.sabir_message_type(pointer)), text_of(pointer))


def text_of(pointer: int) -> bytes:
    """The payload of a core message that carries no object."""
    text, length = ctypes.c_void_p(), ctypes.c_size_t()
    _ffi.sabir_message_json_get(pointer, ctypes.byref(text), ctypes.byref(length))
    return ctypes.string_at(text.value or 0, length.value)


def decode_text(declared: MessageType, text: bytes) -> Any:
    """The object of checked text; what the class's own code raises is a payload that it does not take."""
    try:
        return declared.decode(text)
    except BadPayloadSabirError:
        raise
    except Exception as error:
        raise refused(declared, error) from error


def refused(declared: MessageType, error: Exception) -> BadPayloadSabirError:
    """What the making of a checked payload's object has raised, as the payload's fault."""
    if isinstance(error, BadPayloadSabirError):
        return error
    return BadPayloadSabirError(f"{declared.name}: {type(error).__name__}: {error}")
