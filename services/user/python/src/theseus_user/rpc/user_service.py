from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.user.v1 import user_service_pb2_grpc
from theseus.user.v1.json_web_key_pb2 import JsonWebKey, JsonWebKeySet
from theseus.user.v1.user_pb2 import User
from theseus.user.v1.user_service_pb2 import (
    ChangePasswordRequest,
    ChangePasswordResponse,
    CreateUserRequest,
    DeleteUserRequest,
    GetJsonWebKeySetRequest,
    GetUserRequest,
    ListUsersRequest,
    ListUsersResponse,
    RefreshSessionRequest,
    SignInRequest,
    SignOutRequest,
    SignOutResponse,
    UpdateUserRequest,
)

from theseus_user.contract.refusal import Refusal
from theseus_user.process.turns import Turns
from theseus_user.rpc.field_mask import apply_field_mask
from theseus_user.rpc.page_token import decode_page_token, encode_page_token, page_size
from theseus_user.server.call import current_principal, current_source, require_user
from theseus_user.users.password_change import PasswordChange, Passwords
from theseus_user.users.refusals import user_not_found
from theseus_user.users.registration import Registration, WantedUser
from theseus_user.users.user import ActiveUser, Profile, StoredUser, id_of, to_etag, to_message

if TYPE_CHECKING:
    import grpc
    from theseus.user.v1.session_pb2 import Session

    from theseus_user.process.clock import Clock
    from theseus_user.sessions.key_ring import KeyRing
    from theseus_user.sessions.sessions import Sessions
    from theseus_user.store.session_store import SessionStore
    from theseus_user.store.user_store import UserStore

    Context = grpc.aio.ServicerContext[Any, Any]

_LOG: Final = logging.getLogger("user")

_TURN_S: Final = 2
"""So long a change of a user waits at most for those before it; then it competes with them."""


@dataclass(frozen=True, slots=True)
class UserService(user_service_pb2_grpc.UserServiceServicer):
    """The RPCs. Every request has passed the contract's rules."""

    users: UserStore
    session_store: SessionStore
    registration: Registration
    password_change: PasswordChange
    sessions: Sessions
    signing_keys: KeyRing
    admin_role: str
    clock: Clock
    _turns: Turns = field(default_factory=Turns)

    async def CreateUser(self, request: CreateUserRequest, _: Context) -> User:  # noqa: N802
        principal = current_principal.get()
        scope = principal.user if principal else "anonymous"
        profile = Profile(request.user.email, request.user.display_name)
        request_key = f"{scope}#{request.request_id}"
        user = await self.registration.register(WantedUser(profile, request.user.password, request_key))
        return self._to_message(user)

    async def GetUser(self, request: GetUserRequest, _: Context) -> User:  # noqa: N802
        user = await self._find_visible(request.name)
        if user is None:
            raise user_not_found()
        return self._to_message(user)

    async def ListUsers(self, request: ListUsersRequest, _: Context) -> ListUsersResponse:  # noqa: N802
        bound = ["ListUsers", "true" if request.show_deleted else "false"]
        after = decode_page_token(bound, request.page_token) if request.page_token else ""
        size = page_size(request.page_size)
        found = await self.users.list(after=after, limit=size + 1, deleted_too=request.show_deleted)
        page = found[:size]
        more = len(found) > size
        return ListUsersResponse(
            users=map(self._to_message, page),
            next_page_token=encode_page_token(bound, page[-1].id) if more else "",
        )

    async def UpdateUser(self, request: UpdateUserRequest, _: Context) -> User:  # noqa: N802
        # If all of them competed, the work would grow with the square of their number.
        async with self._turns.take(request.user.name, within_s=_TURN_S):
            return await self._update(request)

    async def _update(self, request: UpdateUserRequest) -> User:
        while True:
            user = await self._find_active(request.user.name)
            if user is None:
                raise user_not_found()
            wanted = apply_field_mask(self._to_message(user), request.user, request.update_mask.paths)
            _assert_etag(request.user.etag, user)
            profile = Profile(wanted.email, wanted.display_name)
            if profile == user.profile:
                return self._to_message(user)
            changed = user.changed(profile, self.clock())
            if await self.users.update(changed):
                return self._to_message(changed)

    async def ChangePassword(  # noqa: N802
        self, request: ChangePasswordRequest, _: Context
    ) -> ChangePasswordResponse:
        """Also to an administrator another's user is one who does not exist."""
        principal = require_user()
        user_id = id_of(request.name) if principal.user == request.name else None
        if user_id is None:
            raise user_not_found()
        passwords = Passwords(request.current_password, request.new_password)
        await self.password_change.change(user_id, principal.session, passwords)
        return ChangePasswordResponse()

    async def DeleteUser(self, request: DeleteUserRequest, _: Context) -> User:  # noqa: N802
        while True:
            user = await self._find_visible(request.name)
            if not isinstance(user, ActiveUser):
                if not request.allow_missing:
                    raise user_not_found()
                return User() if user is None else self._to_message(user)
            _assert_etag(request.etag, user)
            deleted = user.deleted(self.clock())
            if await self.users.erase(deleted):
                await self._forget_sessions(user)
                return self._to_message(deleted)

    async def SignIn(self, request: SignInRequest, _: Context) -> Session:  # noqa: N802
        return await self.sessions.sign_in(request.email, request.password, current_source.get())

    async def RefreshSession(self, request: RefreshSessionRequest, _: Context) -> Session:  # noqa: N802
        return await self.sessions.refresh(request.refresh_token)

    async def SignOut(self, _request: SignOutRequest, _: Context) -> SignOutResponse:  # noqa: N802
        await self.session_store.end(require_user().session)
        return SignOutResponse()

    async def GetJsonWebKeySet(  # noqa: N802
        self, _request: GetJsonWebKeySetRequest, _: Context
    ) -> JsonWebKeySet:
        """Lists the public parts of a key, so that no private part is published."""
        keys = (
            JsonWebKey(kty="EC", crv="P-256", x=key.x, y=key.y, kid=key.kid, alg="ES256", use="sig")
            for key in self.signing_keys.all
        )
        return JsonWebKeySet(keys=keys)

    def _to_message(self, user: StoredUser) -> User:
        return to_message(user, self.admin_role)

    async def _find_visible(self, name: str) -> StoredUser | None:
        """Customers see only themselves. Administrators, and workloads without an end user, see everybody."""
        principal = current_principal.get()
        visible = principal is None or principal.is_admin or principal.user == name
        user_id = id_of(name) if visible else None
        return None if user_id is None else await self.users.find(user_id)

    async def _find_active(self, name: str) -> ActiveUser | None:
        user = await self._find_visible(name)
        return user if isinstance(user, ActiveUser) else None

    async def _forget_sessions(self, user: ActiveUser) -> None:
        """A failure must not fail the call: the sessions of a deleted user are invalid anyway."""
        try:
            await self.session_store.end_all_of(user.id)
        except Exception:  # noqa: BLE001
            text = "the sessions of a deleted user are left to expire"
            _LOG.warning(text, extra={"event": "sessions-left"}, exc_info=True)


def _assert_etag(given: str, user: ActiveUser) -> None:
    if given not in ("", to_etag(user.version)):
        text = "the resource has changed since its etag was read"
        raise Refusal(ErrorReason.ETAG_MISMATCH, text)
