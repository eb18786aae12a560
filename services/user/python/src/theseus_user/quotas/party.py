"""Whose use of a quota is counted."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from theseus_user.process.fingerprint import fingerprint
from theseus_user.users.user import ActiveUser, fold_email

if TYPE_CHECKING:
    from theseus_user.contract.quotas import Quota

_NETWORK_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class Party:
    """A kind of party, and which one."""

    kind: str
    which: str

    def uses_id(self, quota: Quota, secret: bytes) -> str:
        """The id of the party's document. Without the secret nobody finds out whose it is."""
        return hmac.digest(secret, fingerprint(["quota", quota.name, self.kind, self.which]).encode(), "sha256").hex()


def account_of(user: ActiveUser | None, email: str) -> Party:
    """The user, so that a change of the address begins no new count; where there is none, the address."""
    return Party("address", fold_email(email)) if user is None else Party("user", user.id)


def source_of(address: str) -> Party:
    """An IPv6 address counts by its first 64 bits, which is what one subscriber has.

    One that holds an IPv4 address counts as that one, and a text that is no address as it is.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return Party("source", address)
    if not isinstance(parsed, IPv6Address):
        return Party("source", str(parsed))
    if parsed.ipv4_mapped is not None:
        return Party("source", str(parsed.ipv4_mapped))
    network = int(parsed) >> _NETWORK_BITS
    return Party("source", ":".join(f"{network >> shift & 0xFFFF:x}" for shift in (48, 32, 16, 0)))
