"""The pipeline that every call takes, and the one place where errors become statuses."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import grpc
from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import DETAILS_HEADER, Refusal, internal
from theseus_user.process.trace import Trace, current_trace
from theseus_user.server.access import assert_allowed
from theseus_user.server.call import current_principal, current_source
from theseus_user.server.call_log import log_call
from theseus_user.server.request_reader import read_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from theseus_user.contract.policy import MethodPolicy
    from theseus_user.server.activity import Activity
    from theseus_user.server.identity import Identity
    from theseus_user.telemetry.telemetry import Telemetry

    Handler = grpc.RpcMethodHandler[Any, Any]
    Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerContext:
    """What calls share with the server that answers them."""

    identity: Identity
    activity: Activity
    telemetry: Telemetry | None
    """Who is told of each call; None for nobody."""


class ContractInterceptor(grpc.aio.ServerInterceptor):
    """Puts methods with a policy behind the pipeline. Health and reflection have none and keep their handlers."""

    def __init__(self, policies: Mapping[str, MethodPolicy], shared: ServerContext) -> None:
        self._policies = policies
        self._shared = shared

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        if handler is None:
            return _UNIMPLEMENTED
        policy = self._policies.get(handler_call_details.method)
        if policy is None:
            return handler
        # As a stream, so that a missing or a second request is refused with a reason.
        return grpc.stream_unary_rpc_method_handler(_Method(handler, policy, self._shared).answer)


@dataclass(frozen=True, slots=True)
class _Method:
    """A method behind the pipeline."""

    handler: Handler
    policy: MethodPolicy
    shared: ServerContext

    async def answer(self, requests: AsyncIterator[bytes], context: Context) -> bytes:
        """Every call ends with one status and one line in the log, and is one span where somebody is told."""
        metadata = _joined_values(context)
        telemetry = self.shared.telemetry
        span = telemetry.answering(self.policy.path, metadata.get("traceparent", "")) if telemetry else None
        trace = Trace.continued(metadata, span)
        current_trace.set(trace)
        caller = self.shared.identity.caller_of(metadata)
        started = time.perf_counter()
        refusal: Refusal | None = None
        try:
            with nullcontext() if self.policy.read_only else self.shared.activity.writing():
                return await self._answer(metadata, caller, requests, context)
        except asyncio.CancelledError:
            left = context.time_remaining()
            late = left is not None and left <= 0
            reason = ErrorReason.DEADLINE_EXCEEDED if late else ErrorReason.CANCELLED
            refusal = Refusal(reason, "the caller has left")
            raise
        except Exception as error:  # noqa: BLE001 - the boundary
            refusal = _to_refusal(error, self.policy)
            await _refuse(refusal, context)
            raise AssertionError from None  # pragma: no cover - abort raises
        finally:
            if span is not None:
                code = refusal.code.name if refusal else "OK"
                span.end(code, refusal.reason_name if refusal else None, trace.request_id)
            log_call(self.policy.path, caller, refusal, time.perf_counter() - started)

    async def _answer(
        self, metadata: dict[str, str], caller: str | None, requests: AsyncIterator[bytes], context: Context
    ) -> bytes:
        async with self._deadline(context):
            principal = self.shared.identity.principal_of(metadata)
            assert_allowed(self.policy.allow, caller, principal)
            current_principal.set(principal)
            current_source.set(metadata.get("x-theseus-source"))
            request = read_request(self.policy, await _only(requests))
            response = await self.handler.unary_unary(request, context)  # type: ignore[misc, arg-type]
            return bytes(response.SerializeToString())

    @asynccontextmanager
    async def _deadline(self, context: Context) -> AsyncIterator[None]:
        """Ends the call after the method's timeout, or at the caller's deadline when that is earlier."""
        left: float | None = context.time_remaining()
        timeout_s = self.policy.timeout.total_seconds()
        try:
            async with asyncio.timeout(timeout_s if left is None else min(left, timeout_s)) as deadline:
                yield
        except TimeoutError as error:
            if not deadline.expired():
                raise
            raise Refusal(ErrorReason.DEADLINE_EXCEEDED, "the deadline has passed") from error


async def _only(requests: AsyncIterator[bytes]) -> bytes:
    only = await anext(requests, None)
    if only is None:
        raise Refusal(ErrorReason.REQUEST_MALFORMED, "the request has no message")
    if await anext(requests, None) is not None:
        raise Refusal(ErrorReason.REQUEST_MALFORMED, "the request has more than one message")
    return only


def _to_refusal(error: Exception, policy: MethodPolicy) -> Refusal:
    """Keeps a refusal that the method may answer. Every other error becomes the cause of INTERNAL."""
    if isinstance(error, Refusal) and policy.may_answer(error.reason):
        return error
    answer = internal()
    answer.__cause__ = error
    return answer


async def _refuse(refusal: Refusal, context: Context) -> None:
    trailers = ((DETAILS_HEADER, refusal.details()),)
    await context.abort(refusal.code, refusal.message, trailers)


async def _refuse_unknown(_requests: AsyncIterator[bytes], context: Context) -> None:
    await _refuse(Refusal(ErrorReason.UNIMPLEMENTED, "there is no such method"), context)


_UNIMPLEMENTED: Final[grpc.RpcMethodHandler[Any, Any]] = grpc.stream_unary_rpc_method_handler(_refuse_unknown)


def _joined_values(context: Context) -> dict[str, str]:
    """The values of a header that comes several times are joined with commas, as HTTP says."""
    values: dict[str, str] = {}
    for key, value in context.invocation_metadata() or ():
        text = value if isinstance(value, str) else ""
        values[key] = f"{values[key]}, {text}" if key in values else text
    return values
