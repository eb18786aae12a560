"""The rules that need nothing but themselves."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.mesh.v1.policy_pb2 import Allow, Auth
from theseus.user.v1 import user_service_pb2
from theseus.user.v1.user_pb2 import User

from theseus_user.access_token import issue_access_token
from theseus_user.password_hash import ScryptCost, hash_password, matches_password, unmatchable_hash
from theseus_user.refresh_token import RefreshToken
from theseus_user.rpc.access import assert_allowed
from theseus_user.rpc.contract import policies_of
from theseus_user.rpc.field_mask import apply_field_mask
from theseus_user.rpc.identity import Principal, caller_of, principal_of
from theseus_user.rpc.listen_address import TcpAddress, UnixAddress, parse_address
from theseus_user.rpc.page_token import decode_page_token, encode_page_token, page_size
from theseus_user.rpc.refusal import Refusal
from theseus_user.rpc.request_reader import read_request
from theseus_user.signing_keys import SigningKey
from theseus_user.user import Profile, fold_email, new_user, to_first_answer, to_message

CHEAP = ScryptCost(ln=4, r=8, p=1)
NOW = datetime(2026, 11, 21, 8, 30, 0, 123_000, UTC)
CUSTOMER = Principal("users/ada", ("customer",), "s")
ADMIN = Principal("users/root", ("customer", "admin"), "s")
POLICIES = policies_of(user_service_pb2.DESCRIPTOR.services_by_name["UserService"])


def reason_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.reason_name


class TestPassword:
    # Made by another implementation of the contract.
    FOREIGN = "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$Q7EcH175P/kcU7JE2HRU+qTRrq/BS6UbCRYPdBaC5y8"

    def test_matches_a_foreign_hash(self) -> None:
        assert matches_password("correct horse", self.FOREIGN)

    def test_matches_its_own_hash_alone(self) -> None:
        stored = hash_password("correct horse", CHEAP)
        assert matches_password("correct horse", stored)
        assert not matches_password("correct horsf", stored)

    def test_is_stored_as_a_phc_string(self) -> None:
        stored = hash_password("x", ScryptCost(ln=4, r=8, p=1))
        assert stored.startswith("$scrypt$ln=4,r=8,p=1$")
        assert "=" not in stored.rpartition("p=1")[2]

    def test_counts_in_utf8_without_normalisation(self) -> None:
        stored = hash_password("\u00e9", CHEAP)
        assert not matches_password("e\u0301", stored)

    @pytest.mark.parametrize("damaged", ["", "plain", "$scrypt$ln=18,r=8,p=1$" + "A" * 22 + "$" + "A" * 43])
    def test_refuses_what_is_no_hash_or_costs_too_much(self, damaged: str) -> None:
        with pytest.raises(RuntimeError):
            matches_password("x", damaged)

    def test_of_nobody_matches_nothing(self) -> None:
        assert not matches_password("", unmatchable_hash(CHEAP))


class TestPageToken:
    # As every implementation writes it.
    WRITTEN = "MToxLDE2OjNmMWM3ZDQ3YzVmNmZmM2EsMzphYmMs"

    def test_gives_its_cursor_back(self) -> None:
        token = encode_page_token(["ListUsers", "false"], "abc")
        assert token == self.WRITTEN
        assert decode_page_token(["ListUsers", "false"], token) == "abc"

    # Bound to the request, the last two say nothing and two things.
    NOTHING, TWO = "MToxLDE2OjNmMWM3ZDQ3YzVmNmZmM2Es", "MToxLDE2OjNmMWM3ZDQ3YzVmNmZmM2EsMTphLDE6Yiw"

    @pytest.mark.parametrize("token", ["x", "MTox", "é", "MToxLA", WRITTEN + "=", WRITTEN[:-1], NOTHING, TWO])
    def test_is_refused_when_damaged(self, token: str) -> None:
        with pytest.raises(Refusal) as refused:
            decode_page_token(["ListUsers", "false"], token)
        assert reason_of(refused) == "PAGE_TOKEN_INVALID"

    def test_is_refused_for_another_request(self) -> None:
        with pytest.raises(Refusal):
            decode_page_token(["ListUsers", "true"], encode_page_token(["ListUsers", "false"], "abc"))

    @pytest.mark.parametrize(("asked", "given"), [(0, 50), (1, 1), (200, 200), (201, 200)])
    def test_size(self, asked: int, given: int) -> None:
        assert page_size(asked) == given


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
    token = issue_access_token(key, user="users/ada", roles=["customer"], session="s", now=NOW)
    claims = jwt.decode(
        token.text,
        key.private_key.public_key(),
        algorithms=["ES256"],
        audience="shop",
        issuer="https://theseus.local",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert jwt.get_unverified_header(token.text)["kid"] == "one"
    assert (claims["sub"], claims["roles"], claims["sid"]) == ("users/ada", ["customer"], "s")
    assert claims["exp"] - claims["iat"] == 900
    assert token.expire_time == datetime(2026, 11, 21, 8, 45, tzinfo=UTC)


class TestUser:
    ADA = new_user("ada", Profile("Ada@Shop.test", "Ada"), "hash", NOW, request_key="anonymous#1")

    def test_is_folded_in_ascii_alone(self) -> None:
        assert fold_email("ADA@Ünï.İ") == "ada@Ünï.İ"

    def test_keeps_milliseconds(self) -> None:
        assert to_message(self.ADA).create_time.ToJsonString() == "2026-11-21T08:30:00.123Z"

    def test_is_answered_to_a_repeat_as_it_was(self) -> None:
        changed = self.ADA.changed(Profile("new@shop.test", "New"), NOW + timedelta(days=1))
        assert to_first_answer(changed) == to_message(self.ADA)

    def test_is_erased_when_deleted(self) -> None:
        gone = to_message(self.ADA.deleted(NOW))
        assert (gone.email, gone.display_name, gone.etag) == ("", "", "2")


class TestFieldMask:
    CURRENT = User(name="users/ada", email="a@b.c", display_name="Ada", etag="1")
    GIVEN = User(name="users/x", email="new@b.c", etag="9")

    @pytest.mark.parametrize(
        ("paths", "email", "display_name"),
        [([], "new@b.c", "Ada"), (["*"], "new@b.c", ""), (["display_name"], "a@b.c", "")],
    )
    def test_chooses_what_changes(self, paths: list[str], email: str, display_name: str) -> None:
        result = apply_field_mask(self.CURRENT, self.GIVEN, paths)
        assert (result.name, result.email, result.display_name) == ("users/ada", email, display_name)

    @pytest.mark.parametrize(
        ("path", "rule"),
        [
            ("name", "field_mask.read_only"),
            ("roles", "field_mask.read_only"),
            ("etag", "field_mask.read_only"),
            ("nope", "field_mask.unknown"),
            ("email.x", "field_mask.unknown"),
            ("", "field_mask.unknown"),
            ("*", "field_mask.wildcard"),
        ],
    )
    def test_refuses_paths_that_cannot_be_set(self, path: str, rule: str) -> None:
        with pytest.raises(Refusal) as refused:
            apply_field_mask(self.CURRENT, self.GIVEN, ["email", path])
        assert [(each.field, each.rule) for each in refused.value.violations] == [("update_mask.paths[1]", rule)]


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


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("unix:/a", UnixAddress("/a")),
        ("127.0.0.1:0", TcpAddress("127.0.0.1", 0)),
        ("[::1]:80", TcpAddress("::1", 80)),
        ("unix:a", None),
        ("unix:/" + "a" * 107, None),
        ("host:65536", None),
        ("host", None),
        ("host:1\n", None),
    ],
)
def test_listen_address(text: str, address: object) -> None:
    assert parse_address(text) == address
