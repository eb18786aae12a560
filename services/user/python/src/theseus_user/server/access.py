from __future__ import annotations

from typing import TYPE_CHECKING

from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.mesh.v1.policy_pb2 import Auth

from theseus_user.contract.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theseus.mesh.v1.policy_pb2 import Allow

    from theseus_user.server.identity import Principal


def assert_allowed(ways: Sequence[Allow], caller: str | None, principal: Principal | None) -> None:
    """Raises unless one of the method's ways in fits: CALLER_DENIED, or TOKEN_MISSING where a token would help.

    A developer (no workload) may use every way.
    """
    open_ways = [way for way in ways if caller is None or way.caller == caller]
    if any(_fits(way.auth, principal) for way in open_ways):
        return
    if open_ways and principal is None:
        raise Refusal(ErrorReason.TOKEN_MISSING, "an access token is needed")
    raise Refusal(ErrorReason.CALLER_DENIED, "the caller may not call this method")


def _fits(auth: Auth, principal: Principal | None) -> bool:
    match auth:
        case Auth.AUTH_PUBLIC | Auth.AUTH_NONE:
            return True
        case Auth.AUTH_USER:
            return principal is not None
        case Auth.AUTH_ADMIN:
            return principal is not None and principal.is_admin
        case _:
            return False
