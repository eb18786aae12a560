"""grpc.health.v1, without a server around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from theseus_user.server.health import Health

if TYPE_CHECKING:
    import grpc

SERVING, NOT_SERVING = HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING


@pytest.fixture
def context() -> grpc.aio.ServicerContext[Any, Any]:
    """A watch does not use it."""
    return None  # type: ignore[return-value]


@pytest.mark.parametrize("told", [True, False])
async def test_a_watch_ends_with_not_serving(context: grpc.aio.ServicerContext[Any, Any], *, told: bool) -> None:
    health = Health(["shop"])
    await health.set_serving(serving=True)
    watch = health.Watch(HealthCheckRequest(service="shop"), context)
    # An answer counts as being sent until the next one is requested.
    assert (await anext(watch)).status == SERVING
    if told:
        await health.set_serving(serving=False)
        assert (await anext(watch)).status == NOT_SERVING
        await health.set_serving(serving=True)
        assert (await anext(watch)).status == SERVING
    await health.stop()
    assert [answer.status async for answer in watch] == [NOT_SERVING]


async def test_serving_does_not_come_back_after_the_stop(context: grpc.aio.ServicerContext[Any, Any]) -> None:
    health = Health(["shop"])
    await health.stop()
    await health.set_serving(serving=True)
    assert (await health.Check(HealthCheckRequest(), context)).status == NOT_SERVING
