"""The call that a task answers."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal

if TYPE_CHECKING:
    from theseus_user.server.identity import Principal

current_principal: Final[ContextVar[Principal | None]] = ContextVar("current_principal", default=None)


def require_user() -> Principal:
    principal = current_principal.get()
    if principal is None:
        raise Refusal(ErrorReason.TOKEN_MISSING, "an access token is needed")
    return principal
