from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal
from theseus_user.process.new_id import new_id
from theseus_user.process.turns import Turns
from theseus_user.quotas.uses import Uses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from theseus_user.contract.quotas import Quota
    from theseus_user.process.clock import Clock
    from theseus_user.quotas.party import Party
    from theseus_user.sessions.key_ring import KeyRing
    from theseus_user.store.quota_store import QuotaStore

# So long a call waits at most for those of the same party before it: the store may be silent.
_TURN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Use:
    """One use that is counted. It keeps whose it is: with other keys the party has another id."""

    uses_id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Quotas:
    """Counts in the store, so that all instances count together: the lasting secret is the same in all of them.

    Calls of one party take turns in this process: if all of them competed for its document, the work would grow with
    the square of their number. Those of other processes still compete.
    """

    store: QuotaStore
    keys: KeyRing
    clock: Clock
    _turns: Turns = field(default_factory=Turns)

    async def use(self, quota: Quota, party: Party) -> Use:
        """Counts one more use. Raises QUOTA_EXCEEDED when the party has used up the quota."""
        uses_id = party.uses_id(quota, self.keys.lasting_secret)
        async with self._turns.take(uses_id, within_s=_TURN_S):
            return await self._count(quota, uses_id)

    async def _count(self, quota: Quota, uses_id: str) -> Use:
        while True:
            before = await self.store.find(uses_id)
            now = self.clock()
            counted = before.within(quota, now) if before else ()
            if len(counted) >= quota.limit:
                raise _exceeded(quota)
            times = (*counted, now)
            after = Uses(uses_id, new_id(), times, max(times) + quota.window)
            if await self.store.write(after, before):
                return Use(uses_id, now)

    @asynccontextmanager
    async def guess(self, quota: Quota, party: Party) -> AsyncIterator[None]:
        """Counts a guess before anything is spent on it, so that guesses at once cannot be more.

        One that was right, or that was not looked at (RATE_LIMITED), does not count.
        """
        use = await self.use(quota, party)
        try:
            yield
        except Refusal as refusal:
            if refusal.reason == ErrorReason.RATE_LIMITED:
                await self._give_back(use)
            raise
        await self._give_back(use)

    async def _give_back(self, use: Use) -> None:
        async with self._turns.take(use.uses_id, within_s=_TURN_S):
            while True:
                before = await self.store.find(use.uses_id)
                if before is None:
                    return
                after = replace(before, version=new_id(), times=before.without(use.time))
                if await self.store.write(after, before):
                    return


def _exceeded(quota: Quota) -> Refusal:
    text = f"the quota {quota.name} is used up for now"
    return Refusal(ErrorReason.QUOTA_EXCEEDED, text, metadata={"quota": quota.name, "limit": str(quota.limit)})
