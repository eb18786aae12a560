from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from theseus_user.process.new_id import new_id
from theseus_user.users.user import CUSTOMER, Profile, new_user, to_name

if TYPE_CHECKING:
    from theseus_user.passwords.hasher import PasswordHasher
    from theseus_user.process.clock import Clock
    from theseus_user.store.user_store import UserStore

_LOG: Final = logging.getLogger("user")
_EMAIL: Final = re.compile(r"[\x21-\x3f\x41-\x7e]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class BootstrapAdmin:
    profile: Profile
    password: str


def parse_bootstrap_admin(text: str) -> BootstrapAdmin:
    """Raises ValueError that says what is wrong, without any value."""
    match _parse_json(text):
        case dict() as fields:
            email, display_name, password = (fields.get(key) for key in ("email", "display_name", "password"))
        case _:
            raise ValueError('must hold {"email":…,"display_name":…,"password":…}')
    problems = []
    if not (_is_text(email, 3, 254) and _EMAIL.fullmatch(email)):
        problems.append("its email must be an e-mail address")
    if not _is_text(display_name, 1, 100):
        problems.append("its display_name must have 1 to 100 characters")
    if not _is_text(password, 12, 128):
        problems.append("its password must have 12 to 128 characters")
    if problems:
        raise ValueError(", ".join(problems))
    return BootstrapAdmin(Profile(str(email), str(display_name)), str(password))


async def ensure_admin(
    wanted: BootstrapAdmin, role: str, *, users: UserStore, passwords: PasswordHasher, clock: Clock
) -> None:
    """Makes sure that the administrator exists and has the role.

    An administrator who exists stays unchanged, also when the file has another password. A customer with the address
    becomes administrator only if the file has their password: anybody could have registered the address.
    """
    while True:
        user = await users.find_by_email(wanted.profile.email)
        if user is None:
            password_hash = await passwords.hash(wanted.password)
            roles = (*CUSTOMER, role)
            if await users.insert(new_user(new_id(), wanted.profile, password_hash, clock(), roles=roles)):
                return
        elif role in user.roles:
            return
        elif await passwords.matches(wanted.password, user.password):
            if await users.update(user.promoted(role, clock())):
                return
        else:
            _LOG.error(
                "BOOTSTRAP_ADMIN: a customer has the address and another password; "
                "delete the customer or name another address",
                extra={"event": "bootstrap-refused", "user": to_name(user.id)},
            )
            return
        # Another replica has written in the meantime, so this looks again.


def _parse_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # The message of the parser would quote the text.
        return None


def _is_text(value: Any, shortest: int, longest: int) -> TypeGuard[str]:  # noqa: ANN401
    return isinstance(value, str) and shortest <= len(value) <= longest and _is_unicode(value)


def _is_unicode(text: str) -> bool:
    """JSON can contain half of a surrogate pair, which is not Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
