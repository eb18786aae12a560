"""Hashes passwords on threads of their own, so that other calls do not wait."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self, TypeVar

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal
from theseus_user.passwords.password_hash import hash_password, matches_password, unmatchable_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from theseus_user.passwords.password_hash import ScryptCost

T = TypeVar("T")

# A hash of the default cost takes 128 MiB and a core. With a longer queue the last callers would miss their deadline.
_THREADS: Final = 2
_QUEUE_LENGTH: Final = 16


class PasswordHasher:
    """New hashes have the given cost. When the queue is full, calls are refused with RATE_LIMITED."""

    def __init__(self, cost: ScryptCost) -> None:
        self._cost = cost
        self._decoy = unmatchable_hash(cost)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="scrypt")
        self._unfinished = 0

    async def hash(self, password: str) -> str:
        return await self._run(lambda: hash_password(password, self._cost))

    async def matches(self, password: str, stored: str | None) -> bool:
        """Without a stored hash it checks a decoy of the same cost and returns False."""
        equal = await self._run(lambda: matches_password(password, stored or self._decoy))
        return equal and stored is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._unfinished >= _THREADS + _QUEUE_LENGTH:
            raise Refusal(ErrorReason.RATE_LIMITED, "too many calls that need a password checked")
        self._unfinished += 1
        loop = asyncio.get_running_loop()
        future = self._threads.submit(work)
        # A cancelled call leaves the queue. A hash that is being computed goes on to its end.
        future.add_done_callback(lambda _: self._leave(loop))
        return await asyncio.wrap_future(future)

    def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        """Runs on any thread. At the end of the process the loop may be closed already."""
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._count_down)

    def _count_down(self) -> None:
        self._unfinished -= 1
