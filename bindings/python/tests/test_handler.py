"""Which message goes to which method, and what is said of a method that fits none."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import sabir
from messages import Ping, Pong, Text
from sabir.handler import find_handlers

if TYPE_CHECKING:
    from somewhere import Unknown  # type: ignore[import-not-found]


@sabir.message("test.SetValue")
class SetValue:
    value: int


@sabir.message("test.one.Same")
class Same:
    value: int


class Other:
    @sabir.message("test.two.Same")
    class Same:
        value: str


def handled(actor: sabir.Actor) -> dict[str, tuple[str, bool]]:
    return {handler.name: (handler.declared.name, handler.takes_two) for handler in find_handlers(actor, asyncio.run)}


def test_a_method_is_found_by_its_name_whatever_the_spelling() -> None:
    class Many(sabir.Actor):
        def on_ping(self, env: Any) -> None: ...

        def on_Pong(self, msg: Any, sender: Any) -> None: ...

        def on_set_value(self, env): ...  # type: ignore[no-untyped-def]

        def on_TEXT(self, message, sender): ...  # type: ignore[no-untyped-def]

    assert handled(Many()) == {
        "on_ping": ("Ping", False),
        "on_Pong": ("Pong", True),
        "on_set_value": ("test.SetValue", False),
        "on_TEXT": ("Text", True),
    }


def test_an_annotation_decides_whatever_the_name() -> None:
    class Many(sabir.Actor):
        def on_whatever(self, env: sabir.Envelope[Ping]) -> None: ...

        def on_ping(self, msg: Pong, sender: sabir.ActorRef | None) -> None: ...

    assert handled(Many()) == {"on_whatever": ("Ping", False), "on_ping": ("Pong", True)}


def test_an_annotation_that_cannot_be_read_leaves_it_to_the_name() -> None:
    class Typed(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Unknown: ...

    assert handled(Typed()) == {"on_ping": ("Ping", False)}


def test_handlers_are_inherited_and_overridden() -> None:
    class Base(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> str:
            return "base"

        def on_text(self, env: sabir.Envelope[Text]) -> None: ...

    class Derived(Base):
        def on_ping(self, env: sabir.Envelope[Ping]) -> str:
            return "derived"

    found = {handler.name: handler for handler in find_handlers(Derived(), asyncio.run)}
    assert set(found) == {"on_ping", "on_text"}
    assert found["on_ping"].call(sabir.Envelope(Ping(1))) == "derived"


def test_built_in_messages_are_handled_by_their_names() -> None:
    class Builtin(sabir.Actor):
        def on_timeout(self, env: Any) -> None: ...

        def on_reject(self, env: Any) -> None: ...

        def on_link_down(self, env: Any) -> None: ...

        def on_start(self) -> None: ...

    assert {name: declared for name, (declared, _) in handled(Builtin()).items()} == {
        "on_timeout": "Timeout",
        "on_reject": "Reject",
        "on_link_down": "LinkDown",
    }


def test_a_class_of_the_actors_own_module_is_nearer() -> None:
    class Near(sabir.Actor):
        def on_same(self, env: Any) -> None: ...

    assert handled(Near()) == {"on_same": ("test.one.Same", False)}


def refused(actor: sabir.Actor, words: str, error: type[Exception] = sabir.InvalidSabirError) -> None:
    with pytest.raises(error, match=words):
        find_handlers(actor, asyncio.run)


def test_a_name_that_fits_no_message_is_refused() -> None:
    class Typo(sabir.Actor):
        def on_pnig(self, env: Any) -> None: ...

    refused(Typo(), r"Typo\.on_pnig: no message class is called like that")
    with sabir.Manager() as manager, pytest.raises(sabir.InvalidSabirError, match="on_pnig"):
        manager.manage("typo", Typo())


def test_parameters_that_fit_no_form_are_refused() -> None:
    class None_(sabir.Actor):
        def on_ping(self) -> None: ...

    class Three(sabir.Actor):
        def on_ping(self, one: Any, two: Any, three: Any) -> None: ...

    class Star(sabir.Actor):
        def on_ping(self, *all_of_them: Any) -> None: ...

    for actor in (None_(), Three(), Star()):
        refused(actor, r"on_ping takes \(self, env\) or \(self, msg, sender\)")


def test_a_generator_is_refused() -> None:
    class Yields(sabir.Actor):
        def on_ping(self, env: Any) -> Any:
            yield env

    class YieldsAsync(sabir.Actor):
        async def on_ping(self, env: Any) -> Any:
            yield env

    for actor in (Yields(), YieldsAsync()):
        refused(actor, "is a generator")


def test_two_handlers_of_one_message_are_refused() -> None:
    class Two(sabir.Actor):
        def on_ping(self, env: Any) -> None: ...

        def on_Ping(self, msg: Any, sender: Any) -> None: ...

    refused(Two(), "both handle Ping", sabir.ExistsSabirError)


def test_a_name_that_fits_several_messages_is_refused() -> None:
    namespace: dict[str, Any] = {"sabir": sabir}
    exec("class Far(sabir.Actor):\n    def on_same(self, env): ...\n", namespace)
    refused(namespace["Far"](), r"could handle test\.one\.Same, test\.two\.Same: annotate")


def test_a_life_hook_that_cannot_be_called_is_refused(manager: sabir.Manager) -> None:
    class Bad(sabir.Actor):
        def on_start(self, one: Any, two: Any) -> None: ...

    with pytest.raises(sabir.InvalidSabirError, match=r"on_start takes \(self\) or \(self, env\)"):
        manager.manage("bad", Bad())
