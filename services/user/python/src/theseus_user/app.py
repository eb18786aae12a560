"""Puts the service together."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from theseus.user.v1 import user_service_pb2, user_service_pb2_grpc

from theseus_user.config import current_signing_keys
from theseus_user.passwords.hasher import PasswordHasher
from theseus_user.passwords.password_hash import DEFAULT_COST
from theseus_user.process.clock import Clock, system_clock
from theseus_user.process.standby_file import StandbyFile
from theseus_user.quotas.quotas import Quotas
from theseus_user.rpc.user_service import UserService
from theseus_user.server.activity import Activity
from theseus_user.server.health import Health
from theseus_user.server.interceptor import ServerContext
from theseus_user.server.server import serve
from theseus_user.sessions.access_token import AccessTokens
from theseus_user.sessions.key_ring import KeyRing
from theseus_user.sessions.sessions import Sessions
from theseus_user.standby import Standby
from theseus_user.store.database import Database
from theseus_user.store.once import Preparation
from theseus_user.store.quota_store import QuotaStore
from theseus_user.store.session_store import SessionStore
from theseus_user.store.user_store import UserStore
from theseus_user.users.bootstrap_admin import ensure_admin
from theseus_user.users.password_change import PasswordChange
from theseus_user.users.registration import Registration

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from theseus_user.config import Config
    from theseus_user.passwords.password_hash import ScryptCost
    from theseus_user.process.listen_address import ListenAddress
    from theseus_user.telemetry.telemetry import Telemetry


_LOG: Final = logging.getLogger("user")


@asynccontextmanager
async def serve_users(
    config: Config, *, clock: Clock = system_clock, telemetry: Telemetry | None = None
) -> AsyncIterator[ListenAddress]:
    """Serves within the block, which gets the address that the service listens on."""
    _log_password_cost(config.password_cost)
    described = user_service_pb2.DESCRIPTOR.services_by_name["UserService"]
    activity = Activity(Health([described.full_name]))
    database = Database(config.mongodb_url)
    users = UserStore(database)
    with PasswordHasher(config.password_cost) as passwords:
        keys = KeyRing(config.signing_keys)
        service = _create_service(config, keys, database, users, passwords, clock)

        async def bootstrap() -> None:
            if config.bootstrap_admin is not None:
                role = config.identity.admin_role
                await ensure_admin(config.bootstrap_admin, role, users=users, passwords=passwords, clock=clock)

        admin_ensured = Preparation(bootstrap)
        standby = Standby(
            config=config,
            file=StandbyFile(config.standby_file),
            activity=activity,
            database=database,
            preparations=(database.indexes, admin_ensured),
        )

        async def probe() -> None:
            await database.ping()
            await admin_ensured()

        try:
            await standby.start()
            async with (
                keys.followed(lambda: current_signing_keys(config)),
                serve(
                    described,
                    lambda server: user_service_pb2_grpc.add_UserServiceServicer_to_server(service, server),
                    listen=config.listen,
                    shared=ServerContext(identity=config.identity, activity=activity, telemetry=telemetry),
                    probe=probe,
                ) as address,
                standby.followed(),
            ):
                yield address
        finally:
            await database.close()


def _create_service(
    config: Config,
    keys: KeyRing,
    database: Database,
    users: UserStore,
    passwords: PasswordHasher,
    clock: Clock,
) -> UserService:
    session_store = SessionStore(database)
    quotas = Quotas(QuotaStore(database), keys, clock)
    access_tokens = AccessTokens(keys, config.token_issuer, config.token_audience)
    return UserService(
        users=users,
        session_store=session_store,
        registration=Registration(users, passwords, clock),
        password_change=PasswordChange(users, session_store, passwords, quotas),
        sessions=Sessions(users, session_store, passwords, quotas, access_tokens, clock),
        signing_keys=keys,
        admin_role=config.identity.admin_role,
        clock=clock,
    )


def _log_password_cost(cost: ScryptCost) -> None:
    fields = {"event": "password-cost", "cost": cost.ln}
    if cost.ln < DEFAULT_COST.ln:
        text = "a new password costs less than the default: scrypt with N = 2^%d instead of 2^%d"
        _LOG.warning(text, cost.ln, DEFAULT_COST.ln, extra=fields)
    else:
        _LOG.info("a new password costs scrypt with N = 2^%d", cost.ln, extra=fields)
