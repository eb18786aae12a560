from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from theseus_user.process.environment import ConfigError, Environment
from theseus_user.process.listen_address import ListenAddress, parse_address
from theseus_user.process.logs import LEVELS
from theseus_user.sessions.signing_keys import SigningKey, parse_signing_keys
from theseus_user.users.bootstrap_admin import BootstrapAdmin, parse_bootstrap_admin

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTEN_WANTED: Final = "must be unix:/path (at most 107 bytes) or host:port, for example 127.0.0.1:0"
_URL_WANTED: Final = "must be a connection string with a database, such as mongodb://127.0.0.1:27017/theseus_user"
_LEVEL_WANTED: Final = f"must be one of {', '.join(LEVELS)}"
_URL: Final = re.compile(r"(mongodb(?:\+srv)?)://[^/]+/[^/?]+.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Config:
    listen: ListenAddress
    mongodb_url: str
    signing_keys: tuple[SigningKey, ...]
    bootstrap_admin: BootstrapAdmin | None
    log_level: int


def parse_config(values: Mapping[str, str]) -> Config:
    """Raises ConfigError with all that is wrong."""
    env = Environment(values)
    listen = env.read("LISTEN", _parse_listen, wanted=_LISTEN_WANTED)
    mongodb_url = env.read("MONGODB_URL", _parse_url, wanted=_URL_WANTED, secret=True)
    signing_keys = env.read_secret_file("SIGNING_KEYS", parse_signing_keys)
    bootstrap_admin = env.read_secret_file("BOOTSTRAP_ADMIN", parse_bootstrap_admin, optional=True)
    log_level = env.read("LOG_LEVEL", _parse_level, wanted=_LEVEL_WANTED, default=LEVELS["info"])
    if env.faults or listen is None or mongodb_url is None or signing_keys is None or log_level is None:
        raise ConfigError(env.faults)
    return Config(listen, mongodb_url, signing_keys, bootstrap_admin, log_level)


def _parse_listen(text: str) -> ListenAddress:
    address = parse_address(text)
    if address is None:
        raise ValueError(_LISTEN_WANTED)
    return address


def _parse_url(text: str) -> str:
    found = _URL.fullmatch(text)
    try:
        # The hosts of mongodb+srv are looked up when they are needed.
        if found is not None and (found[1] != "mongodb" or parse_uri(text)["database"]):
            return text
    except (PyMongoError, ValueError):
        pass
    raise ValueError(_URL_WANTED)


def _parse_level(text: str) -> int:
    if text not in LEVELS:
        raise ValueError(_LEVEL_WANTED)
    return LEVELS[text]
