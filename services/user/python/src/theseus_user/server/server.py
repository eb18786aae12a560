"""A server for one service of the contract, with health and reflection beside it."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

import grpc
from grpc_health.v1 import health_pb2_grpc

from theseus_user.contract.descriptors import contract_files
from theseus_user.contract.policy import policies_of
from theseus_user.process.environment import ConfigError, ConfigFault
from theseus_user.process.listen_address import TcpAddress, UnixAddress, remove_stale_socket
from theseus_user.server.health import monitored
from theseus_user.server.interceptor import ContractInterceptor
from theseus_user.server.reflection import add_reflection
from theseus_user.server.request_reader import warm_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from google.protobuf.descriptor import ServiceDescriptor

    from theseus_user.process.listen_address import ListenAddress
    from theseus_user.server.interceptor import ServerContext

# The largest message that gRPC takes by default.
_DEFAULT_FRAME_BYTES: Final = 4 * 1024 * 1024
_PROBE_EVERY_S: Final = 1.0
_DRAIN_S: Final = 8.0


@asynccontextmanager
async def serve(
    service: ServiceDescriptor,
    add_to: Callable[[grpc.aio.Server], None],
    *,
    listen: ListenAddress,
    shared: ServerContext,
    probe: Callable[[], Awaitable[None]],
) -> AsyncIterator[ListenAddress]:
    """Serves within the block, which gets the address with the actual port.

    At the end it sets NOT_SERVING and waits for running calls. After the drain time it cancels them.
    """
    policies = policies_of(service)
    for policy in policies.values():
        warm_up(policy)
    largest = max(policy.max_request_bytes for policy in policies.values())
    server = grpc.aio.server(interceptors=[ContractInterceptor(policies, shared)], options=_options(largest))
    add_to(server)
    health = shared.activity.health
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    add_reflection(server, contract_files(), [service.full_name])
    async with monitored(health, probe, _PROBE_EVERY_S):
        address = _bind(server, listen)
        await server.start()
        try:
            yield address
        finally:
            await health.stop()
            await server.stop(_DRAIN_S)


def _bind(server: grpc.aio.Server, listen: ListenAddress) -> ListenAddress:
    try:
        if isinstance(listen, TcpAddress):
            return TcpAddress(listen.host, server.add_insecure_port(str(listen)))
        return _bind_privately(server, listen)
    except (OSError, RuntimeError) as error:
        problem = f"cannot listen there: {error}"
        raise ConfigError([ConfigFault("LISTEN", problem, given=str(listen))]) from error


def _bind_privately(server: grpc.aio.Server, listen: UnixAddress) -> UnixAddress:
    """After a chmod it would be too late: others could connect before it."""
    remove_stale_socket(listen.path)
    with _umask(0o177):
        server.add_insecure_port(str(listen))
    return listen


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def _options(largest_request: int) -> list[tuple[str, int]]:
    return [
        # Two processes must not share a port.
        ("grpc.so_reuseport", 0),
        # Above the limit of every method, so that the interceptor can refuse what is too large with a reason.
        ("grpc.max_receive_message_length", max(_DEFAULT_FRAME_BYTES, 2 * largest_request)),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_concurrent_streams", 1000),
        ("grpc.max_metadata_size", 65536),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        # Clients and sidecars may ping to see whether a connection is alive.
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 5000),
    ]
