"""The call that a task answers."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.new_id import new_id
from theseus_user.rpc.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theseus_user.rpc.identity import Principal

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a call stands in its request: every line of its log says so."""

    request_id: str
    trace_id: str

    @classmethod
    def continued(cls, metadata: Mapping[str, str]) -> Self:
        """The caller's ids where they can be believed, else new ones."""
        given = metadata.get("x-request-id", "")
        parent = _TRACEPARENT.fullmatch(metadata.get("traceparent", ""))
        return cls(
            request_id=given if _SANE_ID.fullmatch(given) else new_id(),
            trace_id=parent[1] if parent else secrets.token_hex(16),
        )


current_trace: Final[ContextVar[Trace | None]] = ContextVar("current_trace", default=None)
current_principal: Final[ContextVar[Principal | None]] = ContextVar("current_principal", default=None)


def require_user() -> Principal:
    principal = current_principal.get()
    if principal is None:
        raise Refusal(ErrorReason.TOKEN_MISSING, "an access token is needed")
    return principal
