"""What every call has to pass."""

from __future__ import annotations

import base64

import pytest
from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.mesh.v1.policy_pb2 import Allow, Auth
from theseus.user.v1 import user_service_pb2

from theseus_user.contract.policy import policies_of
from theseus_user.contract.refusal import Refusal
from theseus_user.server.access import assert_allowed
from theseus_user.server.identity import Principal, caller_of, principal_of
from theseus_user.server.request_reader import read_request

CUSTOMER = Principal("users/ada", ("customer",), "s")
ADMIN = Principal("users/root", ("customer", "admin"), "s")
POLICIES = policies_of(user_service_pb2.DESCRIPTOR.services_by_name["UserService"])


def reason_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.reason_name


class TestAccess:
    WAYS = (Allow(caller="gateway", auth=Auth.AUTH_USER), Allow(caller="payment", auth=Auth.AUTH_NONE))

    @pytest.mark.parametrize(
        ("caller", "principal"), [("gateway", CUSTOMER), ("payment", None), (None, None), ("gateway", ADMIN)]
    )
    def test_lets_in(self, caller: str | None, principal: Principal | None) -> None:
        assert_allowed(self.WAYS, caller, principal)

    @pytest.mark.parametrize(
        ("caller", "principal", "reason"),
        [("gateway", None, "TOKEN_MISSING"), ("inventory", ADMIN, "CALLER_DENIED"), ("unknown", None, "CALLER_DENIED")],
    )
    def test_keeps_out(self, caller: str, principal: Principal | None, reason: str) -> None:
        with pytest.raises(Refusal) as refused:
            assert_allowed(self.WAYS, caller, principal)
        assert reason_of(refused) == reason

    def test_knows_the_nearest_caller(self) -> None:
        spiffe = "URI=spiffe://theseus.local/ns/shop/sa/"
        assert caller_of({"x-forwarded-client-cert": f"{spiffe}gateway,Hash=1;{spiffe}payment;DNS=x"}) == "payment"
        assert caller_of({"x-forwarded-client-cert": "URI=spiffe://other/ns/shop/sa/gateway"}) == "unknown"
        assert caller_of({}) is None

    @pytest.mark.parametrize(
        "raw",
        [
            b"no json",
            b"[" * 1500 + b"]" * 1500,
            b'{"sub":"users/a","roles":["customer"],"sid":"\\ud800"}',
            '{"sub":"users/a","roles":["customer"],"sid":"a"}'.encode("utf-16"),
            b"\xff",
        ],
    )
    def test_refuses_claims_that_are_none(self, raw: bytes) -> None:
        with pytest.raises(Refusal) as refused:
            principal_of({"x-theseus-claims": base64.urlsafe_b64encode(raw).decode().rstrip("=")})
        assert reason_of(refused) == "TOKEN_INVALID"

    def test_refuses_claims_in_another_alphabet(self) -> None:
        with pytest.raises(Refusal) as refused:
            principal_of({"x-theseus-claims": "!!"})
        assert reason_of(refused) == "TOKEN_INVALID"


class TestRequest:
    GET_USER = POLICIES["/theseus.user.v1.UserService/GetUser"]

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (b"\x0a\xff", "REQUEST_MALFORMED"),
            (b"\x0a\x01\xff", "REQUEST_MALFORMED"),
            (b"\x0a\x01x", "VALIDATION_FAILED"),
            (bytes(65537), "REQUEST_TOO_LARGE"),
        ],
    )
    def test_is_refused(self, raw: bytes, reason: str) -> None:
        with pytest.raises(Refusal) as refused:
            read_request(self.GET_USER, raw)
        assert reason_of(refused) == reason

    def test_has_its_policy_from_the_contract(self) -> None:
        assert self.GET_USER.timeout_s == 2.0
        assert self.GET_USER.may_answer(ErrorReason.USER_NOT_FOUND)
        assert not self.GET_USER.may_answer(ErrorReason.EMAIL_TAKEN)
