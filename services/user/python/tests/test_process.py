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
from grpc_health.v1 import health_pb2
from theseus.user.v1 import user_service_pb2 as pb
from theseus.user.v1 import user_service_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PASSWORD = "correct horse battery"
# A key for tests, known to everybody.
JWK = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "one",
    "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
    "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    "d": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE",
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


def secret(path: Path, content: object, mode: int = 0o600) -> str:
    path.write_text(json.dumps(content))
    path.chmod(mode)
    return str(path)


async def lines_of(process: asyncio.subprocess.Process) -> list[dict[str, Any]]:
    output, _ = await process.communicate()
    return [json.loads(line) for line in output.splitlines()]


async def test_all_faults_of_the_configuration_are_told_at_once(tmp_path: Path) -> None:
    keys = secret(tmp_path / "keys.json", {"keys": [JWK]}, 0o644)
    async with launched(LISTEN="nowhere", SIGNING_KEYS=keys, BOOTSTRAP_ADMIN="/nowhere", LOG_LEVEL="loud") as process:
        lines = await lines_of(process)
    assert process.returncode == 78
    assert [line["variable"] for line in lines] == [
        "LISTEN",
        "MONGODB_URL",
        "SIGNING_KEYS",
        "BOOTSTRAP_ADMIN",
        "LOG_LEVEL",
    ]


async def test_a_fault_is_told_in_utf8_whatever_the_locale(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text("[" * 2000 + "]" * 2000)
    keys.chmod(0o600)
    variables = {"LISTEN": "\udcff", "MONGODB_URL": "mongodb://127.0.0.1/x", "SIGNING_KEYS": str(keys)}
    async with launched(**variables, PYTHONIOENCODING="latin-1") as process:
        lines = await lines_of(process)
    assert process.returncode == 78
    assert [line["variable"] for line in lines] == ["LISTEN", "SIGNING_KEYS"]
    assert "…" in lines[1]["msg"]


async def test_a_running_call_is_finished_and_nothing_private_is_logged(mongodb_url: str, tmp_path: Path) -> None:
    keys = secret(tmp_path / "keys.json", {"keys": [JWK]})
    root = {"email": "root@shop.test", "display_name": "Root", "password": PASSWORD}
    admin = secret(tmp_path / "admin.json", root)
    address = f"unix:{tmp_path}/app.sock"
    variables = {"LISTEN": address, "MONGODB_URL": mongodb_url, "SIGNING_KEYS": keys, "BOOTSTRAP_ADMIN": admin}
    async with launched(**variables, LOG_LEVEL="trace") as process, grpc.aio.insecure_channel(address) as channel:
        assert process.stdout is not None
        first = json.loads(await process.stdout.readline())
        assert (first["event"], first["address"]) == ("listening", address)
        assert stat.S_IMODE((tmp_path / "app.sock").stat().st_mode) == 0o600
        await serving(channel)
        service = user_service_pb2_grpc.UserServiceStub(channel)
        sign_in = service.CreateSession(pb.CreateSessionRequest(email=root["email"], password=PASSWORD))
        # On the same connection: the call before it has arrived when this one is answered.
        await service.GetJsonWebKeySet(pb.GetJsonWebKeySetRequest())
        process.send_signal(signal.SIGTERM)
        session = await sign_in
        lines = await lines_of(process)
    assert process.returncode == 0
    assert lines[-1]["event"] == "stopped"
    log = json.dumps(lines)
    for private in (root["email"], PASSWORD, session.refresh_token, session.access_token):
        assert private not in log


async def serving(channel: grpc.aio.Channel) -> None:
    """Waits until health says so: the administrator exists by then."""
    watch = channel.unary_stream(
        "/grpc.health.v1.Health/Watch",
        health_pb2.HealthCheckRequest.SerializeToString,
        health_pb2.HealthCheckResponse.FromString,
    )
    async for answer in watch(health_pb2.HealthCheckRequest()):
        if answer.status == health_pb2.HealthCheckResponse.SERVING:
            return
