from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from theseus_user.passwords.password_hash import DEFAULT_COST, HIGHEST_COST, LOWEST_COST, ScryptCost
from theseus_user.process.environment import ConfigError, Environment
from theseus_user.process.listen_address import ListenAddress, parse_address
from theseus_user.process.logs import LEVELS
from theseus_user.process.standby_file import parse_standby_file
from theseus_user.server.identity import Identity
from theseus_user.sessions.signing_keys import SigningKey, parse_signing_keys
from theseus_user.telemetry.options import TelemetryOptions, read_telemetry_options
from theseus_user.users.bootstrap_admin import BootstrapAdmin, parse_bootstrap_admin
from theseus_user.users.user import CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTEN_WANTED: Final = "must be unix:/path (at most 107 bytes) or host:port, for example 127.0.0.1:0"
_URL_WANTED: Final = "must be a connection string with a database, such as mongodb://127.0.0.1:27017/theseus_user"
_DOMAIN_WANTED: Final = "must be a SPIFFE trust domain: 1 to 255 of the characters a-z, 0-9, '.', '_' and '-'"
_PREFIX_WANTED: Final = "must be what the subject of an access token begins with"
_ROLE_WANTED: Final = "must be the role of an access token that makes an administrator"
_ISSUER_WANTED: Final = "must be the issuer of the access tokens that are signed"
_AUDIENCE_WANTED: Final = "must be the audience of the access tokens that are signed"
_COST_WANTED: Final = f"must be a whole number from {LOWEST_COST.ln} to {HIGHEST_COST.ln}"
_LEVEL_WANTED: Final = f"must be one of {', '.join(LEVELS)}"
_DOMAIN: Final = re.compile(r"[a-z0-9._-]{1,255}")
_COST: Final = re.compile(r"[0-9]{2}")
_URL: Final = re.compile(r"(mongodb(?:\+srv)?)://[^/]+/[^/?]+.*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    listen: ListenAddress
    mongodb_url: str
    mongodb_url_file: str | None
    """The file that holds the URL; None when the variable does."""
    standby_file: str | None
    """While there is a file at this path, the process is in standby."""
    signing_keys: tuple[SigningKey, ...]
    signing_keys_file: str
    """The file that they are from, which is replaced while the process runs."""
    bootstrap_admin: BootstrapAdmin | None
    identity: Identity
    token_issuer: str
    token_audience: str
    password_cost: ScryptCost
    telemetry: TelemetryOptions | None
    """None where nobody is told of calls."""
    log_level: int


def parse_config(values: Mapping[str, str]) -> Config:
    """Raises ConfigError with all faults."""
    env = Environment(values)
    listen = env.read("LISTEN", _parse_listen, wanted=_LISTEN_WANTED)
    mongodb_url = env.read_secret("MONGODB_URL", _parse_url, wanted=_URL_WANTED)
    standby_file = env.read_optional("LAUNCH_STANDBY_FILE", parse_standby_file, wanted="must be an absolute path")
    signing_keys = env.read_secret_file("SIGNING_KEYS", parse_signing_keys)
    bootstrap_admin = env.read_optional_secret_file("BOOTSTRAP_ADMIN", parse_bootstrap_admin)
    trust_domain = env.read("TRUST_DOMAIN", _parse_trust_domain, wanted=_DOMAIN_WANTED)
    subject_prefix = env.read("TOKEN_SUBJECT_PREFIX", str, wanted=_PREFIX_WANTED)
    admin_role = env.read("ADMIN_ROLE", _parse_admin_role, wanted=_ROLE_WANTED)
    token_issuer = env.read("TOKEN_ISSUER", str, wanted=_ISSUER_WANTED)
    token_audience = env.read("TOKEN_AUDIENCE", str, wanted=_AUDIENCE_WANTED)
    password_cost = env.read("PASSWORD_COST", _parse_cost, wanted=_COST_WANTED, default=DEFAULT_COST)
    telemetry = read_telemetry_options(env)
    log_level = env.read("LOG_LEVEL", _parse_level, wanted=_LEVEL_WANTED, default=LEVELS["info"])
    if env.faults:
        raise ConfigError(env.faults)
    return Config(
        listen=listen,
        mongodb_url=mongodb_url,
        mongodb_url_file=values.get("MONGODB_URL_FILE") or None,
        standby_file=standby_file,
        signing_keys=signing_keys,
        signing_keys_file=values["SIGNING_KEYS"],
        bootstrap_admin=bootstrap_admin,
        identity=Identity(trust_domain=trust_domain, subject_prefix=subject_prefix, admin_role=admin_role),
        token_issuer=token_issuer,
        token_audience=token_audience,
        password_cost=password_cost,
        telemetry=telemetry,
        log_level=log_level,
    )


def current_signing_keys(config: Config) -> tuple[SigningKey, ...]:
    """Reads the keys again. Raises ConfigError when their file is faulty."""
    env = Environment({"SIGNING_KEYS": config.signing_keys_file})
    keys = env.read_secret_file("SIGNING_KEYS", parse_signing_keys)
    if env.faults:
        raise ConfigError(env.faults)
    return keys


def current_mongodb_url(config: Config) -> str:
    """Reads the URL again where a file holds it. Raises ConfigError when the file is faulty."""
    if config.mongodb_url_file is None:
        return config.mongodb_url
    env = Environment({"MONGODB_URL_FILE": config.mongodb_url_file})
    url = env.read_secret("MONGODB_URL", _parse_url, wanted=_URL_WANTED)
    if env.faults:
        raise ConfigError(env.faults)
    return url


def _parse_listen(text: str) -> ListenAddress:
    address = parse_address(text)
    if address is None:
        raise ValueError(_LISTEN_WANTED)
    return address


def _parse_url(text: str) -> str:
    found = _URL.fullmatch(text)
    try:
        # parse_uri would look up the hosts of mongodb+srv, so such URLs are not parsed here.
        if found is not None and (found[1] != "mongodb" or parse_uri(text)["database"]):
            return text
    except (PyMongoError, ValueError):
        pass
    raise ValueError(_URL_WANTED)


def _parse_trust_domain(text: str) -> str:
    if not _DOMAIN.fullmatch(text):
        raise ValueError(_DOMAIN_WANTED)
    return text


def _parse_admin_role(text: str) -> str:
    if text in CUSTOMER:
        raise ValueError(f"must not be {text}, a role of every user")
    return text


def _parse_cost(text: str) -> ScryptCost:
    if not _COST.fullmatch(text) or not LOWEST_COST.ln <= int(text) <= HIGHEST_COST.ln:
        raise ValueError(_COST_WANTED)
    return ScryptCost(int(text))


def _parse_level(text: str) -> int:
    if text not in LEVELS:
        raise ValueError(_LEVEL_WANTED)
    return LEVELS[text]
