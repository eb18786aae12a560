"""The launch protocol."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from theseus.user.v1 import user_service_pb2 as pb
from theseus.user.v1 import user_service_pb2_grpc

from tests.conftest import JWK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

PASSWORD = "correct horse battery"
# A key for tests only, as its neighbour in conftest.py: its private number is 2.
OTHER_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "two",
    "x": "fPJ7GI0DT36KUjgDBLUaw8CJaeJ38hs1pgtI_EdmmXg",
    "y": "B3dVENuO0EApPZrGn3Qw27p9reY86YIpngS3nSJ4c9E",
    "d": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI",
}
IDENTITY = {
    "TRUST_DOMAIN": "mesh.test",
    "TOKEN_SUBJECT_PREFIX": "users/",
    "ADMIN_ROLE": "keeper",
    "TOKEN_ISSUER": "https://issuer.test",
    "TOKEN_AUDIENCE": "the shop",
}


@asynccontextmanager
async def launched(**variables: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {"PATH": os.environ["PATH"], **variables}
    command = (sys.executable, "-m", "theseus_user")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def lines_of(process: asyncio.subprocess.Process) -> list[dict[str, Any]]:
    output, _ = await process.communicate()
    return [json.loads(line) for line in output.splitlines()]


async def test_all_faults_of_the_configuration_are_reported_at_once(private_file: Callable[..., str]) -> None:
    variables = {
        "LISTEN": "nowhere",
        "SIGNING_KEYS": private_file("", 0o644),
        "BOOTSTRAP_ADMIN": "/nowhere",
        "TRUST_DOMAIN": "mesh.test",
        "PASSWORD_COST": "9",
        "LOG_LEVEL": "loud",
    }
    async with launched(**variables) as process:
        lines = await lines_of(process)
    assert process.returncode == 78
    assert [line["variable"] for line in lines] == [
        "LISTEN",
        "MONGODB_URL",
        "SIGNING_KEYS",
        "BOOTSTRAP_ADMIN",
        "TOKEN_SUBJECT_PREFIX",
        "ADMIN_ROLE",
        "TOKEN_ISSUER",
        "TOKEN_AUDIENCE",
        "PASSWORD_COST",
        "LOG_LEVEL",
    ]


async def test_a_fault_is_reported_in_utf8_whatever_the_locale(private_file: Callable[..., str]) -> None:
    keys = private_file("[" * 2000 + "]" * 2000)
    variables = {"LISTEN": "\udcff", "MONGODB_URL": "mongodb://127.0.0.1/x", "SIGNING_KEYS": keys}
    async with launched(**variables, **IDENTITY, PYTHONIOENCODING="latin-1") as process:
        lines = await lines_of(process)
    assert process.returncode == 78
    assert [line["variable"] for line in lines] == ["LISTEN", "SIGNING_KEYS"]
    assert "…" in lines[1]["msg"]


async def test_a_running_call_is_finished_and_nothing_private_is_logged(
    mongodb_url: str, signing_keys: str, private_file: Callable[..., str], tmp_path: Path
) -> None:
    root = {"email": "root@shop.test", "display_name": "Root", "password": PASSWORD}
    address = f"unix:{tmp_path}/app.sock"
    variables = {
        "LISTEN": address,
        "MONGODB_URL": mongodb_url,
        "SIGNING_KEYS": signing_keys,
        "BOOTSTRAP_ADMIN": private_file(json.dumps(root)),
        "LOG_LEVEL": "trace",
        "PASSWORD_COST": "10",
        **IDENTITY,
    }
    async with launched(**variables) as process, grpc.aio.insecure_channel(address) as channel:
        assert process.stdout is not None
        first = json.loads(await process.stdout.readline())
        assert (first["event"], first["address"]) == ("listening", address)
        assert stat.S_IMODE((tmp_path / "app.sock").stat().st_mode) == 0o600
        await serving(channel)
        service = user_service_pb2_grpc.UserServiceStub(channel)
        sign_in = service.SignIn(pb.SignInRequest(email=root["email"], password=PASSWORD))
        # It is on the same connection: when it is answered, the call before it has arrived.
        await service.GetJsonWebKeySet(pb.GetJsonWebKeySetRequest())
        process.send_signal(signal.SIGTERM)
        session = await sign_in
        lines = await lines_of(process)
    assert process.returncode == 0
    assert lines[-1]["event"] == "stopped"
    log = json.dumps(lines)
    for private in (root["email"], PASSWORD, session.refresh_token, session.access_token):
        assert private not in log


@pytest.mark.parametrize(("given", "cost", "level"), [("", 17, "info"), ("16", 16, "warn"), ("18", 18, "info")])
async def test_a_start_says_what_a_password_costs(
    signing_keys: str, tmp_path: Path, given: str, cost: int, level: str
) -> None:
    variables = {
        "LISTEN": f"unix:{tmp_path}/app.sock",
        "MONGODB_URL": "mongodb://127.0.0.1:1/gone",
        "SIGNING_KEYS": signing_keys,
        "PASSWORD_COST": given,
        **IDENTITY,
    }
    async with launched(**variables) as process:
        assert process.stdout is not None
        assert json.loads(await process.stdout.readline())["event"] == "listening"
        process.send_signal(signal.SIGTERM)
        lines = await lines_of(process)
    assert [(line["cost"], line["level"]) for line in lines if line["event"] == "password-cost"] == [(cost, level)]


async def test_the_keys_are_read_again_when_their_file_is_replaced(
    signing_keys: str, private_file: Callable[..., str], tmp_path: Path
) -> None:
    address = f"unix:{tmp_path}/app.sock"
    variables = {
        "LISTEN": address,
        "MONGODB_URL": "mongodb://127.0.0.1:1/gone",
        "SIGNING_KEYS": signing_keys,
        **IDENTITY,
    }
    async with launched(**variables) as process, grpc.aio.insecure_channel(address) as channel:
        assert process.stdout is not None
        await process.stdout.readline()
        service = user_service_pb2_grpc.UserServiceStub(channel)

        async def published() -> list[str]:
            return [key.kid for key in (await service.GetJsonWebKeySet(pb.GetJsonWebKeySetRequest())).keys]

        assert await published() == ["one"]
        rotated = {"keys": [OTHER_JWK, JWK], "retired": {"one": "2026-11-21T12:00:00Z"}}
        os.replace(private_file(json.dumps(rotated)), signing_keys)  # noqa: PTH105
        async with asyncio.timeout(10):
            await line_with(process.stdout, event="signing-keys", kid="two")
        assert await published() == ["two", "one"]
        os.replace(private_file('{"keys":[]}'), signing_keys)  # noqa: PTH105
        async with asyncio.timeout(10):
            await line_with(process.stdout, event="config", variable="SIGNING_KEYS")
        assert await published() == ["two", "one"]


async def test_a_receiver_that_is_gone_is_one_line_of_the_log(signing_keys: str, tmp_path: Path) -> None:
    address = f"unix:{tmp_path}/app.sock"
    variables = {
        "LISTEN": address,
        "MONGODB_URL": "mongodb://127.0.0.1:1/gone",
        "SIGNING_KEYS": signing_keys,
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
        "OTEL_BSP_SCHEDULE_DELAY": "1",
        "OTEL_BLRP_SCHEDULE_DELAY": "1",
        **IDENTITY,
    }
    async with launched(**variables) as process, grpc.aio.insecure_channel(address) as channel:
        assert process.stdout is not None
        await process.stdout.readline()
        service = user_service_pb2_grpc.UserServiceStub(channel)
        await service.GetJsonWebKeySet(pb.GetJsonWebKeySetRequest())
        async with asyncio.timeout(10):
            await line_with(process.stdout, event="telemetry", level="warn")
        await service.GetJsonWebKeySet(pb.GetJsonWebKeySetRequest())
        process.send_signal(signal.SIGTERM)
        lines = await lines_of(process)
    assert process.returncode == 0
    assert "telemetry" not in [line.get("event") for line in lines]


async def line_with(output: asyncio.StreamReader, **fields: str) -> None:
    """Reads lines until one has these fields."""
    while not fields.items() <= json.loads(await output.readline()).items():
        pass


async def serving(channel: grpc.aio.Channel) -> None:
    """Waits until health says SERVING. Then the administrator exists."""
    watch = channel.unary_stream(
        "/grpc.health.v1.Health/Watch",
        health_pb2.HealthCheckRequest.SerializeToString,
        health_pb2.HealthCheckResponse.FromString,
    )
    async for answer in watch(health_pb2.HealthCheckRequest()):
        if answer.status == health_pb2.HealthCheckResponse.SERVING:
            return
