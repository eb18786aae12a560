"""Users as they are stored and as callers see them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from theseus.user.v1.user_pb2 import User, UserState

if TYPE_CHECKING:
    from datetime import datetime

CUSTOMER: Final = ("customer",)
"""The roles of every user. Administrators have one more."""
_FIRST_VERSION: Final = 1
_NAME: Final = re.compile(r"users/([a-z0-9-]{1,64})")
_FOLDED: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Profile:
    email: str
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedUser:
    """What is kept of a user after deletion."""

    id: str
    version: int
    roles: tuple[str, ...]
    create_time: datetime
    update_time: datetime
    request_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveUser(DeletedUser):
    profile: Profile
    password: str
    """The hash."""
    registered: Profile | None = None
    """The profile in the request of CreateUser; None for a bootstrapped administrator."""

    def changed(self, profile: Profile, now: datetime) -> ActiveUser:
        return replace(self, profile=profile, version=self.version + 1, update_time=now)

    def promoted(self, admin_role: str, now: datetime) -> ActiveUser:
        return replace(self, roles=(*CUSTOMER, admin_role), version=self.version + 1, update_time=now)

    def deleted(self, now: datetime) -> DeletedUser:
        """Lists the fields that are kept, so that every other field is erased."""
        return DeletedUser(
            id=self.id,
            version=self.version + 1,
            roles=self.roles,
            create_time=self.create_time,
            update_time=now,
            request_key=self.request_key,
        )


StoredUser = ActiveUser | DeletedUser


def new_user(
    user_id: str,
    profile: Profile,
    password_hash: str,
    now: datetime,
    *,
    roles: tuple[str, ...] = CUSTOMER,
    request_key: str | None = None,
) -> ActiveUser:
    return ActiveUser(
        id=user_id,
        version=_FIRST_VERSION,
        roles=roles,
        create_time=now,
        update_time=now,
        request_key=request_key,
        profile=profile,
        password=password_hash,
        registered=None if request_key is None else profile,
    )


def to_message(user: StoredUser) -> User:
    profile = user.profile if isinstance(user, ActiveUser) else Profile("", "")
    return User(
        name=to_name(user.id),
        email=profile.email,
        display_name=profile.display_name,
        state=UserState.USER_STATE_ACTIVE if isinstance(user, ActiveUser) else UserState.USER_STATE_DELETED,
        roles=user.roles,
        create_time=user.create_time,
        update_time=user.update_time,
        etag=to_etag(user.version),
    )


def to_first_answer(user: ActiveUser) -> User:
    """What CreateUser answered, whatever has changed since."""
    return to_message(
        replace(
            user,
            profile=user.registered or user.profile,
            roles=CUSTOMER,
            update_time=user.create_time,
            version=_FIRST_VERSION,
        )
    )


def fold_email(email: str) -> str:
    """Folds only A to Z. The contract allows ASCII addresses alone, and languages fold other letters differently."""
    return email.translate(_FOLDED)


def to_etag(version: int) -> str:
    return str(version)


def to_name(user_id: str) -> str:
    return f"users/{user_id}"


def id_of(name: str) -> str | None:
    found = _NAME.fullmatch(name)
    return found[1] if found else None
