from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.context import Context

from theseus_user.telemetry.span_context import context_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SEVERITIES: Final[Mapping[str, SeverityNumber]] = {
    "trace": SeverityNumber.TRACE,
    "debug": SeverityNumber.DEBUG,
    "info": SeverityNumber.INFO,
    "warn": SeverityNumber.WARN,
    "error": SeverityNumber.ERROR,
    "fatal": SeverityNumber.FATAL,
}


def to_log_record(line: str) -> LogRecord:
    """A line of the log as a log record: what is told is what is logged, redacted and bounded as that is."""
    # Half of a surrogate pair, which the log can contain, is no UTF-8: with it a whole batch would be lost.
    fields = json.loads(line.encode(errors="replace"))
    level, time = fields.pop("level"), fields.pop("time")
    del fields["name"]
    trace_id, span_id = fields.pop("trace_id", None), fields.pop("span_id", None)
    return LogRecord(
        timestamp=_to_nanoseconds(time),
        context=context_of(trace_id, span_id) if trace_id and span_id else Context(),
        severity_text=level.upper(),
        severity_number=_SEVERITIES.get(level, SeverityNumber.UNSPECIFIED),
        body=fields.pop("msg", ""),
        attributes=dict(_attributes_of(fields)),
    )


def _to_nanoseconds(time: str) -> int:
    """From whole milliseconds, in which no binary fraction loses anything."""
    return round(datetime.fromisoformat(time).timestamp() * 1000) * 1_000_000


def _attributes_of(fields: Mapping[str, Any]) -> Iterator[tuple[str, str | bool | int | float]]:
    for name, value in fields.items():
        if name == "err" and isinstance(value, dict):
            yield "exception.type", value["type"]
            yield "exception.message", value["message"]
            yield "exception.stacktrace", "\n".join(_stacktrace_of(value))
        elif isinstance(value, str | bool | int | float):
            yield name, value
        elif value is not None:
            yield name, json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _stacktrace_of(error: Mapping[str, Any]) -> Iterator[str]:
    yield from error["stack"]
    if "cause" in error:
        cause = error["cause"]
        yield f"caused by {cause['type']}: {cause['message']}"
        yield from _stacktrace_of(cause)
