from __future__ import annotations

import json
import os
import uuid
from threading import Event
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit, urlunsplit

import pytest

from theseus_user.passwords import hasher
from theseus_user.passwords.password_hash import matches_password

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A key for tests only.
JWK = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "one",
    "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
    "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    "d": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE",
}


@pytest.fixture
def mongodb_url() -> str:
    """A database of its own in the store that MONGODB_URL names."""
    url = os.environ.get("MONGODB_URL", "")
    if not url:
        pytest.skip("MONGODB_URL is not set")
    return urlunsplit(urlsplit(url)._replace(path=f"/test_{uuid.uuid4().hex}"))


class PrivateFile(Protocol):
    def __call__(self, text: str, mode: int = 0o600) -> str: ...


@pytest.fixture
def private_file(tmp_path: Path) -> PrivateFile:
    """Writes a file and returns its path."""

    def write(text: str, mode: int = 0o600) -> str:
        path = tmp_path / uuid.uuid4().hex
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    return write


@pytest.fixture
def signing_keys(private_file: PrivateFile) -> str:
    """The path of a file for SIGNING_KEYS."""
    return private_file(json.dumps({"keys": [JWK]}))


@pytest.fixture
def hashing_may_go_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Until it is set, every check of a password waits."""
    event = Event()

    def wait_and_match(password: str, stored: str) -> bool:
        event.wait()
        return matches_password(password, stored)

    monkeypatch.setattr(hasher, "matches_password", wait_and_match)
    yield event
    event.set()
