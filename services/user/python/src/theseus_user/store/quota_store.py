from __future__ import annotations

from typing import TYPE_CHECKING

from theseus_user.quotas.uses import Uses
from theseus_user.store.database import is_first

if TYPE_CHECKING:
    from theseus_user.store.database import Database, Document


class QuotaStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, uses_id: str) -> Uses | None:
        found = await self._database.run(lambda db: db["quota_uses"].find_one({"_id": uses_id}))
        if found is None:
            return None
        return Uses(found["_id"], found["version"], tuple(found["uses"]), found["expire_time"])

    async def write(self, uses: Uses, before: Uses | None) -> bool:
        """Replaces the document before, or makes the first one. Returns False when another write came first."""
        fields: Document = {"version": uses.version, "uses": list(uses.times), "expire_time": uses.expire_time}
        if before is None:
            return await self._database.run(
                lambda db: is_first(db["quota_uses"].insert_one({"_id": uses.id, **fields}))
            )
        current = {"_id": uses.id, "version": before.version}
        result = await self._database.run(lambda db: db["quota_uses"].update_one(current, {"$set": fields}))
        return result.matched_count == 1
