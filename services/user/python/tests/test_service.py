"""What callers see of the service, over a real store and real sockets."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import grpc
import jwt
import pytest
from theseus.user.v1 import user_service_pb2 as pb
from theseus.user.v1.user_pb2 import Role, User, UserState

from tests.running_service import KEY, PASSWORD, a_service, acting_as, outcome, registration
from theseus_user.passwords.password_hash import ScryptCost
from theseus_user.users.bootstrap_admin import BootstrapAdmin
from theseus_user.users.user import Profile

if TYPE_CHECKING:
    from threading import Event


async def test_a_request_id_is_remembered(mongodb_url: str) -> None:
    request = registration()
    async with a_service(mongodb_url) as service:
        first = await service.CreateUser(request)
    async with a_service(mongodb_url) as service:
        assert await service.CreateUser(request) == first
        request.user.password += "!"
        assert await outcome(service.CreateUser(request)) == "REQUEST_ID_REUSED"


async def test_an_address_has_one_winner(mongodb_url: str) -> None:
    request = registration()
    rivals = []
    for _ in range(8):
        rival = pb.CreateUserRequest()
        rival.CopyFrom(request)
        rival.request_id = str(uuid.uuid4())
        rivals.append(rival)
    async with a_service(mongodb_url) as service:
        outcomes = await asyncio.gather(*(outcome(service.CreateUser(rival)) for rival in rivals))
    assert Counter(outcomes) == {"OK": 1, "EMAIL_TAKEN": 7}


async def test_a_refresh_token_has_one_winner_and_the_session_ends(mongodb_url: str) -> None:
    request = registration()
    async with a_service(mongodb_url) as service:
        await service.CreateUser(request)
        sign_in = pb.SignInRequest(email=request.user.email.upper(), password=PASSWORD)
        session = await service.SignIn(sign_in)
        refresh = pb.RefreshSessionRequest(refresh_token=session.refresh_token)
        calls = [service.RefreshSession(refresh) for _ in range(8)]
        outcomes = await asyncio.gather(*map(outcome, calls))
        assert Counter(outcomes) == {"OK": 1, "SESSION_INVALID": 7}
        winner = await calls[outcomes.index("OK")]
        late = pb.RefreshSessionRequest(refresh_token=winner.refresh_token)
        assert await outcome(service.RefreshSession(late)) == "SESSION_INVALID"


async def test_an_etag_has_one_winner(mongodb_url: str) -> None:
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(registration())
        updates = [
            pb.UpdateUserRequest(user=User(name=user.name, display_name=str(n), etag=user.etag)) for n in range(8)
        ]
        me = acting_as(user.name)
        outcomes = await asyncio.gather(*(outcome(service.UpdateUser(each, metadata=me)) for each in updates))
    assert Counter(outcomes) == {"OK": 1, "ETAG_MISMATCH": 7}


async def test_hashing_keeps_nobody_else_waiting(mongodb_url: str, hashing_may_go_on: Event) -> None:
    nobodies = [pb.SignInRequest(email=f"nobody{n}@shop.test", password=PASSWORD) for n in range(24)]
    async with a_service(mongodb_url) as service:
        sign_ins = [asyncio.create_task(outcome(service.SignIn(nobody))) for nobody in nobodies]
        # Calls that find the queue full are refused at once.
        refused = [await each for each in islice(asyncio.as_completed(sign_ins), 6)]
        assert refused == ["RATE_LIMITED"] * 6
        await service.GetJsonWebKeySet(pb.GetJsonWebKeySetRequest())
        assert sum(task.done() for task in sign_ins) == 6
        hashing_may_go_on.set()
        assert Counter(await asyncio.gather(*sign_ins)) == {"RATE_LIMITED": 6, "CREDENTIALS_INVALID": 18}


async def test_a_password_is_verified_by_the_cost_of_its_hash(mongodb_url: str) -> None:
    request = registration()
    async with a_service(mongodb_url, ScryptCost(11)) as service:
        await service.CreateUser(request)
    async with a_service(mongodb_url, ScryptCost(10)) as service:
        sign_in = pb.SignInRequest(email=request.user.email, password=PASSWORD)
        assert await outcome(service.SignIn(sign_in)) == "OK"
        sign_in.password += "!"
        assert await outcome(service.SignIn(sign_in)) == "CREDENTIALS_INVALID"


async def test_a_store_that_is_gone_is_reported_at_once() -> None:
    async with a_service("mongodb://127.0.0.1:1/gone") as service:
        started = time.perf_counter()
        get = service.GetUser(pb.GetUserRequest(name="users/ada"), metadata=acting_as("users/ada"))
        assert await outcome(get) == "SERVICE_UNAVAILABLE"
        assert time.perf_counter() - started < 1.5


async def test_somebody_else_and_nobody_are_one_answer(mongodb_url: str) -> None:
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(registration())
        answers = []
        for name in (user.name, "users/nobody"):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await service.GetUser(pb.GetUserRequest(name=name), metadata=acting_as("users/eve"))
            answers.append((refused.value.code(), refused.value.details(), refused.value.trailing_metadata()))
        assert answers[0] == answers[1]


async def test_a_password_is_never_answered(mongodb_url: str) -> None:
    request = registration()
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(request)
        me = acting_as(user.name)
        change = User(name=user.name, display_name="Bea", password="another horse battery")
        answers = [
            user,
            await service.CreateUser(request),
            await service.GetUser(pb.GetUserRequest(name=user.name), metadata=me),
            await service.UpdateUser(pb.UpdateUserRequest(user=change), metadata=me),
        ]
        assert [(answer.password, answer.display_name) for answer in answers] == [("", "Ada")] * 3 + [("", "Bea")]
        sign_in = pb.SignInRequest(email=request.user.email, password=PASSWORD)
        assert await outcome(service.SignIn(sign_in)) == "OK"


async def test_a_deleted_user_is_answered_as_they_are(mongodb_url: str) -> None:
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(registration())
        me = acting_as(user.name)
        gone = await service.DeleteUser(pb.DeleteUserRequest(name=user.name), metadata=me)
        assert gone == User(
            name=user.name,
            state=UserState.USER_STATE_DELETED,
            roles=[Role.ROLE_CUSTOMER],
            create_time=user.create_time,
            update_time=gone.delete_time,
            delete_time=gone.delete_time,
            etag="2",
        )
        assert await service.GetUser(pb.GetUserRequest(name=user.name), metadata=me) == gone
        assert await outcome(service.DeleteUser(pb.DeleteUserRequest(name=user.name), metadata=me)) == "USER_NOT_FOUND"
        again = pb.DeleteUserRequest(name=user.name, allow_missing=True)
        assert await service.DeleteUser(again, metadata=me) == gone
        assert await service.DeleteUser(again, metadata=acting_as("users/eve")) == User()


async def test_the_first_administrator_has_the_role_that_makes_one(mongodb_url: str) -> None:
    root = BootstrapAdmin(Profile("root@shop.test", "Root"), PASSWORD)
    async with a_service(mongodb_url, admin=root) as service:
        session = await service.SignIn(pb.SignInRequest(email=root.profile.email, password=PASSWORD))
        claims = jwt.decode(
            session.access_token,
            KEY.private_key.public_key(),
            algorithms=["ES256"],
            audience="the shop",
            issuer="https://issuer.test",
        )
        assert (claims["sub"], claims["roles"]) == (session.user, ["customer", "keeper"])
        listed = await service.ListUsers(pb.ListUsersRequest(), metadata=acting_as(session.user, *claims["roles"]))
        assert [list(user.roles) for user in listed.users] == [[Role.ROLE_CUSTOMER, Role.ROLE_ADMIN]]
        assert await outcome(service.ListUsers(pb.ListUsersRequest(), metadata=acting_as(session.user, "admin"))) == (
            "CALLER_DENIED"
        )
