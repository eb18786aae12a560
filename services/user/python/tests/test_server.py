"""The steps of the pipeline."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.mesh.v1.policy_pb2 import Allow, Auth
from theseus.user.v1 import user_service_pb2

from theseus_user.contract.policy import policies_of
from theseus_user.contract.refusal import Refusal
from theseus_user.server.access import assert_allowed
from theseus_user.server.identity import Identity, Principal
from theseus_user.server.request_reader import read_request

CUSTOMER = Principal("people/ada", "s")
ADMIN = Principal("people/root", "s", is_admin=True)
POLICIES = policies_of(user_service_pb2.DESCRIPTOR.services_by_name["UserService"])


def reason_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.reason_name


class TestAccess:
    ALLOWED = (Allow(caller="gateway", auth=Auth.AUTH_USER), Allow(caller="payment", auth=Auth.AUTH_NONE))

    @pytest.mark.parametrize(
        ("caller", "principal"), [("gateway", CUSTOMER), ("payment", None), (None, None), ("gateway", ADMIN)]
    )
    def test_permits(self, caller: str | None, principal: Principal | None) -> None:
        assert_allowed(self.ALLOWED, caller, principal)

    @pytest.mark.parametrize(
        ("caller", "principal", "reason"),
        [("gateway", None, "TOKEN_MISSING"), ("inventory", ADMIN, "CALLER_DENIED"), ("unknown", None, "CALLER_DENIED")],
    )
    def test_refuses(self, caller: str, principal: Principal | None, reason: str) -> None:
        with pytest.raises(Refusal) as refused:
            assert_allowed(self.ALLOWED, caller, principal)
        assert reason_of(refused) == reason


class TestIdentity:
    IDENTITY = Identity(trust_domain="mesh.test", subject_prefix="people/", admin_role="keeper")
    SPIFFE = "URI=spiffe://mesh.test/ns/shop/sa/"

    @pytest.mark.parametrize(
        ("chain", "caller"),
        [
            (f"{SPIFFE}gateway,Hash=1;{SPIFFE}payment;DNS=x", "payment"),
            ("URI=spiffe://mesh.test/ns/other/sa/payment", "payment"),
            ("URI=spiffe://elsewhere/ns/shop/sa/gateway", "unknown"),
            # The domain is matched literally and as a whole.
            ("URI=spiffe://mesh-test/ns/shop/sa/gateway", "unknown"),
            ("URI=spiffe://a.mesh.test/ns/shop/sa/gateway", "unknown"),
            ("", "unknown"),
        ],
    )
    def test_knows_the_nearest_caller(self, chain: str, caller: str) -> None:
        assert self.IDENTITY.caller_of({"x-forwarded-client-cert": chain}) == caller

    def test_knows_nobody_without_headers(self) -> None:
        assert self.IDENTITY.caller_of({}) is None
        assert self.IDENTITY.principal_of({}) is None

    @pytest.mark.parametrize(
        ("roles", "is_admin"), [([], False), (["customer", "admin"], False), (["customer", "keeper"], True)]
    )
    def test_knows_administrators_by_their_role(self, roles: list[str], *, is_admin: bool) -> None:
        claims = json.dumps({"sub": "people/ada", "roles": roles, "sid": "s"})
        assert self.principal_of(claims.encode()) == Principal("people/ada", "s", is_admin=is_admin)

    @pytest.mark.parametrize(
        "raw",
        [
            b"no json",
            b"[" * 1500 + b"]" * 1500,
            b'{"sub":"users/a","roles":["customer"],"sid":"a"}',
            b'{"sub":"people/a","roles":["customer",null],"sid":"a"}',
            b'{"sub":"people/a","roles":["customer"],"sid":"\\ud800"}',
            b'{"sub":"people/a","roles":["customer"],"sid":"a","x":-Infinity}',
            '{"sub":"people/a","roles":["customer"],"sid":"a"}'.encode("utf-16"),
            b"\xff",
        ],
    )
    def test_refuses_claims_that_are_none(self, raw: bytes) -> None:
        with pytest.raises(Refusal) as refused:
            self.principal_of(raw)
        assert reason_of(refused) == "TOKEN_INVALID"

    @pytest.mark.parametrize("encoded", ["!!", "e30=", "e31", "e30 "])
    def test_refuses_claims_in_another_encoding(self, encoded: str) -> None:
        with pytest.raises(Refusal) as refused:
            self.IDENTITY.principal_of({"x-theseus-claims": encoded})
        assert reason_of(refused) == "TOKEN_INVALID"

    def principal_of(self, claims: bytes) -> Principal | None:
        encoded = base64.urlsafe_b64encode(claims).decode().rstrip("=")
        return self.IDENTITY.principal_of({"x-theseus-claims": encoded})


class TestRequest:
    GET_USER = POLICIES["/theseus.user.v1.UserService/GetUser"]

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (b"\x0a\xff", "REQUEST_MALFORMED"),
            (b"\x0a\x01\xff", "REQUEST_MALFORMED"),
            (b"\x08\x01", "REQUEST_MALFORMED"),
            (b"\x0b\x0c", "REQUEST_MALFORMED"),
            (b"\x00\x01", "REQUEST_MALFORMED"),
            (b"\x0a\x01x", "VALIDATION_FAILED"),
            (bytes(65537), "REQUEST_TOO_LARGE"),
        ],
    )
    def test_is_refused(self, raw: bytes, reason: str) -> None:
        with pytest.raises(Refusal) as refused:
            read_request(self.GET_USER, raw)
        assert reason_of(refused) == reason

    def test_has_its_policy_from_the_contract(self) -> None:
        assert self.GET_USER.timeout == timedelta(seconds=2)
        assert self.GET_USER.may_answer(ErrorReason.USER_NOT_FOUND)
        assert not self.GET_USER.may_answer(ErrorReason.EMAIL_TAKEN)

    def test_has_what_its_policy_leaves_out_from_the_services(self) -> None:
        assert self.GET_USER.max_request_bytes == 65_536
        assert self.GET_USER.allow == (
            Allow(caller="gateway", auth=Auth.AUTH_USER),
            Allow(caller="payment", auth=Auth.AUTH_NONE),
        )
        sign_out = POLICIES["/theseus.user.v1.UserService/SignOut"]
        assert sign_out.allow == (Allow(caller="gateway", auth=Auth.AUTH_USER),)
