"""What the contract's quotas let through, over a real store."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from google.rpc import error_details_pb2, status_pb2
from theseus.user.v1 import user_service_pb2 as pb
from theseus.user.v1.user_pb2 import User

from tests.running_service import PASSWORD, a_service, acting_as, outcome, registration
from theseus_user.contract.quotas import quota_named, quotas_of
from theseus_user.process.clock import system_clock
from theseus_user.quotas.party import Party, source_of
from theseus_user.store.database import Database

if TYPE_CHECKING:
    from threading import Event

LIMIT = 10
WRONG = "wrong horse battery"
SIGN_IN = pb.DESCRIPTOR.services_by_name["UserService"].methods_by_name["SignIn"]


async def sign_in(service: Any, email: str, password: str = PASSWORD, source: str = "") -> str:  # noqa: ANN401 - a stub
    metadata = (("x-theseus-source", source),) if source else ()
    return await outcome(service.SignIn(pb.SignInRequest(email=email, password=password), metadata=metadata))


async def guess(service: Any, email: str, times: int) -> None:  # noqa: ANN401 - a stub
    assert [await sign_in(service, email, WRONG) for _ in range(times)] == ["CREDENTIALS_INVALID"] * times


async def refusal(service: Any, email: str) -> bytes:  # noqa: ANN401 - a stub
    call = service.SignIn(pb.SignInRequest(email=email, password=PASSWORD))
    trailers = dict(await call.trailing_metadata())
    return bytes(trailers["grpc-status-details-bin"])


async def test_wrong_passwords_use_up_an_account_alone(mongodb_url: str) -> None:
    request, other = registration(), registration()
    async with a_service(mongodb_url) as service:
        await service.CreateUser(request)
        await service.CreateUser(other)
        await guess(service, request.user.email, LIMIT)
        details = await refusal(service, request.user.email.upper())
        assert await sign_in(service, other.user.email) == "OK"
        await guess(service, "nobody@shop.test", LIMIT)
        assert await refusal(service, "nobody@shop.test") == details
    info = error_details_pb2.ErrorInfo()
    assert status_pb2.Status.FromString(details).details[0].Unpack(info)
    assert (info.reason, dict(info.metadata)) == ("QUOTA_EXCEEDED", {"quota": "wrong_passwords", "limit": "10"})


async def test_right_passwords_do_not_count_and_forgive_nothing(mongodb_url: str) -> None:
    request = registration()
    email = request.user.email
    async with a_service(mongodb_url) as service:
        await service.CreateUser(request)
        assert [await sign_in(service, email) for _ in range(LIMIT + 1)] == ["OK"] * (LIMIT + 1)
        await guess(service, email, LIMIT - 1)
        assert await sign_in(service, email) == "OK"
        await guess(service, email, 1)
        assert await sign_in(service, email) == "QUOTA_EXCEEDED"


async def test_wrong_passwords_count_as_long_as_they_are_within_the_window(mongodb_url: str) -> None:
    request = registration()
    email = request.user.email
    now = start = system_clock()
    async with a_service(mongodb_url, clock=lambda: now) as service:
        await service.CreateUser(request)
        await guess(service, email, LIMIT - 1)
        now = start + timedelta(seconds=1)
        await guess(service, email, 1)
        now = start + timedelta(seconds=900, milliseconds=-1)
        assert await sign_in(service, email) == "QUOTA_EXCEEDED"
        now = start + timedelta(seconds=900)
        assert await sign_in(service, email) == "OK"
        await guess(service, email, LIMIT - 1)
        assert await sign_in(service, email) == "QUOTA_EXCEEDED"
        now = start + timedelta(seconds=901)
        assert await sign_in(service, email) == "OK"


async def test_instances_count_together(mongodb_url: str) -> None:
    async with a_service(mongodb_url) as one, a_service(mongodb_url) as other:
        guesses = [sign_in(service, "nobody@shop.test", WRONG) for service in [one, other] * LIMIT]
        outcomes = Counter(await asyncio.gather(*guesses))
    assert outcomes == {"CREDENTIALS_INVALID": LIMIT, "QUOTA_EXCEEDED": LIMIT}


async def test_a_change_of_password_counts_too_under_any_address(mongodb_url: str) -> None:
    request = registration()
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(request)
        await guess(service, request.user.email, LIMIT - 1)
        me = acting_as(user.name)
        changes = [
            pb.ChangePasswordRequest(name=user.name, current_password=each, new_password="another horse battery")
            for each in (WRONG, PASSWORD)
        ]
        assert [await outcome(service.ChangePassword(each, metadata=me)) for each in changes] == [
            "CREDENTIALS_INVALID",
            "QUOTA_EXCEEDED",
        ]
        moved = pb.UpdateUserRequest(user=User(name=user.name, email="moved@shop.test"))
        assert await outcome(service.UpdateUser(moved, metadata=me)) == "OK"
        assert await sign_in(service, "moved@shop.test") == "QUOTA_EXCEEDED"


async def test_guesses_that_find_the_queue_full_do_not_count(mongodb_url: str, hashing_may_go_on: Event) -> None:
    async with a_service(mongodb_url) as service:
        others = [asyncio.create_task(sign_in(service, f"nobody{n}@shop.test")) for n in range(19)]
        # The one that is refused has seen the queue full.
        assert await next(asyncio.as_completed(others)) == "RATE_LIMITED"
        refused = [await sign_in(service, "owner@shop.test") for _ in range(LIMIT)]
        hashing_may_go_on.set()
        await asyncio.gather(*others)
        assert refused == ["RATE_LIMITED"] * LIMIT
        await guess(service, "owner@shop.test", LIMIT)
        assert await sign_in(service, "owner@shop.test") == "QUOTA_EXCEEDED"


async def test_a_source_may_sign_in_so_often(mongodb_url: str) -> None:
    async with a_service(mongodb_url) as service:
        limit = quota_named(SIGN_IN, "sign_ins").limit
        for n in range(limit):
            assert await sign_in(service, f"{n}@shop.test", source="192.0.2.7") == "CREDENTIALS_INVALID"
        assert await sign_in(service, "last@shop.test", source="::ffff:192.0.2.7") == "QUOTA_EXCEEDED"
        assert await sign_in(service, "last@shop.test", source="192.0.2.8") == "CREDENTIALS_INVALID"
        assert await sign_in(service, "last@shop.test") == "CREDENTIALS_INVALID"


async def test_what_is_stored_names_nobody(mongodb_url: str) -> None:
    async with a_service(mongodb_url) as service:
        await guess(service, "nobody@shop.test", 2)
    database = Database(mongodb_url)
    stored = await database.run(lambda db: db["quota_uses"].find().to_list())
    await database.close()
    assert [len(each["uses"]) for each in stored] == [2]
    assert (stored[0]["expire_time"] - max(stored[0]["uses"])).total_seconds() == 900
    assert "nobody" not in json.dumps(stored, default=str)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8:0:0"),
        ("2001:DB8:0:0:ffff:1:2:3", "2001:db8:0:0"),
        ("2001:db8:0:1::", "2001:db8:0:1"),
        ("fe80::1%eth0", "fe80:0:0:0"),
        ("::1", "0:0:0:0"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "64:ff9b:0:0"),
        ("elsewhere", "elsewhere"),
    ],
)
def test_a_source_is_a_network(address: str, counted: str) -> None:
    assert source_of(address) == Party("source", counted)


def test_quotas_are_those_of_the_contract() -> None:
    assert [(quota.name, quota.limit, quota.window.total_seconds()) for quota in quotas_of(SIGN_IN)] == [
        ("wrong_passwords", 10, 900),
        ("sign_ins", 60, 60),
    ]
    with pytest.raises(LookupError):
        quota_named(SIGN_IN, "unknown")
