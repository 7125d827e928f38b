"""The event loop of one actor: what its `async` handlers run on.

A coroutine is run to its end before the next message begins, on whatever thread has the actor at the moment: its own, a worker of its
group, or that of a fast_send's caller. So an actor with coroutines handles one message at a time like any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterator
from typing import Any

from ._errors import FailedSabirError

log = logging.getLogger("sabir")


class ActorLoop:
    """Made with the actor; the loop itself comes with the first coroutine."""

    def __init__(self, actor_name: str) -> None:
        self._actor_name = actor_name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run `coroutine` to its end and return what it returns.

        Tasks that it has started and left behind are cancelled: the actor would never run them.

        Raises:
            FailedSabirError: it was cancelled.
        """
        loop = self._loop or self._make()
        with _aside():
            try:
                return loop.run_until_complete(coroutine)
            except asyncio.CancelledError as error:
                raise FailedSabirError("the handler's coroutine was cancelled") from error
            finally:
                self._cancel_rest(loop)

    def close(self) -> None:
        """The actor has ended. Idempotent."""
        loop, self._loop = self._loop, None
        if loop is not None:
            with _aside():
                loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _make(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.new_event_loop()
        self._loop.set_task_factory(self._new_task)
        return self._loop

    def _new_task(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **options)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _cancel_rest(self, loop: asyncio.AbstractEventLoop) -> None:
        left = [task for task in self._tasks if not task.done()]
        if not left:
            return
        log.warning("actor '%s': its handler left %d tasks behind: they are cancelled; await what is started", self._actor_name, len(left))
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


@contextlib.contextmanager
def _aside() -> Iterator[None]:
    """Let a loop run on a thread that stands in a coroutine of another one: a fast_send from one async handler to another actor's.

    asyncio allows one running loop and one current task for each thread; these are its words for who writes loops.
    """
    outer = asyncio._get_running_loop()
    if outer is None:
        yield
        return
    task = asyncio.current_task(outer)
    if task is not None:
        asyncio.tasks._leave_task(outer, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        if task is not None:
            asyncio.tasks._enter_task(outer, task)
