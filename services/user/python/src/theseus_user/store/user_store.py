from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from pymongo import ASCENDING

from theseus_user.store.database import is_first
from theseus_user.users.refusals import email_taken
from theseus_user.users.user import ActiveUser, DeletedUser, Profile, Registered, fold_email

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo.asynchronous.collection import AsyncCollection

    from theseus_user.store.database import Database, Document
    from theseus_user.users.user import StoredUser

T = TypeVar("T")

_COLLECTION: Final = "users"


class UserStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, user_id: str) -> StoredUser | None:
        return await self._find_one({"_id": user_id})

    async def find_by_email(self, email: str) -> ActiveUser | None:
        user = await self._find_one({"email_key": fold_email(email)})
        return user if isinstance(user, ActiveUser) else None

    async def find_by_request(self, request_key: str) -> StoredUser | None:
        return await self._find_one({"request_key": request_key})

    async def list(self, *, after: str, limit: int, deleted_too: bool) -> list[StoredUser]:
        """Returns users in the order of their ids."""
        query: Document = {"_id": {"$gt": after}}
        if not deleted_too:
            query["state"] = "ACTIVE"
        found = await self._on(lambda users: users.find(query).sort("_id", ASCENDING).limit(limit).to_list(limit))
        return [_from_document(document) for document in found]

    async def insert(self, user: ActiveUser) -> bool:
        """Returns False when another user has the address or the request id."""
        document = {"_id": user.id, "version": user.version, **_fields_of(user)}
        return await self._on(lambda users: is_first(users.insert_one(document)))

    async def update(self, user: ActiveUser) -> bool:
        """Returns False when the stored version is not the one before. Raises EMAIL_TAKEN.

        It leaves the password alone, which changes without a new version.
        """
        change = {"$set": {"version": user.version, **_lasting_fields_of(user), **_fields_of_profile(user.profile)}}

        async def write(users: AsyncCollection[Document]) -> int:
            matched = 0

            async def update_one() -> None:
                nonlocal matched
                matched = (await users.update_one(_before(user), change)).matched_count

            if not await is_first(update_one()):
                raise email_taken()
            return matched

        return await self._on(write) == 1

    async def update_password(self, before: ActiveUser, after: ActiveUser) -> bool:
        """Returns False when the stored hash is not that of `before`. It has a salt of its own and never comes back."""
        which = {"_id": before.id, "password": before.password}
        fields: Document = {"password": after.password, "password_changes": after.password_changes}
        if after.registered is not None:
            fields["registered.password"] = after.registered.password
        change: Document = {"$set": fields}
        if after.kept_session is None:
            change["$unset"] = {"kept_session": ""}
        else:
            fields["kept_session"] = after.kept_session
        result = await self._on(lambda users: users.update_one(which, change))
        return result.matched_count == 1

    async def erase(self, user: DeletedUser) -> bool:
        """Replaces the whole document. Returns False as `update` does."""
        lasting = {**_lasting_fields_of(user), "delete_time": user.update_time}
        document = {"version": user.version, **lasting, "state": "DELETED"}
        result = await self._on(lambda users: users.replace_one(_before(user), document))
        return result.matched_count == 1

    async def _find_one(self, query: Document) -> StoredUser | None:
        document = await self._on(lambda users: users.find_one(query))
        return None if document is None else _from_document(document)

    async def _on(self, operation: Callable[[AsyncCollection[Document]], Awaitable[T]]) -> T:
        return await self._database.run(lambda db: operation(db[_COLLECTION]))


def _before(user: DeletedUser) -> Document:
    return {"_id": user.id, "version": user.version - 1}


def _fields_of(user: ActiveUser) -> Document:
    """The fields of a new user."""
    fields = {
        **_lasting_fields_of(user),
        **_fields_of_profile(user.profile),
        "state": "ACTIVE",
        "password": user.password,
    }
    if user.registered is not None:
        profile = user.registered.profile
        fields["registered"] = {"email": profile.email, "display_name": profile.display_name}
    return fields


def _fields_of_profile(profile: Profile) -> Document:
    return {
        "email": profile.email,
        "email_key": fold_email(profile.email),
        "display_name": profile.display_name,
    }


def _lasting_fields_of(user: DeletedUser) -> Document:
    fields: Document = {
        "roles": list(user.roles),
        "create_time": user.create_time,
        "update_time": user.update_time,
    }
    if user.request_key is not None:
        fields["request_key"] = user.request_key
    return fields


def _from_document(document: Document) -> StoredUser:
    lasting = {
        "id": document["_id"],
        "version": int(document["version"]),
        "roles": tuple(document["roles"]),
        "create_time": document["create_time"],
        "update_time": document["update_time"],
        "request_key": document.get("request_key"),
    }
    if document["state"] != "ACTIVE":
        return DeletedUser(**lasting)
    registered = document.get("registered")
    return ActiveUser(
        **lasting,
        profile=_to_profile(document),
        password=document["password"],
        password_changes=int(document.get("password_changes", 0)),
        kept_session=document.get("kept_session"),
        registered=None if registered is None else Registered(_to_profile(registered), registered.get("password")),
    )


def _to_profile(document: Document) -> Profile:
    return Profile(document["email"], document["display_name"])
