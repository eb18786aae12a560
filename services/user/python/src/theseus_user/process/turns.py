from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """Lets those who want the same go one after the other, in the order in which they came."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, key: str, *, within_s: float) -> AsyncIterator[bool]:
        """Yields whether the turn has come; False when the time was over before."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        # `asyncio.wait_for` loses a cancellation that comes with the turn: the call would outlive its deadline.
        acquiring = asyncio.ensure_future(lock.acquire())
        try:
            await asyncio.wait({acquiring}, timeout=within_s)
            has_turn = acquiring.done()
            if not has_turn:
                acquiring.cancel()
            yield has_turn
        finally:
            if acquiring.done() and not acquiring.cancelled():
                lock.release()
            else:
                acquiring.cancel()
