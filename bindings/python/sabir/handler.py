"""Which message goes to which method: every method `on_…` of an actor is a handler, in one of two forms.

    def on_ping(self, env): ...            # env: Envelope; env.msg, env.sender, env.reply(...)
    def on_Ping(self, msg, sender): ...    # the message and who sent it

Either may be `async def`: then it runs on the event loop of its actor, to its end, before the next message begins.

The message class is the one in the annotation (`env: Envelope[Ping]`, `msg: Ping`); without one it is found by the method's name,
in which upper case and underscores do not count: `on_set_value`, `on_setvalue` and `on_SetValue` all handle `SetValue`. A method
that no message class fits is an error, for it would never be called.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Coroutine
from typing import Any

from ._errors import ExistsSabirError, InvalidSabirError
from .builtin import Down, LinkDown, Reject, Timeout
from .envelope import Envelope
from .message import MessageType, all_messages

# Runs a coroutine to its end.
Run = Callable[[Coroutine[Any, Any, Any]], Any]

# Hooks of an actor's life, which are no handlers of messages: see actor.py.
LIFE_HOOKS = ("on_start", "on_stop", "on_shutdown")


class Handler:
    """One handler of one actor object.

    Attributes:
        name: the method's.
        declared: the message class that it handles.
        call: takes an envelope and calls the method; what it returns is the reply.
    """

    __slots__ = ("call", "declared", "name", "takes_two")

    def __init__(self, name: str, bound: Callable[..., Any], declared: MessageType, takes_two: bool, run: Run | None) -> None:
        self.name = name
        self.declared = declared
        self.takes_two = takes_two
        call: Callable[[Envelope[Any]], Any] = bound
        if takes_two:
            call = lambda envelope: bound(envelope.msg, envelope.sender)  # noqa: E731
        self.call = call if run is None else lambda envelope: run(call(envelope))


def find_handlers(actor: Any, run: Run) -> list[Handler]:
    """The handlers of an actor object, one for each message class.

    Args:
        actor: the object.
        run: runs what an `async` handler returns to its end.

    Raises:
        InvalidSabirError: a method's parameters or name fit no message class, or several.
        ExistsSabirError: two methods handle the same message class.
    """
    found: dict[int, Handler] = {}
    for name in sorted(_method_names(type(actor))):
        bound = getattr(actor, name)
        where = f"{type(actor).__qualname__}.{name}"
        parameters = _parameters(bound, where)
        declared = _by_annotation(bound, parameters) or _by_name(bound, name, where)
        other = found.get(declared.pointer)
        if other is not None:
            raise ExistsSabirError(f"{where} and {other.name} both handle {declared.name}: only one can")
        is_async = inspect.iscoroutinefunction(bound)
        found[declared.pointer] = Handler(name, bound, declared, len(parameters) == 2, run if is_async else None)
    return list(found.values())


def _method_names(cls: type) -> set[str]:
    return {
        name
        for base in cls.__mro__
        for name, value in vars(base).items()
        if name.startswith("on_") and name not in LIFE_HOOKS and inspect.isfunction(value)
    }


def _parameters(bound: Callable[..., Any], where: str) -> list[inspect.Parameter]:
    if inspect.isgeneratorfunction(bound) or inspect.isasyncgenfunction(bound):
        raise InvalidSabirError(f"{where} is a generator: it would never run; a handler is a method or an `async def`")
    parameters = list(inspect.signature(bound).parameters.values())
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len(parameters) not in (1, 2) or any(parameter.kind not in plain for parameter in parameters):
        raise InvalidSabirError(f"{where} takes (self, env) or (self, msg, sender), not {inspect.signature(bound)}")
    return parameters


def _by_annotation(bound: Callable[..., Any], parameters: list[inspect.Parameter]) -> MessageType | None:
    if parameters[0].annotation is inspect.Parameter.empty:
        return None
    try:
        annotation = typing.get_type_hints(bound)[parameters[0].name]
    except (NameError, AttributeError, TypeError, SyntaxError):
        return None  # names known to the type checker alone: the method's name has to do
    if typing.get_origin(annotation) is Envelope:
        annotation = typing.get_args(annotation)[0]
    declared = getattr(annotation, "__sabir__", None)
    return declared if isinstance(declared, MessageType) else None


def _by_name(bound: Callable[..., Any], name: str, where: str) -> MessageType:
    """The message class called like the method: of its own module if there is one, else of the whole program."""
    word = _word(name.removeprefix("on_"))
    builtin = _BUILTIN.get(word)
    namespace = getattr(bound, "__func__", bound).__globals__
    near = {value.__sabir__.pointer: value.__sabir__ for value in list(namespace.values()) if _is_message(value, word)}
    far = {declared.pointer: declared for declared in all_messages() if _word(declared.cls.__name__) == word}
    fits = near or far
    if builtin is not None:
        fits = {builtin.pointer: builtin}
    if len(fits) == 1:
        return next(iter(fits.values()))
    if not fits:
        raise InvalidSabirError(
            f"{where}: no message class is called like that; declare one with @sabir.message, or annotate the parameter"
        )
    names = ", ".join(sorted(declared.name for declared in fits.values()))
    raise InvalidSabirError(f"{where} could handle {names}: annotate the parameter with the class that is meant")


def _is_message(value: Any, word: str) -> bool:
    return isinstance(value, type) and "__sabir__" in vars(value) and _word(value.__name__) == word


def _word(name: str) -> str:
    return name.replace("_", "").lower()


_BUILTIN: dict[str, MessageType] = {_word(cls.__name__): vars(cls)["__sabir__"] for cls in (Timeout, LinkDown, Down, Reject)}
