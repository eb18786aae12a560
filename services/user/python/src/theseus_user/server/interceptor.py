"""The one way that every call of a service of the contract goes, and its one error boundary."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Final

import grpc
from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import DETAILS_HEADER, Refusal, internal
from theseus_user.process.trace import Trace, current_trace
from theseus_user.server.access import assert_allowed
from theseus_user.server.call import current_principal
from theseus_user.server.identity import caller_of, principal_of
from theseus_user.server.request_reader import read_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from theseus_user.contract.policy import MethodPolicy

    Handler = grpc.RpcMethodHandler[Any, Any]
    Context = grpc.aio.ServicerContext[Any, Any]

_LOG: Final = logging.getLogger("user")


class ContractInterceptor(grpc.aio.ServerInterceptor):
    """Identity, access, deadline, request, handler, response, and one status at the end whatever happens."""

    def __init__(self, policies: Mapping[str, MethodPolicy]) -> None:
        self._policies = policies

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        if handler is None:
            return _UNIMPLEMENTED
        policy = self._policies.get(handler_call_details.method)
        return handler if policy is None else _guarded(handler, policy)


def _guarded(handler: Handler, policy: MethodPolicy) -> Handler:
    """On the wire a single request is a stream as well: so its absence can be refused, and a second one."""

    async def answer(requests: AsyncIterator[bytes], context: Context) -> bytes:
        metadata = _first_values(context)
        current_trace.set(Trace.continued(metadata))
        started = time.perf_counter()
        refusal: Refusal | None = None
        try:
            return await _perform(handler, policy, requests, context, metadata)
        except asyncio.CancelledError:
            left = context.time_remaining()
            late = left is not None and left <= 0
            reason = ErrorReason.DEADLINE_EXCEEDED if late else ErrorReason.CANCELLED
            refusal = Refusal(reason, "the caller has left")
            raise
        except Exception as error:  # noqa: BLE001 - the boundary
            refusal = _to_answer(error, policy)
            await _refuse(refusal, context)
            raise AssertionError from None  # pragma: no cover - abort raises
        finally:
            _report(policy.path, caller_of(metadata), refusal, time.perf_counter() - started)

    return grpc.stream_unary_rpc_method_handler(answer)


async def _perform(
    handler: Handler,
    policy: MethodPolicy,
    requests: AsyncIterator[bytes],
    context: Context,
    metadata: Mapping[str, str],
) -> bytes:
    left: float | None = context.time_remaining()
    try:
        async with asyncio.timeout(policy.timeout_s if left is None else min(left, policy.timeout_s)) as deadline:
            principal = principal_of(metadata)
            assert_allowed(policy.allow, caller_of(metadata), principal)
            current_principal.set(principal)
            request = read_request(policy, await _only(requests))
            response = await handler.unary_unary(request, context)  # type: ignore[misc, arg-type]
            return bytes(response.SerializeToString())
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


def _to_answer(error: Exception, policy: MethodPolicy) -> Refusal:
    """What the method may answer goes out as it is, everything else as INTERNAL with the original as cause."""
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


def _first_values(context: Context) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, value in context.invocation_metadata() or ():
        values.setdefault(key, value if isinstance(value, str) else "")
    return values


def _report(method: str, caller: str | None, refusal: Refusal | None, seconds: float) -> None:
    """One line for each call, and one more with the cause for a fault of ours or of what stands behind us."""
    cause = refusal.__cause__ if refusal else None
    if refusal and refusal.reason == ErrorReason.INTERNAL:
        _LOG.error(
            "the call failed by a fault of this service",
            extra={"event": "fault", "method": method},
            exc_info=cause,
        )
    elif refusal and refusal.code is grpc.StatusCode.UNAVAILABLE and cause is not None:
        _LOG.warning(refusal.message, extra={"event": "unavailable", "method": method}, exc_info=cause)
    fields = {
        "event": "call",
        "method": method,
        "code": refusal.code.name if refusal else "OK",
        "reason": refusal.reason_name if refusal else None,
        "ms": round(seconds * 1000, 3),
        "caller": caller,
    }
    _LOG.info("", extra={key: value for key, value in fields.items() if value is not None})
