from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from theseus_user.sessions.refresh_token import StoredRefreshToken
from theseus_user.sessions.session import StoredSession
from theseus_user.store.database import is_first

if TYPE_CHECKING:
    from datetime import datetime

    from theseus_user.store.database import Database, Document
    from theseus_user.users.user import ActiveUser


class SessionStore:
    """A session ends at the latest with its document."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, session: str) -> StoredSession | None:
        found = await self._database.run(lambda db: db["sessions"].find_one({"_id": session}))
        if found is None:
            return None
        return StoredSession(
            id=found["_id"],
            user=found["user"],
            password_changes=int(found.get("password_changes", 0)),
            create_time=found["create_time"],
            expire_time=found["expire_time"],
        )

    async def insert(self, session: StoredSession) -> None:
        fields = asdict(session)
        document: Document = {"_id": fields.pop("id"), **fields}
        if session.password_changes == 0:
            del document["password_changes"]
        await self._database.run(lambda db: is_first(db["sessions"].insert_one(document)))

    async def extend(self, session: str, expire_time: datetime) -> bool:
        """Moves the expiry of a session, never to an earlier time. Returns False when the session has ended."""
        change = {"$max": {"expire_time": expire_time}}
        result = await self._database.run(lambda db: db["sessions"].update_one({"_id": session}, change))
        return result.matched_count == 1

    async def end(self, session: str) -> None:
        """Ends a session. It does nothing when the session has ended already."""
        await self._database.run(lambda db: db["sessions"].delete_one({"_id": session}))

    async def end_all_of(self, user_id: str) -> None:
        await self._database.run(lambda db: db["sessions"].delete_many({"user": user_id}))

    async def end_all_before_password(self, user: ActiveUser) -> None:
        """Ends the sessions of earlier passwords, but for the one that is kept."""
        earlier = {
            "user": user.id,
            "_id": {"$ne": user.kept_session},
            # Also where there is none. For $or some stores look at every session.
            "password_changes": {"$not": {"$gte": user.password_changes}},
        }
        await self._database.run(lambda db: db["sessions"].delete_many(earlier))

    async def find_token(self, token_id: str) -> StoredRefreshToken | None:
        found = await self._database.run(lambda db: db["refresh_tokens"].find_one({"_id": token_id}))
        if found is None:
            return None
        return StoredRefreshToken(
            found["_id"], found["user"], found["hash"], found["create_time"], found["expire_time"]
        )

    async def insert_token(self, token: StoredRefreshToken) -> bool:
        """Returns False when the session has another token of this generation."""
        fields = asdict(token)
        document: Document = {"_id": fields.pop("id"), **fields}
        return await self._database.run(lambda db: is_first(db["refresh_tokens"].insert_one(document)))
