"""The lines in the log about a call."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import grpc
from theseus.error.v1.error_reason_pb2 import ErrorReason

if TYPE_CHECKING:
    from theseus_user.contract.refusal import Refusal

_LOG: Final = logging.getLogger("user")


def log_call(method: str, caller: str | None, refusal: Refusal | None, seconds: float) -> None:
    """Writes one line for a call. A fault of the service or of its store has one more, with its cause."""
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
