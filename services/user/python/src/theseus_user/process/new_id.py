from __future__ import annotations

import secrets
import string
from typing import Final

_ALPHABET: Final = string.ascii_lowercase + string.digits
_LENGTH: Final = 20


def new_id() -> str:
    """20 characters of `[a-z0-9]`, 103 bits of the system's randomness."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
