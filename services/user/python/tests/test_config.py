"""Variables of the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from theseus_user.config import parse_config
from theseus_user.passwords.password_hash import ScryptCost
from theseus_user.process.environment import ConfigError
from theseus_user.process.listen_address import TcpAddress, UnixAddress, parse_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

URL = "mongodb://ann:hunter2@127.0.0.1/shop"


@pytest.fixture
def variables(signing_keys: str) -> dict[str, str]:
    """All required variables."""
    return {
        "LISTEN": "127.0.0.1:0",
        "MONGODB_URL": "mongodb://127.0.0.1/shop",
        "SIGNING_KEYS": signing_keys,
        "TRUST_DOMAIN": "mesh.test",
        "TOKEN_SUBJECT_PREFIX": "people/",
        "ADMIN_ROLE": "keeper",
        "TOKEN_ISSUER": "https://issuer.test",
        "TOKEN_AUDIENCE": "the shop",
    }


def faults_of(variables: dict[str, str]) -> list[str]:
    """Returns the variables with a fault."""
    with pytest.raises(ConfigError) as refused:
        parse_config(variables)
    return [fault.variable for fault in refused.value.faults]


def test_tokens_are_named_by_the_environment(variables: dict[str, str]) -> None:
    config = parse_config(variables)
    assert (config.token_issuer, config.token_audience) == ("https://issuer.test", "the shop")
    assert config.identity.admin_role == "keeper"


@pytest.mark.parametrize(
    "missing",
    [
        ["TRUST_DOMAIN"],
        ["TOKEN_SUBJECT_PREFIX", "ADMIN_ROLE"],
        ["TRUST_DOMAIN", "TOKEN_SUBJECT_PREFIX", "ADMIN_ROLE", "TOKEN_ISSUER", "TOKEN_AUDIENCE"],
    ],
)
def test_an_identity_is_needed_as_a_whole(variables: dict[str, str], missing: list[str]) -> None:
    assert faults_of({name: value for name, value in variables.items() if name not in missing}) == missing


@pytest.mark.parametrize("domain", ["Mesh.test", "mesh/test", "mesh.test\n", "a" * 256])
def test_a_trust_domain_is_one_of_spiffe(variables: dict[str, str], domain: str) -> None:
    assert faults_of({**variables, "TRUST_DOMAIN": domain}) == ["TRUST_DOMAIN"]


def test_a_role_of_every_user_makes_no_administrator(variables: dict[str, str]) -> None:
    assert faults_of({**variables, "ADMIN_ROLE": "customer"}) == ["ADMIN_ROLE"]


@pytest.mark.parametrize(("given", "cost"), [("", 17), ("10", 10), ("20", 20)])
def test_a_password_has_a_cost(variables: dict[str, str], given: str, cost: int) -> None:
    assert parse_config({**variables, "PASSWORD_COST": given}).password_cost == ScryptCost(cost)


@pytest.mark.parametrize("given", ["9", "21", "017", "1e1", "17 ", "-10", "\N{ARABIC-INDIC DIGIT ONE}7"])
def test_a_cost_outside_its_range_is_refused(variables: dict[str, str], given: str) -> None:
    assert faults_of({**variables, "PASSWORD_COST": given}) == ["PASSWORD_COST"]


@pytest.mark.parametrize("given", ["http://127.0.0.1:4318", "https://collector.test/a/b", "http://[::1]:4318/"])
def test_telemetry_goes_to_a_url(variables: dict[str, str], given: str) -> None:
    options = parse_config({**variables, "OTEL_EXPORTER_OTLP_ENDPOINT": given}).telemetry
    assert options is not None
    assert options.endpoint == given
    assert (options.span_delay_ms, options.record_delay_ms, options.metric_interval_ms) == (5000, 1000, 60_000)


@pytest.mark.parametrize("given", ["collector", "grpc://hunter2", "http://", "http:///hunter2", "http://hunter2:x"])
def test_an_endpoint_that_is_no_url_is_refused_and_not_repeated(variables: dict[str, str], given: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_config({**variables, "OTEL_EXPORTER_OTLP_ENDPOINT": given})
    assert [(fault.variable, fault.given) for fault in refused.value.faults] == [("OTEL_EXPORTER_OTLP_ENDPOINT", None)]
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("given", [None, ""])
def test_without_an_endpoint_nobody_is_told(variables: dict[str, str], given: str | None) -> None:
    named = {} if given is None else {"OTEL_EXPORTER_OTLP_ENDPOINT": given}
    assert parse_config({**variables, **named}).telemetry is None


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "3600001", "1s"])
def test_telemetry_waits_for_milliseconds(variables: dict[str, str], given: str) -> None:
    names = ["OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL"]
    assert faults_of({**variables, **dict.fromkeys(names, given)}) == names


@pytest.mark.parametrize(("given", "faults"), [("", []), ("/run/standby", []), ("standby", ["LAUNCH_STANDBY_FILE"])])
def test_a_standby_file_has_an_absolute_path(variables: dict[str, str], given: str, faults: list[str]) -> None:
    variables = {**variables, "LAUNCH_STANDBY_FILE": given}
    if faults:
        assert faults_of(variables) == faults
    else:
        assert parse_config(variables).standby_file == (given or None)


@pytest.mark.parametrize("content", [URL, f"{URL}\n"])
def test_the_url_can_be_in_a_private_file(
    variables: dict[str, str], private_file: Callable[..., str], content: str
) -> None:
    variables = {**variables, "MONGODB_URL": "", "MONGODB_URL_FILE": private_file(content)}
    assert parse_config(variables).mongodb_url == URL


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (URL, 0o640, "others may read this secret; run: chmod 600"),
        ("", 0o600, "the file is empty"),
        ("\n", 0o600, "the file is empty"),
        ("http://ann:hunter2@x/y", 0o600, "what the file holds must be a connection string"),
    ],
)
def test_a_file_is_refused_and_not_repeated(
    variables: dict[str, str], private_file: Callable[..., str], content: str, mode: int, problem: str
) -> None:
    fault = url_fault(variables, MONGODB_URL="", MONGODB_URL_FILE=private_file(content, mode))
    assert fault.startswith(f"MONGODB_URL_FILE: {problem}")
    assert "hunter2" not in fault


def test_a_file_that_is_none_is_refused(variables: dict[str, str], tmp_path: Path) -> None:
    for path, problem in [(tmp_path, "must be the path of a file"), (tmp_path / "no", "there is no such file")]:
        fault = url_fault(variables, MONGODB_URL="", MONGODB_URL_FILE=str(path))
        assert fault == f"MONGODB_URL_FILE: {problem}"


def test_the_url_comes_in_one_way(variables: dict[str, str], private_file: Callable[..., str]) -> None:
    both = url_fault(variables, MONGODB_URL=URL, MONGODB_URL_FILE=private_file(URL))
    assert both == "MONGODB_URL_FILE: is set, and so is MONGODB_URL; set one of them"
    neither = url_fault(variables, MONGODB_URL="")
    assert neither.startswith("MONGODB_URL: is not set; must be a connection string")
    assert "or MONGODB_URL_FILE must name a private file" in neither


def url_fault(variables: dict[str, str], **more: str) -> str:
    with pytest.raises(ConfigError) as refused:
        parse_config({**variables, **more})
    return str(refused.value)


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
