from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Once:
    """A task, done once: calls share the attempt that runs or has succeeded; after a failure the next one tries again.

    The attempt goes on when a caller who waits for it gives up.
    """

    def __init__(self, task: Callable[[], Coroutine[None, None, None]]) -> None:
        self._task = task
        self._attempt: asyncio.Task[None] | None = None

    async def __call__(self) -> None:
        if self._attempt is None or (self._attempt.done() and not _succeeded(self._attempt)):
            self._attempt = asyncio.create_task(self._task())
            # Also where nobody waits for it any more its failure is not news: the next call tries again.
            self._attempt.add_done_callback(_succeeded)
        await asyncio.shield(self._attempt)


def _succeeded(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None
