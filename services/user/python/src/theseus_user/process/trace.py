"""The ids of the request that a call belongs to."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from theseus_user.process.new_id import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theseus_user.telemetry.telemetry import CallSpan

_VALID_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
# Its groups are the trace's id, the caller's span and the flags.
TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?"
)


@dataclass(frozen=True, slots=True)
class Trace:
    """The ids are in every line of the log that a call writes."""

    request_id: str
    trace_id: str
    span_id: str | None = None
    """None while nobody is told of calls."""

    @classmethod
    def continued(cls, metadata: Mapping[str, str], span: CallSpan | None = None) -> Self:
        """Takes the caller's ids, those of the trace from the call's span where there is one.

        A missing or invalid one is replaced by a new id.
        """
        given = metadata.get("x-request-id", "")
        request_id = given if _VALID_ID.fullmatch(given) else new_id()
        if span is not None:
            return cls(request_id, span.trace_id, span.span_id)
        parent = TRACEPARENT.fullmatch(metadata.get("traceparent", ""))
        return cls(request_id, parent[1] if parent else secrets.token_hex(16))


current_trace: Final[ContextVar[Trace | None]] = ContextVar("current_trace", default=None)
