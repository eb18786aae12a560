"""The process follows its standby file."""

from __future__ import annotations

import dataclasses
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import grpc
import pytest
from google.protobuf.descriptor_pb2 import MethodOptions
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from pymongo import AsyncMongoClient
from theseus.user.v1 import user_service_pb2 as pb
from theseus.user.v1 import user_service_pb2_grpc

from tests.running_service import PASSWORD, a_channel, a_config, a_service, acting_as, outcome, registration
from tests.status_details import sent_reason
from theseus_user.process.standby_file import StandbyFile
from theseus_user.users.bootstrap_admin import BootstrapAdmin
from theseus_user.users.user import Profile

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from theseus_user.config import Config

SERVING, NOT_SERVING = HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING
ADMIN = BootstrapAdmin(Profile("root@shop.test", "Root"), PASSWORD)


class Supervisor:
    """Writes the two files that a process in standby looks at."""

    def __init__(self, folder: Path, *, reading: str, writing: str) -> None:
        self._standby, self._url = folder / "standby", folder / "url"
        self._reading, self._writing = reading, writing
        self.enter_standby()

    def config(self, admin: BootstrapAdmin | None = None) -> Config:
        config = a_config("mongodb://127.0.0.1:1/nothing", admin=admin)
        return dataclasses.replace(config, mongodb_url_file=str(self._url), standby_file=str(self._standby))

    def enter_standby(self) -> None:
        self._write_url(self._reading)
        self._standby.touch()

    def leave_standby(self) -> None:
        self._write_url(self._writing)
        self._standby.unlink()

    def _write_url(self, url: str) -> None:
        self._url.write_text(url)
        self._url.chmod(0o600)


@pytest.fixture
def supervisor(tmp_path: Path, mongodb_url: str) -> Supervisor:
    return Supervisor(tmp_path, reading=mongodb_url, writing=mongodb_url)


async def until(channel: grpc.aio.Channel, name: str, status: int) -> None:
    stub: Any = health_pb2_grpc.HealthStub(channel)
    async for now in stub.Watch(HealthCheckRequest(service=name)):
        if now.status == status:
            return
    pytest.fail(f"{name} ends before it is {status}")


async def refusal_of(channel: grpc.aio.Channel, path: str) -> str:
    call: Any = channel.unary_unary(path)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call(b"")
    return f"{refused.value.code().name} {sent_reason(refused.value)}"


async def collections_of(url: str) -> list[str]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    async with client:
        return sorted(await client.get_default_database().list_collection_names())


async def test_in_standby_each_method_that_writes_is_refused(supervisor: Supervisor) -> None:
    service = pb.DESCRIPTOR.services_by_name["UserService"]
    writing = [
        f"/{service.full_name}/{method.name}"
        for method in service.methods
        if method.GetOptions().idempotency_level != MethodOptions.NO_SIDE_EFFECTS
    ]
    async with a_channel(supervisor.config()) as channel:
        # Neither the token, nor the allow list, nor the request is looked at.
        refusals = {path: await refusal_of(channel, path) for path in writing}
    assert len(writing) == 7
    assert set(refusals.values()) == {"UNAVAILABLE SERVICE_UNAVAILABLE"}


async def test_in_standby_reads_are_answered(supervisor: Supervisor, mongodb_url: str) -> None:
    async with a_service(mongodb_url) as active:
        user = await active.CreateUser(registration())
    async with a_channel(supervisor.config()) as channel:
        service = user_service_pb2_grpc.UserServiceStub(channel)
        await until(channel, "", SERVING)
        await until(channel, "active", NOT_SERVING)
        get = pb.GetUserRequest(name=user.name)
        assert await service.GetUser(get, metadata=acting_as(user.name)) == user
        assert (await service.GetJsonWebKeySet(pb.GetJsonWebKeySetRequest())).keys


async def test_in_standby_nothing_is_prepared_in_the_store(supervisor: Supervisor, mongodb_url: str) -> None:
    async with a_channel(supervisor.config(ADMIN)) as channel:
        service = user_service_pb2_grpc.UserServiceStub(channel)
        await until(channel, "", SERVING)
        list_users = pb.ListUsersRequest()
        found = await service.ListUsers(list_users, metadata=acting_as("users/root", "keeper"))
        assert not found.users
        assert await collections_of(mongodb_url) == []
        supervisor.leave_standby()
        await until(channel, "active", SERVING)
        found = await service.ListUsers(list_users, metadata=acting_as("users/root", "keeper"))
        assert [user.email for user in found.users] == [ADMIN.profile.email]
        assert await collections_of(mongodb_url) == ["quota_uses", "refresh_tokens", "sessions", "users"]


async def test_a_process_becomes_active_and_passive_again(supervisor: Supervisor) -> None:
    async with a_channel(supervisor.config()) as channel:
        service = user_service_pb2_grpc.UserServiceStub(channel)
        for _ in range(2):
            await until(channel, "active", NOT_SERVING)
            assert await outcome(service.CreateUser(registration())) == "SERVICE_UNAVAILABLE"
            supervisor.leave_standby()
            await until(channel, "active", SERVING)
            assert await outcome(service.CreateUser(registration())) == "OK"
            supervisor.enter_standby()


async def test_the_store_is_opened_anew_when_the_url_has_changed(tmp_path: Path, mongodb_url: str) -> None:
    elsewhere = urlunsplit(urlsplit(mongodb_url)._replace(path=f"/test_{uuid.uuid4().hex}"))
    supervisor = Supervisor(tmp_path, reading=elsewhere, writing=mongodb_url)
    async with a_channel(supervisor.config()) as channel:
        service = user_service_pb2_grpc.UserServiceStub(channel)
        supervisor.leave_standby()
        await until(channel, "active", SERVING)
        user = await service.CreateUser(registration())
        get = pb.GetUserRequest(name=user.name)
        assert await outcome(service.GetUser(get, metadata=acting_as(user.name))) == "OK"
        supervisor.enter_standby()
        await until(channel, "active", NOT_SERVING)
        assert await outcome(service.GetUser(get, metadata=acting_as(user.name))) == "USER_NOT_FOUND"


async def test_standby_waits_for_writes_under_way(supervisor: Supervisor, hashing_may_go_on: Event) -> None:
    supervisor.leave_standby()
    async with a_channel(supervisor.config()) as channel:
        service = user_service_pb2_grpc.UserServiceStub(channel)
        await until(channel, "active", SERVING)
        request = registration()
        await service.CreateUser(request)
        sign_in = service.SignIn(pb.SignInRequest(email=request.user.email, password=PASSWORD))
        supervisor.enter_standby()
        while await outcome(service.SignOut(pb.SignOutRequest())) != "SERVICE_UNAVAILABLE":
            pass
        health: Any = health_pb2_grpc.HealthStub(channel)
        assert (await health.Check(HealthCheckRequest(service="active"))).status == SERVING
        hashing_may_go_on.set()
        assert await outcome(sign_in) == "OK"
        await until(channel, "active", NOT_SERVING)


def test_a_look_that_fails_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    active = StandbyFile(str(folder / "standby"))
    assert not active.is_there()
    folder.rmdir()
    folder.write_text("a file, in which no other can be looked for")
    unknown = StandbyFile(str(folder / "standby"))
    assert [active.is_there(), active.is_there()] == [False, False]
    assert [unknown.is_there(), unknown.is_there()] == [True, True]
    assert len(caplog.records) == 2
