"""The service over a real store and real sockets, within this process."""

from __future__ import annotations

import base64
import json
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc
from cryptography.hazmat.primitives.asymmetric import ec
from theseus.user.v1 import user_service_pb2 as pb
from theseus.user.v1 import user_service_pb2_grpc
from theseus.user.v1.user_pb2 import User

from tests.status_details import sent_reason
from theseus_user.app import serve_users
from theseus_user.config import Config
from theseus_user.passwords.password_hash import ScryptCost
from theseus_user.process.clock import system_clock
from theseus_user.process.listen_address import TcpAddress
from theseus_user.server.identity import Identity
from theseus_user.sessions.signing_keys import SigningKey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from theseus_user.process.clock import Clock
    from theseus_user.telemetry.telemetry import Telemetry
    from theseus_user.users.bootstrap_admin import BootstrapAdmin

PASSWORD = "correct horse battery"
CHEAP = ScryptCost(10)
KEY = SigningKey("one", ec.generate_private_key(ec.SECP256R1()), "x", "y")


@asynccontextmanager
async def a_service(
    url: str, cost: ScryptCost = CHEAP, admin: BootstrapAdmin | None = None, clock: Clock = system_clock
) -> AsyncIterator[Any]:
    async with a_channel(a_config(url, cost, admin), clock) as channel:
        yield user_service_pb2_grpc.UserServiceStub(channel)


def a_config(url: str, cost: ScryptCost = CHEAP, admin: BootstrapAdmin | None = None) -> Config:
    return Config(
        listen=TcpAddress("127.0.0.1", 0),
        mongodb_url=url,
        mongodb_url_file=None,
        standby_file=None,
        signing_keys=(KEY,),
        signing_keys_file="/nowhere",
        bootstrap_admin=admin,
        identity=Identity(trust_domain="mesh.test", subject_prefix="users/", admin_role="keeper"),
        token_issuer="https://issuer.test",
        token_audience="the shop",
        password_cost=cost,
        telemetry=None,
        log_level=20,
    )


@asynccontextmanager
async def a_channel(
    config: Config, clock: Clock = system_clock, telemetry: Telemetry | None = None
) -> AsyncIterator[grpc.aio.Channel]:
    """Leads to a service of its own."""
    direct = [("grpc.enable_http_proxy", 0)]
    async with (
        serve_users(config, clock=clock, telemetry=telemetry) as address,
        grpc.aio.insecure_channel(str(address), direct) as channel,
    ):
        yield channel


def registration() -> pb.CreateUserRequest:
    user = User(email=f"{uuid.uuid4()}@Shop.test", display_name="Ada", password=PASSWORD)
    return pb.CreateUserRequest(user=user, request_id=str(uuid.uuid4()))


def acting_as(user: str, *roles: str, session: str = "none") -> tuple[tuple[str, str], ...]:
    claims = json.dumps({"sub": user, "roles": roles or ("customer",), "sid": session})
    return (("x-theseus-claims", base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")),)


async def outcome(call: Awaitable[object]) -> str:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return sent_reason(error)
    return "OK"
