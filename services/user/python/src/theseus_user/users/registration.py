from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal, Violation
from theseus_user.process.new_id import new_id
from theseus_user.store.user_store import email_taken
from theseus_user.users.user import ActiveUser, Profile, StoredUser, new_user, to_first_answer, to_message

if TYPE_CHECKING:
    from theseus.user.v1.user_pb2 import User

    from theseus_user.passwords.passwords import Passwords
    from theseus_user.process.clock import Clock
    from theseus_user.store.user_store import UserStore

_MOST_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class WantedUser:
    profile: Profile
    password: str
    request_key: str
    """Who asks, and the request's id."""


@dataclass(frozen=True, slots=True)
class Registration:
    """Makes users; a repeat gets the first answer again."""

    users: UserStore
    passwords: Passwords
    clock: Clock

    async def register(self, wanted: WantedUser) -> User:
        earlier = await self._answer_earlier(wanted)
        if earlier is not None:
            return earlier
        password_hash = await self.passwords.hash(wanted.password)
        for _ in range(_MOST_ATTEMPTS):
            user = new_user(new_id(), wanted.profile, password_hash, self.clock(), request_key=wanted.request_key)
            if await self.users.insert(user):
                return to_message(user)
            faster = await self._answer_earlier(wanted)
            if faster is not None:
                return faster
            # Whoever had the address has been deleted since.
        raise Refusal(ErrorReason.SERVICE_UNAVAILABLE, "the address changes hands too often, try again")

    async def _answer_earlier(self, wanted: WantedUser) -> User | None:
        """The request id counts before the address: a repeat finds the address taken by its own first run."""
        repeated = await self.users.find_by_request(wanted.request_key)
        if repeated is not None:
            return await self._replay(repeated, wanted)
        owner = await self.users.find_by_email(wanted.profile.email)
        if owner is None:
            return None
        if owner.request_key == wanted.request_key:
            return await self._replay(owner, wanted)
        raise email_taken()

    async def _replay(self, user: StoredUser, wanted: WantedUser) -> User:
        """The password tells the first caller from a stranger who has come by the request id."""
        if not isinstance(user, ActiveUser):
            return to_message(user)
        same = (user.registered or user.profile) == wanted.profile
        if not same or not await self.passwords.matches(wanted.password, user.password):
            raise _request_id_reused()
        return to_first_answer(user)


def _request_id_reused() -> Refusal:
    return Refusal(
        ErrorReason.REQUEST_ID_REUSED,
        "request_id was used before, for another request",
        [Violation("request_id", "request_id", "was used for another request")],
    )
