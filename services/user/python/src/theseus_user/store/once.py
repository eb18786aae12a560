from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Once:
    """Runs a task until it has succeeded once. Calls share one attempt. After a failure the next call tries again.

    An attempt goes on when the call that waits for it is cancelled.
    """

    def __init__(self, task: Callable[[], Coroutine[None, None, None]]) -> None:
        self._task = task
        self._attempt: asyncio.Task[None] | None = None

    async def __call__(self) -> None:
        if self._attempt is None or (self._attempt.done() and not _succeeded(self._attempt)):
            self._attempt = asyncio.create_task(self._task())
            # This marks the exception as seen: asyncio would log it when no call waits for the attempt any more.
            self._attempt.add_done_callback(_succeeded)
        await asyncio.shield(self._attempt)

    async def rest(self) -> None:
        """Returns when no attempt is under way."""
        if self._attempt is not None:
            await asyncio.wait([self._attempt])


class Preparation:
    """What must have happened once in each time in which the process is active. In standby a call does nothing."""

    def __init__(self, task: Callable[[], Coroutine[None, None, None]]) -> None:
        self._task = task
        self._once: Once | None = None

    async def __call__(self) -> None:
        if self._once is not None:
            await self._once()

    def allow(self) -> None:
        self._once = Once(self._task)

    async def attempt(self) -> None:
        """Makes one attempt for which no call waits. If it fails, the next call tries again."""
        once = Once(self._task)
        with suppress(Exception):
            await once()
        self._once = once

    async def rest(self) -> None:
        """Returns when no attempt is under way, and none can begin."""
        once, self._once = self._once, None
        if once is not None:
            await once.rest()


def _succeeded(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None
