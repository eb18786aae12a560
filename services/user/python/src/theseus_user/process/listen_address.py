from __future__ import annotations

import ipaddress
import os
import re
import socket
import stat
from dataclasses import dataclass
from typing import Final

# The most that the kernel allows for the path of a unix socket, in bytes.
_LONGEST_SOCKET_PATH: Final = 107
_HOST_AND_PORT: Final = re.compile(r"(?:\[([^\]]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})")
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class UnixAddress:
    path: str

    def __str__(self) -> str:
        return f"unix:{self.path}"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


ListenAddress = UnixAddress | TcpAddress


def parse_address(text: str) -> ListenAddress | None:
    """Parses `unix:/path`, `host:port` or `[v6]:port`. Returns None for anything else."""
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        fits = path.startswith("/") and len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH
        return UnixAddress(path) if fits else None
    found = _HOST_AND_PORT.fullmatch(text)
    if found is None or int(found[3]) > _HIGHEST_PORT:
        return None
    if found[1] is not None and not _is_v6(found[1]):
        return None
    return TcpAddress(found[1] or found[2], int(found[3]))


def remove_stale_socket(path: str) -> None:
    """Removes the socket file of a process that has ended. Raises OSError when it is in use, or is no socket."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(f"{path} exists and is not a socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        if probe.connect_ex(path) == 0:
            raise FileExistsError(f"another process listens on {path}")
    os.unlink(path)  # noqa: PTH108


def _is_v6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6  # noqa: PLR2004
    except ValueError:
        return False
