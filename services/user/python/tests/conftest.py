from __future__ import annotations

import os
import uuid
from urllib.parse import urlsplit, urlunsplit

import pytest


@pytest.fixture
def mongodb_url() -> str:
    """A database of its own in the store that MONGODB_URL names."""
    url = os.environ.get("MONGODB_URL", "")
    if not url:
        pytest.skip("MONGODB_URL is not set")
    return urlunsplit(urlsplit(url)._replace(path=f"/test_{uuid.uuid4().hex}"))
