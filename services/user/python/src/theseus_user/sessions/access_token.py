from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import jwt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theseus_user.sessions.key_ring import KeyRing

_LIFETIME: Final = timedelta(seconds=50)


@dataclass(frozen=True, slots=True)
class AccessToken:
    text: str
    expire_time: datetime


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Issues access tokens that are signed with the key of the moment."""

    keys: KeyRing
    issuer: str
    audience: str

    def issue(self, *, user: str, roles: Sequence[str], session: str, seen_time: datetime) -> AccessToken:
        """`user` is a resource name; the lifetime begins when user and session were known to be there."""
        issued_at = seen_time.replace(microsecond=0)
        expire_time = issued_at + _LIFETIME
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": user,
            "roles": list(roles),
            "sid": session,
            "iat": int(issued_at.timestamp()),
            "exp": int(expire_time.timestamp()),
            "jti": str(uuid.uuid4()),
        }
        key = self.keys.signing
        text = jwt.encode(claims, key.private_key, algorithm="ES256", headers={"kid": key.kid})
        return AccessToken(text, expire_time)
