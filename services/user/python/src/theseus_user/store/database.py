from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pymongo import AsyncMongoClient, IndexModel
from pymongo.errors import ConnectionFailure, DuplicateKeyError, OperationFailure, WriteConcernError

from theseus_user.contract.refusal import unavailable
from theseus_user.store.once import Preparation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo.asynchronous.database import AsyncDatabase

T = TypeVar("T")
Document = dict[str, Any]

# Both are shorter than the shortest timeout of a method. So reads are not repeated: two answers would take longer.
_SELECTION_MS: Final = 800
_SOCKET_MS: Final = 1500
_GRACE_S: Final = 86_400
# InternalError and OutOfDiskSpace: a server has failed, on a full disk for example. HostUnreachable, HostNotFound,
# NetworkTimeout, ReadConcernMajorityNotAvailableYet, ExceededTimeLimit and SocketException: it cannot reach those that
# it needs. For one that stops, or that is not the primary, the driver raises a ConnectionFailure.
_UNAVAILABLE: Final = frozenset({1, 6, 7, 89, 134, 262, 9001, 14_031})


class Database:
    """In standby it creates no indexes, and writes nothing of its own."""

    def __init__(self, url: str) -> None:
        self._client = _Client(url)
        self.indexes = Preparation(lambda: self._client.run(_create_indexes))

    async def run(self, operation: Callable[[AsyncDatabase[Document]], Awaitable[T]]) -> T:
        """Creates the indexes before the first operation. Raises SERVICE_UNAVAILABLE when the store is out of reach."""
        try:
            await self.indexes()
            return await self._client.run(operation)
        except (ConnectionFailure, OperationFailure) as error:
            if isinstance(error, OperationFailure) and not _is_unavailability(error):
                raise
            raise unavailable() from error

    async def ping(self) -> None:
        await self.run(lambda db: db.command("ping"))

    async def use(self, url: str) -> None:
        """Leads all operations from now on to a URL. It returns when the last one on another has ended."""
        if url != self._client.url:
            before, self._client = self._client, _Client(url)
            await before.close()

    async def close(self) -> None:
        await self._client.close()


class _Client:
    """The connections of one URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client: AsyncMongoClient[Document] = AsyncMongoClient(
            url,
            appname="theseus-user",
            tz_aware=True,
            serverSelectionTimeoutMS=_SELECTION_MS,
            connectTimeoutMS=_SELECTION_MS,
            socketTimeoutMS=_SOCKET_MS,
            # Many calls at once at a new process wait for connections, of which the driver makes two at a time.
            waitQueueTimeoutMS=_SOCKET_MS,
            maxPoolSize=32,
            # What is acknowledged survives a crash of the store; a write whose answer is lost is not sent again.
            w="majority",
            journal=True,
            retryReads=False,
            retryWrites=False,
        )
        self._db = self._client.get_default_database()
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self, operation: Callable[[AsyncDatabase[Document]], Awaitable[T]]) -> T:
        self._running += 1
        self._idle.clear()
        try:
            return await operation(self._db)
        finally:
            self._running -= 1
            if self._running == 0:
                self._idle.set()

    async def close(self) -> None:
        """Operations that run end first."""
        await self._idle.wait()
        await self._client.close()


def _is_unavailability(error: OperationFailure) -> bool:
    return isinstance(error, WriteConcernError) or error.code in _UNAVAILABLE


async def is_first(insert: Awaitable[object]) -> bool:
    """Returns False when the operation would break a unique index."""
    try:
        await insert
    except DuplicateKeyError:
        return False
    return True


async def _create_indexes(db: AsyncDatabase[Document]) -> None:
    cleaning = IndexModel("expire_time", name="expire_time", expireAfterSeconds=_GRACE_S)
    await db["users"].create_indexes([_unique_where_there("email_key"), _unique_where_there("request_key")])
    await db["sessions"].create_indexes([IndexModel("user", name="user"), cleaning])
    await db["refresh_tokens"].create_indexes([cleaning])
    await db["quota_uses"].create_indexes([IndexModel("expire_time", name="expire_time", expireAfterSeconds=0)])


def _unique_where_there(field: str) -> IndexModel:
    there = {field: {"$exists": True}}
    return IndexModel(field, name=field, unique=True, partialFilterExpression=there)
