"""The end user of the call that a task answers, and where it came from."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from theseus_user.contract.refusal import token_missing

if TYPE_CHECKING:
    from theseus_user.server.identity import Principal

current_principal: Final[ContextVar[Principal | None]] = ContextVar("current_principal", default=None)
# The network address from which the call reached the system; None where no edge has told.
current_source: Final[ContextVar[str | None]] = ContextVar("current_source", default=None)


def require_user() -> Principal:
    principal = current_principal.get()
    if principal is None:
        raise token_missing()
    return principal
