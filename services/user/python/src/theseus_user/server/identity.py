"""The caller and the end user of a call, from the metadata that the sidecar sets."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

# A caller with a certificate of no workload of this mesh: no policy names it.
_UNKNOWN_CALLER: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Principal:
    """The end user of a call."""

    user: str
    """The token's subject."""
    session: str
    is_admin: bool = False


class Identity:
    """Recognises workloads and end users."""

    def __init__(self, *, trust_domain: str, subject_prefix: str, admin_role: str) -> None:
        spiffe_id = rf"spiffe://{re.escape(trust_domain)}/ns/[a-z0-9-]+/sa/([a-z0-9-]+)"
        self._workload = re.compile(rf'(?:^|;)URI="?{spiffe_id}"?(?:;|\Z)')
        self._subject_prefix = subject_prefix
        self.admin_role = admin_role

    def caller_of(self, metadata: Mapping[str, str]) -> str | None:
        """Returns the workload in the last element, which is the nearest hop; None without a sidecar."""
        chain = metadata.get("x-forwarded-client-cert")
        if chain is None:
            return None
        found = self._workload.search(chain.rpartition(",")[2].strip())
        return found[1] if found else _UNKNOWN_CALLER

    def principal_of(self, metadata: Mapping[str, str]) -> Principal | None:
        """Returns None without a token. Raises TOKEN_INVALID for claims that no token of the shop has."""
        encoded = metadata.get("x-theseus-claims")
        if encoded is None:
            return None
        match _parse_claims(encoded):
            case {"sub": str(user), "roles": [*roles], "sid": str(session)} if user.startswith(
                self._subject_prefix
            ) and all(isinstance(role, str) for role in roles):
                return Principal(user, session, is_admin=self.admin_role in roles)
            case _:
                raise Refusal(ErrorReason.TOKEN_INVALID, "the access token is not one of this shop")


def _parse_claims(encoded: str) -> object:
    try:
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        # The library would take the alphabet of plain base64 too, and pass over what is in none.
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != encoded:
            return None
        claims: object = json.loads(raw.decode(), parse_constant=_refuse_constant)
        # JSON can contain half of a surrogate pair, which is not Unicode.
        json.dumps(claims, ensure_ascii=False).encode()
    except (binascii.Error, ValueError, RecursionError):
        return None
    return claims


def _refuse_constant(name: str) -> NoReturn:
    """The library would take NaN and Infinity, which JSON does not have."""
    raise ValueError(name)
