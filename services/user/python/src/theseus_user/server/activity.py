"""Whether the process is active: whether it takes calls of methods that write, and what health says of it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theseus_user.server.health import Health


class Activity:
    """It is in standby until `begin`."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self._taking = False
        self._writing: set[asyncio.Task[object]] = set()

    async def begin(self) -> None:
        self._taking = True
        await self.health.set_active(active=True)

    async def end_writing(self) -> None:
        """Refuses calls of methods that write, and waits until those under way have ended, each within its timeout."""
        self._taking = False
        if self._writing:
            await asyncio.wait(set(self._writing))

    async def say_standby(self) -> None:
        await self.health.set_active(active=False)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around a call of a method that writes. Refuses it in standby."""
        if not self._taking:
            raise Refusal(ErrorReason.SERVICE_UNAVAILABLE, "this process is in standby: it answers reads alone")
        task = asyncio.current_task()
        if task is None:
            raise AssertionError("a call has a task")
        # Until the task is done, so that the answer is sent.
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        yield
