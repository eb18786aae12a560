"""The end user of the call that a task answers."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from theseus_user.contract.refusal import token_missing

if TYPE_CHECKING:
    from theseus_user.server.identity import Principal

current_principal: Final[ContextVar[Principal | None]] = ContextVar("current_principal", default=None)


def require_user() -> Principal:
    principal = current_principal.get()
    if principal is None:
        raise token_missing()
    return principal
