"""grpc.health.v1, which says what probes of the store find."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

_LOG: Final = logging.getLogger("user")


# The name whose health tells whether the process is active or in standby.
ACTIVE: Final = "active"


class Health(health_pb2_grpc.HealthServicer):
    """One status for all services of the process, NOT_SERVING until `set_serving`, and one for `active`."""

    def __init__(self, services: Iterable[str]) -> None:
        self._known = frozenset({"", *services})
        self._changed = asyncio.Condition()
        self._serving = False
        self._active = False
        self._stopped = False

    async def set_serving(self, *, serving: bool) -> None:
        async with self._changed:
            self._serving = serving and not self._stopped
            self._changed.notify_all()

    async def set_active(self, *, active: bool) -> None:
        async with self._changed:
            self._active = active and not self._stopped
            self._changed.notify_all()

    async def stop(self) -> None:
        """Sets NOT_SERVING for good. Watches send it and end."""
        self._stopped = True
        self._active = False
        await self.set_serving(serving=False)

    async def Check(  # noqa: N802
        self, request: HealthCheckRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> HealthCheckResponse:
        status = self._status_of(request.service)
        if status == HealthCheckResponse.SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return HealthCheckResponse(status=status)

    async def Watch(  # noqa: N802
        self, request: HealthCheckRequest, _context: grpc.aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[HealthCheckResponse]:
        last = None
        while True:
            now = self._status_of(request.service)
            if now != last:
                last = now
                yield HealthCheckResponse(status=now)
                # The status may have changed while this was sent.
                continue
            if self._stopped:
                return
            async with self._changed:
                if not self._stopped and self._status_of(request.service) == last:
                    await self._changed.wait()

    def _status_of(self, service: str) -> int:
        if service == ACTIVE:
            serving = self._active
        elif service in self._known:
            serving = self._serving
        else:
            return HealthCheckResponse.SERVICE_UNKNOWN
        return HealthCheckResponse.SERVING if serving else HealthCheckResponse.NOT_SERVING


@asynccontextmanager
async def monitored(health: Health, probe: Callable[[], Awaitable[None]], every_s: float) -> AsyncIterator[None]:
    """Sets health to what each probe finds. The block begins after the first probe, whatever that found."""
    first = await _probe_once(probe, every_s)
    await health.set_serving(serving=first is None)
    task = asyncio.create_task(_probe_repeatedly(health, probe, every_s, logged_serving=True))
    try:
        yield
    finally:
        task.cancel()


async def _probe_repeatedly(
    health: Health, probe: Callable[[], Awaitable[None]], every_s: float, *, logged_serving: bool
) -> None:
    while True:
        await asyncio.sleep(every_s)
        fault = await _probe_once(probe, every_s)
        serving = fault is None
        await health.set_serving(serving=serving)
        if serving != logged_serving:
            level, text = (
                (logging.INFO, "the store answers") if serving else (logging.WARNING, "the store does not answer")
            )
            _LOG.log(level, text, extra={"event": "health", "serving": serving}, exc_info=fault)
            logged_serving = serving


async def _probe_once(probe: Callable[[], Awaitable[None]], limit_s: float) -> Exception | None:
    try:
        await asyncio.wait_for(probe(), limit_s)
    except Exception as error:  # noqa: BLE001 - whatever it is, it does not serve
        return error
    return None
