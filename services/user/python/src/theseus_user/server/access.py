from __future__ import annotations

from typing import TYPE_CHECKING

from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.mesh.v1.policy_pb2 import Auth

from theseus_user.contract.refusal import Refusal, token_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theseus.mesh.v1.policy_pb2 import Allow

    from theseus_user.server.identity import Principal


def assert_allowed(allowed: Sequence[Allow], caller: str | None, principal: Principal | None) -> None:
    """Raises CALLER_DENIED unless an entry of the method's allow list permits the call.

    Raises TOKEN_MISSING where the call lacks nothing but a token. Without a certificate every entry applies.
    """
    applying = [entry for entry in allowed if caller is None or entry.caller == caller]
    if any(_permits(entry.auth, principal) for entry in applying):
        return
    if applying and principal is None:
        raise token_missing()
    raise Refusal(ErrorReason.CALLER_DENIED, "the caller may not call this method")


def _permits(auth: Auth, principal: Principal | None) -> bool:
    match auth:
        case Auth.AUTH_PUBLIC | Auth.AUTH_NONE:
            return True
        case Auth.AUTH_USER:
            return principal is not None
        case Auth.AUTH_ADMIN:
            return principal is not None and principal.is_admin
        case _:
            return False
