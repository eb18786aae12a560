from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

_WANTED: Final = 'must hold {"keys":[…]} with at least one private EC P-256 JWK that has a kid'


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair for ES256."""

    kid: str
    private_key: ec.EllipticCurvePrivateKey
    x: str
    y: str

    @property
    def secret(self) -> bytes:
        """The private number."""
        return self.private_key.private_numbers().private_value.to_bytes(32)


def parse_signing_keys(text: str) -> tuple[SigningKey, ...]:
    """The first key signs, all are published. Raises ValueError that says what is wrong, without any key."""
    match _parse_json(text):
        case {"keys": [_, *_] as jwks}:
            keys = tuple(_to_signing_key(jwk, index) for index, jwk in enumerate(jwks))
        case _:
            raise ValueError(_WANTED)
    if len({key.kid for key in keys}) < len(keys):
        raise ValueError("two of its keys have the same kid")
    return keys


def _to_signing_key(jwk: Any, index: int) -> SigningKey:  # noqa: ANN401 - any JSON
    match jwk:
        case {"kty": "EC", "crv": "P-256", "kid": str(kid), "x": str(x), "y": str(y), "d": str(d)} if (
            kid and x and y and d
        ):
            private_key = _to_private_key(d)
        case _:
            raise ValueError(f"keys[{index}] must be a private EC P-256 JWK with kid, x, y and d")
    if private_key is None or _public_point(private_key) != (x, y):
        raise ValueError(f"keys[{index}] is not a valid key: d, x and y do not belong together")
    return SigningKey(kid, private_key, x, y)


def _to_private_key(d: str) -> ec.EllipticCurvePrivateKey | None:
    try:
        secret = base64.b64decode(d + "=" * (-len(d) % 4), altchars=b"-_", validate=True)
        return ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1())
    except (binascii.Error, ValueError):
        return None


def _public_point(private_key: ec.EllipticCurvePrivateKey) -> tuple[str, str]:
    numbers = private_key.public_key().public_numbers()
    return _coordinate(numbers.x), _coordinate(numbers.y)


def _coordinate(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


def _parse_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # The message of the parser would quote the text.
        raise ValueError(_WANTED) from None
