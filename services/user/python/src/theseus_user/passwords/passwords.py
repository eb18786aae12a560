"""Hashing on threads of its own, so that it never keeps other calls waiting."""

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

# Each hash takes 128 MiB and a core; a caller beyond the waiting ones would be past the deadline at its turn.
_AT_ONCE: Final = 2
_WAITING: Final = 16


class Passwords:
    """`cost` is of new hashes. Beyond those who may wait, calls are refused with RATE_LIMITED."""

    def __init__(self, cost: ScryptCost) -> None:
        self._cost = cost
        self._nobodys = unmatchable_hash(cost)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="scrypt")
        self._unfinished = 0

    async def hash(self, password: str) -> str:
        return await self._run(lambda: hash_password(password, self._cost))

    async def matches(self, password: str, stored: str | None) -> bool:
        """Without a stored hash it does the same work and answers False."""
        equal = await self._run(lambda: matches_password(password, stored or self._nobodys))
        return equal and stored is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._unfinished >= _AT_ONCE + _WAITING:
            raise Refusal(ErrorReason.RATE_LIMITED, "too many calls that need a password checked")
        self._unfinished += 1
        loop = asyncio.get_running_loop()
        future = self._threads.submit(work)
        # A caller who leaves while waiting gives up the place; a thread that runs goes on to its end.
        future.add_done_callback(lambda _: self._leave(loop))
        return await asyncio.wrap_future(future)

    def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        """On any thread; the last ones may find the loop gone."""
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._count_down)

    def _count_down(self) -> None:
        self._unfinished -= 1
