"""What a failed operation of the store means to callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pymongo.errors import OperationFailure
from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal
from theseus_user.store import database
from theseus_user.store.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def _no_indexes(_db: object) -> None: ...


@pytest.fixture
async def store(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Connects to nothing: its operations are the test's own."""
    monkeypatch.setattr(database, "_create_indexes", _no_indexes)
    opened = Database("mongodb://127.0.0.1:1/test")
    yield opened
    await opened.close()


async def _fail(store: Database, code: int) -> None:
    async def operation(_db: object) -> None:
        raise OperationFailure("refused", code)

    await store.run(operation)


class TestStore:
    @pytest.mark.parametrize("code", [1, 6, 7, 89, 134, 262, 9001, 14_031])
    async def test_that_has_failed_or_cannot_reach_others_is_unavailable(self, store: Database, code: int) -> None:
        with pytest.raises(Refusal) as refused:
            await _fail(store, code)
        assert refused.value.reason == ErrorReason.SERVICE_UNAVAILABLE

    @pytest.mark.parametrize("code", [2, 59])
    async def test_that_refuses_a_command_is_a_fault_of_the_service(self, store: Database, code: int) -> None:
        with pytest.raises(OperationFailure):
            await _fail(store, code)
