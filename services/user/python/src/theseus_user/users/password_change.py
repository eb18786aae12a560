from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.user.v1 import user_service_pb2

from theseus_user.contract.quotas import quota_named
from theseus_user.contract.refusal import Refusal
from theseus_user.quotas.party import account_of
from theseus_user.users.refusals import user_not_found
from theseus_user.users.user import ActiveUser

if TYPE_CHECKING:
    from theseus_user.passwords.hasher import PasswordHasher
    from theseus_user.quotas.quotas import Quotas
    from theseus_user.store.session_store import SessionStore
    from theseus_user.store.user_store import UserStore

_LOG: Final = logging.getLogger("user")
_WRONG_PASSWORDS: Final = quota_named(
    user_service_pb2.DESCRIPTOR.services_by_name["UserService"].methods_by_name["ChangePassword"], "wrong_passwords"
)


@dataclass(frozen=True, slots=True)
class Passwords:
    current: str
    new: str


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """Changes passwords. The one write that does it ends the user's other sessions too."""

    users: UserStore
    sessions: SessionStore
    hasher: PasswordHasher
    quotas: Quotas

    async def change(self, user_id: str, session_id: str, passwords: Passwords) -> None:
        """`session_id` names the session that goes on. A wrong password takes as long as a right one."""
        user = await self._find(user_id)
        async with self.quotas.guess(_WRONG_PASSWORDS, account_of(user, user.profile.email)):
            changed = await self._change(user, session_id, passwords)
        await self._forget_ended_sessions(changed)

    async def _change(self, user: ActiveUser, session_id: str, passwords: Passwords) -> ActiveUser:
        new_hash = await self.hasher.hash(passwords.new)
        while True:
            if not await self.hasher.matches(passwords.current, user.password):
                raise Refusal(ErrorReason.CREDENTIALS_INVALID, "the current password is another")
            changed = user.with_password(new_hash, await self._living(session_id, user))
            if await self.users.update_password(user, changed):
                return changed
            # Another change was faster: the password is another one, or the user is gone.
            user = await self._find(user.id)

    async def _find(self, user_id: str) -> ActiveUser:
        user = await self.users.find(user_id)
        if not isinstance(user, ActiveUser):
            raise user_not_found()
        return user

    async def _living(self, session_id: str, user: ActiveUser) -> str | None:
        """Returns the session's id if it lives: a change of password brings no ended session back."""
        session = await self.sessions.find(session_id)
        return session_id if session is not None and session.lives_with(user) else None

    async def _forget_ended_sessions(self, user: ActiveUser) -> None:
        """A failure must not fail the call: the write to the user has ended these sessions."""
        try:
            await self.sessions.end_all_before_password(user)
        except Exception:  # noqa: BLE001
            text = "the sessions that a change of password has ended are left to expire"
            _LOG.warning(text, extra={"event": "sessions-left"}, exc_info=True)
