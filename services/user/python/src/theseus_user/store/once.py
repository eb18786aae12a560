from __future__ import annotations

import asyncio
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


def _succeeded(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None
