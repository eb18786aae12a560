"""Tokens of sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from theseus.user.v1 import user_service_pb2 as pb

from tests.running_service import PASSWORD, a_service, registration
from theseus_user.passwords.hasher import PasswordHasher
from theseus_user.process.clock import system_clock
from theseus_user.sessions.access_token import AccessTokens
from theseus_user.sessions.key_ring import KeyRing
from theseus_user.sessions.refresh_token import RefreshToken
from theseus_user.sessions.signing_keys import SigningKey
from theseus_user.store.session_store import SessionStore

if TYPE_CHECKING:
    from theseus.user.v1.session_pb2 import Session

    from theseus_user.sessions.refresh_token import StoredRefreshToken

NOW = datetime(2026, 11, 21, 8, 30, 0, 123_000, UTC)


class TestRefreshToken:
    def test_can_be_read_again(self) -> None:
        token = RefreshToken.new("abc", 3)
        assert RefreshToken.parse(token.text) == token
        assert (token.id, token.successor_id) == ("abc#3", "abc#4")

    @pytest.mark.parametrize("text", ["", "abc.0.short", "abc.01." + "A" * 43, "a.0." + "A" * 43 + "\n"])
    def test_is_none_when_it_is_not_one(self, text: str) -> None:
        assert RefreshToken.parse(text) is None

    def test_is_stored_hashed_for_thirty_days(self) -> None:
        token = RefreshToken.new("abc")
        stored = token.stored("ada", NOW)
        assert token.text not in repr(stored)
        assert stored.is_of(token)
        assert not stored.is_of(RefreshToken.new("abc"))
        assert stored.expire_time == NOW + timedelta(days=30)


def test_access_token_says_what_the_contract_says() -> None:
    key = SigningKey("one", ec.generate_private_key(ec.SECP256R1()), "", "")
    tokens = AccessTokens(KeyRing([key]), "https://issuer.test", "the shop")
    token = tokens.issue(user="users/ada", roles=["customer"], session="s", seen_time=NOW)
    claims = jwt.decode(
        token.text,
        key.private_key.public_key(),
        algorithms=["ES256"],
        audience="the shop",
        issuer="https://issuer.test",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert jwt.get_unverified_header(token.text)["kid"] == "one"
    assert (claims["sub"], claims["roles"], claims["sid"]) == ("users/ada", ["customer"], "s")
    assert claims["exp"] - claims["iat"] == 50
    assert token.expire_time == datetime(2026, 11, 21, 8, 30, 50, tzinfo=UTC)


async def test_access_token_counts_from_before_its_user_was_read(
    mongodb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = begun = system_clock()
    matches, find_token = PasswordHasher.matches, SessionStore.find_token

    async def match_late(hasher: PasswordHasher, *given: Any) -> bool:  # noqa: ANN401
        nonlocal now
        now += timedelta(minutes=1)
        return await matches(hasher, *given)

    async def find_late(store: SessionStore, token_id: str) -> StoredRefreshToken | None:
        nonlocal now
        now += timedelta(minutes=1)
        return await find_token(store, token_id)

    monkeypatch.setattr(PasswordHasher, "matches", match_late)
    monkeypatch.setattr(SessionStore, "find_token", find_late)
    request = registration()
    async with a_service(mongodb_url, clock=lambda: now) as service:
        await service.CreateUser(request)
        signed_in = await service.SignIn(pb.SignInRequest(email=request.user.email, password=PASSWORD))
        assert _expiry_of(signed_in) == int(begun.timestamp()) + 50
        resumed = now
        refreshed = await service.RefreshSession(pb.RefreshSessionRequest(refresh_token=signed_in.refresh_token))
        assert _expiry_of(refreshed) == int(resumed.timestamp()) + 50


def _expiry_of(session: Session) -> int:
    return int(jwt.decode(session.access_token, options={"verify_signature": False})["exp"])
