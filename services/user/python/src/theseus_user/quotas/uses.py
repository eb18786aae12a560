from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from theseus_user.contract.quotas import Quota


@dataclass(frozen=True, slots=True)
class Uses:
    """What one party has used up of one quota."""

    id: str
    version: str
    """Another one after each write."""
    times: tuple[datetime, ...]
    expire_time: datetime

    def within(self, quota: Quota, now: datetime) -> tuple[datetime, ...]:
        """Returns those that still count."""
        return tuple(time for time in self.times if time > now - quota.window)

    def without(self, given: datetime) -> tuple[datetime, ...]:
        """Leaves out one of those at a time."""
        rest = list(self.times)
        if given in rest:
            rest.remove(given)
        return tuple(rest)
