"""Users as they are stored and as callers see them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from theseus.user.v1.user_pb2 import Role, User, UserState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

CUSTOMER: Final = ("customer",)
"""The roles of every user, as they are stored and in access tokens. Administrators have one more."""
_FIRST_VERSION: Final = 1
_NAME: Final = re.compile(r"users/([a-z0-9-]{1,64})")
_FOLDED: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Profile:
    email: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What CreateUser was given. A repeat must give the same."""

    profile: Profile
    password: str | None = None
    """The hash; None while it is still the user's."""


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
    password_changes: int = 0
    kept_session: str | None = None
    """The session that made the last change of the password, and goes on."""
    registered: Registered | None = None
    """None for a bootstrapped administrator."""

    def changed(self, profile: Profile, now: datetime) -> ActiveUser:
        return replace(self, profile=profile, version=self.version + 1, update_time=now)

    def promoted(self, admin_role: str, now: datetime) -> ActiveUser:
        return replace(self, roles=(*CUSTOMER, admin_role), version=self.version + 1, update_time=now)

    def with_password(self, password_hash: str, kept_session: str | None) -> ActiveUser:
        """The version stays: an etag says nothing of the password."""
        registered = self.registered
        if registered is not None and registered.password is None:
            registered = replace(registered, password=self.password)
        return replace(
            self,
            password=password_hash,
            password_changes=self.password_changes + 1,
            kept_session=kept_session,
            registered=registered,
        )

    def as_registered(self) -> ActiveUser:
        """The user as CreateUser answered them, whatever has changed since."""
        return replace(
            self,
            profile=self.registered.profile if self.registered else self.profile,
            roles=CUSTOMER,
            update_time=self.create_time,
            version=_FIRST_VERSION,
        )

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
        registered=None if request_key is None else Registered(profile),
    )


def to_message(user: StoredUser, admin_role: str) -> User:
    message = User(
        name=to_name(user.id),
        roles=_to_roles(user.roles, admin_role),
        create_time=user.create_time,
        update_time=user.update_time,
        etag=to_etag(user.version),
    )
    if isinstance(user, ActiveUser):
        message.state = UserState.USER_STATE_ACTIVE
        message.email = user.profile.email
        message.display_name = user.profile.display_name
    else:
        message.state = UserState.USER_STATE_DELETED
        # A deleted user never changes again.
        message.delete_time.CopyFrom(message.update_time)
    return message


def _to_roles(texts: Sequence[str], admin_role: str) -> list[Role]:
    """Leaves out what is a role of nobody here, such as another deployment's administrator."""
    roles = ((CUSTOMER[0], Role.ROLE_CUSTOMER), (admin_role, Role.ROLE_ADMIN))
    return [role for text, role in roles if text in texts]


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
