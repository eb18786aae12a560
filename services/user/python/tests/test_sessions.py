"""Tokens of sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from theseus_user.sessions.access_token import AccessTokens
from theseus_user.sessions.refresh_token import RefreshToken
from theseus_user.sessions.signing_keys import SigningKey

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
    tokens = AccessTokens(key, "https://issuer.test", "the shop")
    token = tokens.issue(user="users/ada", roles=["customer"], session="s", now=NOW)
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
    assert claims["exp"] - claims["iat"] == 900
    assert token.expire_time == datetime(2026, 11, 21, 8, 45, tzinfo=UTC)
