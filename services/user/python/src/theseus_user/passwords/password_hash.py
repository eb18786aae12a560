"""scrypt hashes as PHC strings: `$scrypt$ln=17,r=8,p=1$<salt>$<hash>`, base64 without padding."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

_R: Final = 8
_P: Final = 1
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
# scrypt needs a few blocks besides its main table.
_SPARE_BYTES: Final = 1 << 20
_PHC: Final = re.compile(r"\$scrypt\$ln=([0-9]{2}),r=8,p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})")


@dataclass(frozen=True, slots=True)
class ScryptCost:
    """`ln` is the binary logarithm of scrypt's N. Its r is 8 and its p is 1."""

    ln: int

    @property
    def memory_bytes(self) -> int:
        return (128 << self.ln) * _R

    def phc(self, salt: bytes, derived: bytes) -> str:
        return f"$scrypt$ln={self.ln},r={_R},p={_P}${_encode(salt)}${_encode(derived)}"


LOWEST_COST: Final = ScryptCost(10)
DEFAULT_COST: Final = ScryptCost(17)
HIGHEST_COST: Final = ScryptCost(20)


def hash_password(password: str, cost: ScryptCost) -> str:
    salt = secrets.token_bytes(_SALT_BYTES)
    return cost.phc(salt, _derive(password, salt, cost))


def matches_password(password: str, stored: str) -> bool:
    """Takes the cost from the hash. Raises RuntimeError for a text that is no hash, or whose cost is out of bounds."""
    found = _PHC.fullmatch(stored)
    if found is None or not LOWEST_COST.ln <= int(found[1]) <= HIGHEST_COST.ln:
        raise RuntimeError("a stored password is not a scrypt hash that this service makes")
    return hmac.compare_digest(_derive(password, _decode(found[2]), ScryptCost(int(found[1]))), _decode(found[3]))


def unmatchable_hash(cost: ScryptCost) -> str:
    """Returns a hash of a given cost for which no password is known."""
    return cost.phc(bytes(_SALT_BYTES), bytes(_HASH_BYTES))


def _derive(password: str, salt: bytes, cost: ScryptCost) -> bytes:
    """hashlib releases the interpreter's lock, so that other threads run meanwhile."""
    return hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=1 << cost.ln,
        r=_R,
        p=_P,
        maxmem=cost.memory_bytes + _SPARE_BYTES,
        dklen=_HASH_BYTES,
    )


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
