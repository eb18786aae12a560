from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from theseus_user.process.environment import Environment

_ENDPOINT_WANTED: Final = "must be a URL that starts with http:// or https://, such as http://127.0.0.1:4318"
_HOUR_MS: Final = 3_600_000
_NUMBER: Final = re.compile(r"[0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryOptions:
    """Where telemetry goes, and how often."""

    endpoint: str
    """The base URL of a receiver of OTLP over HTTP."""
    span_delay_ms: int
    """How long a span waits for others to go with it."""
    record_delay_ms: int
    """The same of a log record."""
    metric_interval_ms: int
    """From one export of the metrics to the next."""


def read_telemetry_options(env: Environment) -> TelemetryOptions | None:
    """Returns None without OTEL_EXPORTER_OTLP_ENDPOINT: then nobody is told."""
    # A URL can hold a password.
    endpoint = env.read_optional("OTEL_EXPORTER_OTLP_ENDPOINT", _parse_endpoint, wanted=_ENDPOINT_WANTED, secret=True)
    span_delay_ms = _read_ms(env, "OTEL_BSP_SCHEDULE_DELAY", default=5000)
    record_delay_ms = _read_ms(env, "OTEL_BLRP_SCHEDULE_DELAY", default=1000)
    metric_interval_ms = _read_ms(env, "OTEL_METRIC_EXPORT_INTERVAL", lowest=100, default=60_000)
    if endpoint is None:
        return None
    return TelemetryOptions(
        endpoint=endpoint,
        span_delay_ms=span_delay_ms,
        record_delay_ms=record_delay_ms,
        metric_interval_ms=metric_interval_ms,
    )


def _read_ms(env: Environment, name: str, *, lowest: int = 1, default: int) -> int:
    wanted = f"must be a whole number of milliseconds from {lowest} to {_HOUR_MS}"
    return env.read(name, _parse_ms(lowest, wanted), wanted=wanted, default=default)


def _parse_ms(lowest: int, wanted: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not _NUMBER.fullmatch(text) or not lowest <= int(text) <= _HOUR_MS:
            raise ValueError(wanted)
        return int(text)

    return parse


def _parse_endpoint(text: str) -> str:
    try:
        url = urlsplit(text)
        # Reading the port checks it.
        if url.scheme in ("http", "https") and url.hostname and url.port != 0:
            return text
    except ValueError:
        pass
    raise ValueError(_ENDPOINT_WANTED)
