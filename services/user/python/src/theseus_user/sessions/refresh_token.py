"""Refresh tokens, `<session>.<generation>.<random>`. storage.md defines them; to clients they are opaque."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from datetime import datetime

_LIFETIME: Final = timedelta(days=30)
_RANDOM_BYTES: Final = 32
_TOKEN: Final = re.compile(r"([a-z0-9-]{1,64})\.(0|[1-9][0-9]{0,8})\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class RefreshToken:
    session: str
    generation: int
    text: str
    """The whole token, as the client has it."""

    @classmethod
    def new(cls, session: str, generation: int = 0) -> Self:
        return cls(session, generation, f"{session}.{generation}.{secrets.token_urlsafe(_RANDOM_BYTES)}")

    @classmethod
    def parse(cls, text: str) -> Self | None:
        found = _TOKEN.fullmatch(text)
        return cls(found[1], int(found[2]), text) if found else None

    @property
    def id(self) -> str:
        return f"{self.session}#{self.generation}"

    @property
    def successor_id(self) -> str:
        return f"{self.session}#{self.generation + 1}"

    def successor(self) -> RefreshToken:
        return RefreshToken.new(self.session, self.generation + 1)

    def stored(self, user_id: str, now: datetime) -> StoredRefreshToken:
        return StoredRefreshToken(self.id, user_id, _hash(self.text), now, now + _LIFETIME)


@dataclass(frozen=True, slots=True)
class StoredRefreshToken:
    """A token counts as used when there is one of the next generation."""

    id: str
    user: str
    hash: str
    create_time: datetime
    expire_time: datetime

    def is_of(self, token: RefreshToken) -> bool:
        return hmac.compare_digest(self.hash, _hash(token.text))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
