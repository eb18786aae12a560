"""Variables of the environment."""

from __future__ import annotations

import pytest

from theseus_user.process.listen_address import TcpAddress, UnixAddress, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("unix:/a", UnixAddress("/a")),
        ("127.0.0.1:0", TcpAddress("127.0.0.1", 0)),
        ("[::1]:80", TcpAddress("::1", 80)),
        ("unix:a", None),
        ("unix:/" + "a" * 107, None),
        ("host:65536", None),
        ("host", None),
        ("host:1\n", None),
    ],
)
def test_listen_address(text: str, address: object) -> None:
    assert parse_address(text) == address
