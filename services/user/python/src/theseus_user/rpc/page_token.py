"""Tokens for the next page: base64url of the netstrings "1", what the token is bound to, and the cursor."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal, Violation
from theseus_user.process.fingerprint import fingerprint, to_netstrings

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERSION: Final = "1"
_DEFAULT_SIZE: Final = 50
_LARGEST_SIZE: Final = 200
_ID: Final = re.compile(r"[a-z0-9-]{1,64}")
_LENGTH: Final = re.compile(rb"(0|[1-9][0-9]{0,6}):")


def encode_page_token(bound: Sequence[str], cursor: str) -> str:
    """The token is valid for requests with the same `bound` fields. `cursor` is the id after which a page starts."""
    return _to_base64url(to_netstrings([_VERSION, _binding(bound), cursor]))


def decode_page_token(bound: Sequence[str], token: str) -> str:
    """Returns the cursor. Raises PAGE_TOKEN_INVALID for a token that is damaged or bound to other fields."""
    match _from_netstrings(_from_base64url(token)):
        case [version, binding, cursor] if (version, binding) == (_VERSION, _binding(bound)) and _ID.fullmatch(cursor):
            return cursor
        case _:
            message = "must be the next_page_token of the same request"
            raise Refusal(
                ErrorReason.PAGE_TOKEN_INVALID,
                "page_token does not belong to this request",
                [Violation("page_token", "page_token", message)],
            )


def page_size(asked: int) -> int:
    return min(asked, _LARGEST_SIZE) or _DEFAULT_SIZE


def _binding(bound: Sequence[str]) -> str:
    return fingerprint(bound)[:16]


def _from_netstrings(raw: bytes) -> list[str] | None:
    parts: list[str] = []
    at = 0
    while at < len(raw):
        length = _LENGTH.match(raw, at)
        if length is None:
            return None
        end = length.end() + int(length[1])
        if raw[end : end + 1] != b",":
            return None
        try:
            parts.append(raw[length.end() : end].decode())
        except UnicodeDecodeError:
            return None
        at = end + 1
    return parts


def _to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_base64url(text: str) -> bytes:
    """Returns nothing for a text that is not the canonical encoding of its bytes."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if _to_base64url(raw) == text else b""
