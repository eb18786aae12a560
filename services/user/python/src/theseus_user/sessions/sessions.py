from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.user.v1 import user_service_pb2
from theseus.user.v1.session_pb2 import Session

from theseus_user.contract.quotas import quota_named
from theseus_user.contract.refusal import Refusal
from theseus_user.process.new_id import new_id
from theseus_user.quotas.party import account_of, source_of
from theseus_user.sessions.refresh_token import RefreshToken, StoredRefreshToken
from theseus_user.sessions.session import StoredSession
from theseus_user.users.user import ActiveUser, to_name

if TYPE_CHECKING:
    from datetime import datetime

    from theseus_user.passwords.hasher import PasswordHasher
    from theseus_user.process.clock import Clock
    from theseus_user.quotas.quotas import Quotas
    from theseus_user.sessions.access_token import AccessTokens
    from theseus_user.store.session_store import SessionStore
    from theseus_user.store.user_store import UserStore

_SIGN_IN: Final = user_service_pb2.DESCRIPTOR.services_by_name["UserService"].methods_by_name["SignIn"]
_SIGN_INS: Final = quota_named(_SIGN_IN, "sign_ins")
_WRONG_PASSWORDS: Final = quota_named(_SIGN_IN, "wrong_passwords")


@dataclass(frozen=True, slots=True)
class Sessions:
    """Signs users in, and refreshes their sessions."""

    users: UserStore
    store: SessionStore
    passwords: PasswordHasher
    quotas: Quotas
    access_tokens: AccessTokens
    clock: Clock

    async def sign_in(self, email: str, password: str, source: str | None) -> Session:
        """`source` is the network address of whoever signs in, where it is known."""
        if source is not None:
            await self.quotas.use(_SIGN_INS, source_of(source))
        seen_time = self.clock()
        user = await self._find_by_password(email, password)
        token = RefreshToken.new(new_id())
        stored = token.stored(user.id, self.clock())
        await self.store.insert_token(stored)
        await self.store.insert(_first(token, stored, user))
        return self._answer(user, token, stored, seen_time)

    async def _find_by_password(self, email: str, password: str) -> ActiveUser:
        """An address that nobody has is counted, and costs, as one that somebody has."""
        user = await self.users.find_by_email(email)
        async with self.quotas.guess(_WRONG_PASSWORDS, account_of(user, email)):
            right = await self.passwords.matches(password, user.password if user else None)
            if user is None or not right:
                text = "e-mail address and password do not belong together"
                raise Refusal(ErrorReason.CREDENTIALS_INVALID, text)
        return user

    async def refresh(self, text: str) -> Session:
        presented = RefreshToken.parse(text)
        if presented is None:
            raise _session_invalid()
        seen_time = self.clock()
        user = await self._holder_of(presented)
        token = presented.successor()
        stored = token.stored(user.id, self.clock())
        # The session must not end before its newest token, so it is extended first.
        if not await self.store.extend(token.session, stored.expire_time):
            raise _session_invalid()
        if not await self.store.insert_token(stored):
            raise await self._end_after_reuse(presented)
        return self._answer(user, token, stored, seen_time)

    async def _holder_of(self, presented: RefreshToken) -> ActiveUser:
        stored = await self.store.find_token(presented.id)
        if stored is None or not stored.is_of(presented):
            raise _session_invalid()
        if await self.store.find_token(presented.successor_id) is not None:
            raise await self._end_after_reuse(presented)
        user = await self.users.find(stored.user)
        if stored.expire_time <= self.clock() or not isinstance(user, ActiveUser):
            raise _session_invalid()
        session = await self.store.find(presented.session)
        if session is None or not session.lives_with(user):
            raise _session_invalid()
        return user

    async def _end_after_reuse(self, presented: RefreshToken) -> Refusal:
        """Ends a session whose token was used twice: one of the two users may have stolen it."""
        await self.store.end(presented.session)
        return _session_invalid()

    def _answer(
        self, user: ActiveUser, token: RefreshToken, stored: StoredRefreshToken, seen_time: datetime
    ) -> Session:
        """`seen_time` is before user and session were read."""
        name = to_name(user.id)
        access = self.access_tokens.issue(user=name, roles=user.roles, session=token.session, seen_time=seen_time)
        return Session(
            user=name,
            access_token=access.text,
            access_expire_time=access.expire_time,
            refresh_token=token.text,
            refresh_expire_time=stored.expire_time,
        )


def _first(token: RefreshToken, stored: StoredRefreshToken, user: ActiveUser) -> StoredSession:
    """A session that expires with its first token, and lives by the password that was verified."""
    return StoredSession(
        id=token.session,
        user=user.id,
        password_changes=user.password_changes,
        create_time=stored.create_time,
        expire_time=stored.expire_time,
    )


def _session_invalid() -> Refusal:
    return Refusal(ErrorReason.SESSION_INVALID, "the session cannot be refreshed; sign in again")
