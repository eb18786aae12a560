"""Tells a receiver of OTLP over HTTP, in Protobuf. Nothing of it is shared with another part of the process."""

from __future__ import annotations

import time
from threading import Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import requests
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import DEFAULT_ON
from opentelemetry.trace import SpanKind, Status, StatusCode

from theseus_user.process.trace import TRACEPARENT
from theseus_user.telemetry.log_record import to_log_record
from theseus_user.telemetry.span_context import context_of

if TYPE_CHECKING:
    from opentelemetry.metrics import Histogram
    from opentelemetry.trace import Span

    from theseus_user.telemetry.options import TelemetryOptions

_SCOPE: Final = "theseus"
_LONGEST_QUEUE: Final = 2048
_EXPORT_TIMEOUT_MS: Final = 10_000
# What a stop gives to the last spans, metrics and records.
_LAST_EXPORT_S: Final = 1.0
# Upper bounds in seconds, as the semantic conventions advise.
_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
# Codes that are a server's own fault, by the semantic conventions for gRPC.
_SERVER_FAULTS: Final = frozenset(
    {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
)


class Telemetry:
    """What is told of calls and of lines of the log."""

    def __init__(self, options: TelemetryOptions, *, name: str, version: str) -> None:
        # With these over OTEL_RESOURCE_ATTRIBUTES.
        resource = Resource.create({"service.name": name, "service.version": version})
        self._spans = TracerProvider(sampler=DEFAULT_ON, resource=resource, shutdown_on_exit=False)
        self._spans.add_span_processor(
            BatchSpanProcessor(
                OTLPSpanExporter(_url(options, "traces"), session=_session()),
                max_queue_size=_LONGEST_QUEUE,
                schedule_delay_millis=options.span_delay_ms,
            )
        )
        reader = PeriodicExportingMetricReader(
            OTLPMetricExporter(_url(options, "metrics"), session=_session()),
            export_interval_millis=options.metric_interval_ms,
            export_timeout_millis=min(options.metric_interval_ms, _EXPORT_TIMEOUT_MS),
        )
        self._metrics = MeterProvider(
            [reader], resource=resource, exemplar_filter=AlwaysOffExemplarFilter(), shutdown_on_exit=False
        )
        self._records = LoggerProvider(resource=resource, shutdown_on_exit=False)
        self._records.add_log_record_processor(
            BatchLogRecordProcessor(
                OTLPLogExporter(_url(options, "logs"), session=_session()),
                max_queue_size=_LONGEST_QUEUE,
                schedule_delay_millis=options.record_delay_ms,
            )
        )
        self._tracer = self._spans.get_tracer(_SCOPE)
        self._logger = self._records.get_logger(_SCOPE)
        self._duration = self._metrics.get_meter(_SCOPE).create_histogram(
            "rpc.server.call.duration", unit="s", explicit_bucket_boundaries_advisory=_BOUNDS
        )

    def answering(self, path: str, traceparent: str) -> CallSpan:
        """Begins the span of a call that is answered here. Without a parent it begins a trace."""
        method = path.removeprefix("/")
        known = {"rpc.system.name": "grpc", "rpc.method": method}
        parent = TRACEPARENT.fullmatch(traceparent)
        context = context_of(parent[1], parent[2], parent[3]) if parent else Context()
        span = self._tracer.start_span(method, context, SpanKind.SERVER, known)
        return CallSpan(span, self._duration, known)

    def record(self, line: str) -> None:
        """Tells a line of the log."""
        self._logger.emit(to_log_record(line))

    def close(self) -> None:
        """Tells what was not told yet, within a second."""
        until = time.monotonic() + _LAST_EXPORT_S
        # A receiver that does not answer holds them for longer, but not the process.
        last = [Thread(target=each.shutdown, daemon=True) for each in (self._spans, self._metrics, self._records)]
        for thread in last:
            thread.start()
        for thread in last:
            thread.join(max(0.0, until - time.monotonic()))


class CallSpan:
    """A call under way."""

    __slots__ = ("_duration", "_known", "_span", "_started", "span_id", "trace_id")

    def __init__(self, span: Span, duration: Histogram, known: dict[str, str]) -> None:
        self._started = time.perf_counter()
        self._span = span
        self._duration = duration
        self._known = known
        place = span.get_span_context()
        self.trace_id = f"{place.trace_id:032x}"
        self.span_id = f"{place.span_id:016x}"

    def end(self, code: str, reason: str | None, request_id: str) -> None:
        """To be called once, with the code by its name, and the reason of a refusal."""
        is_fault = code in _SERVER_FAULTS
        ended = {"rpc.response.status_code": code, **({"error.type": code} if is_fault else {})}
        self._duration.record(time.perf_counter() - self._started, {**self._known, **ended})
        self._span.set_attributes({**ended, "theseus.request_id": request_id})
        if reason is not None:
            self._span.set_attribute("theseus.reason", reason)
        if is_fault:
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def _url(options: TelemetryOptions, signal: str) -> str:
    base = options.endpoint if options.endpoint.endswith("/") else f"{options.endpoint}/"
    return urljoin(base, f"v1/{signal}")


def _session() -> requests.Session:
    """Leads to the receiver directly: a proxy of the environment is for what is far away."""
    session = requests.Session()
    session.trust_env = False
    return session
