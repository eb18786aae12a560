from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal, Violation
from theseus_user.process.new_id import new_id
from theseus_user.users.refusals import email_taken
from theseus_user.users.user import ActiveUser, Profile, StoredUser, new_user

if TYPE_CHECKING:
    from theseus_user.passwords.hasher import PasswordHasher
    from theseus_user.process.clock import Clock
    from theseus_user.store.user_store import UserStore

_MOST_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class WantedUser:
    profile: Profile
    password: str
    request_key: str
    """The caller's scope and the request id."""


@dataclass(frozen=True, slots=True)
class Registration:
    """Makes users. A repeated request gets the first answer again."""

    users: UserStore
    passwords: PasswordHasher
    clock: Clock

    async def register(self, wanted: WantedUser) -> StoredUser:
        earlier = await self._answer_earlier(wanted)
        if earlier is not None:
            return earlier
        password_hash = await self.passwords.hash(wanted.password)
        for _ in range(_MOST_ATTEMPTS):
            user = new_user(new_id(), wanted.profile, password_hash, self.clock(), request_key=wanted.request_key)
            if await self.users.insert(user):
                return user
            earlier = await self._answer_earlier(wanted)
            if earlier is not None:
                return earlier
            # The user who had the address has been deleted in the meantime.
        raise Refusal(ErrorReason.SERVICE_UNAVAILABLE, "the address changes hands too often, try again")

    async def _answer_earlier(self, wanted: WantedUser) -> StoredUser | None:
        """Looks for the request id first: a repeat finds the address taken by its own first run."""
        repeated = await self.users.find_by_request(wanted.request_key)
        if repeated is not None:
            return await self._replay(repeated, wanted)
        owner = await self.users.find_by_email(wanted.profile.email)
        if owner is None:
            return None
        if owner.request_key == wanted.request_key:
            return await self._replay(owner, wanted)
        raise email_taken()

    async def _replay(self, user: StoredUser, wanted: WantedUser) -> StoredUser:
        """Compares the password too: without it, anybody who knows the request id would get the answer."""
        if not isinstance(user, ActiveUser):
            return user
        first_hash = (user.registered and user.registered.password) or user.password
        same = user.as_registered().profile == wanted.profile
        if not same or not await self.passwords.matches(wanted.password, first_hash):
            raise _request_id_reused()
        return user.as_registered()


def _request_id_reused() -> Refusal:
    return Refusal(
        ErrorReason.REQUEST_ID_REUSED,
        "request_id was used before, for another request",
        [Violation("request_id", "request_id", "was used for another request")],
    )
