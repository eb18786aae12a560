"""SHA-256 of a list of texts, the same in every implementation."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def fingerprint(fields: Sequence[str]) -> str:
    """SHA-256 of the netstrings of the fields. Every implementation must make the same."""
    return hashlib.sha256(to_netstrings(fields)).hexdigest()


def to_netstrings(parts: Sequence[str]) -> bytes:
    return b"".join(b"%d:%b," % (len(raw), raw) for raw in (part.encode() for part in parts))
