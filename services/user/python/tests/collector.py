"""A receiver of OTLP over HTTP."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.proto.common.v1.common_pb2 import KeyValue
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
    from opentelemetry.proto.metrics.v1.metrics_pb2 import HistogramDataPoint
    from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector:
    """Keeps what it is told."""

    def __init__(self, *, silent: bool) -> None:
        self.silent = silent
        self.came = Condition()
        self.waiting = 0
        """Requests that are not answered, and whose sender is still there."""
        self._told: dict[str, list[bytes]] = {"/v1/traces": [], "/v1/metrics": [], "/v1/logs": []}
        self.url = ""

    def take(self, path: str, body: bytes) -> None:
        self._told[path].append(body)

    @property
    def spans(self) -> list[Span]:
        requests = map(ExportTraceServiceRequest.FromString, self._told["/v1/traces"])
        scopes = (scope for request in requests for each in request.resource_spans for scope in each.scope_spans)
        return [span for scope in scopes for span in scope.spans]

    @property
    def records(self) -> list[LogRecord]:
        requests = map(ExportLogsServiceRequest.FromString, self._told["/v1/logs"])
        scopes = (scope for request in requests for each in request.resource_logs for scope in each.scope_logs)
        return [record for scope in scopes for record in scope.log_records]

    @property
    def points(self) -> list[HistogramDataPoint]:
        """Those that came last."""
        last = ExportMetricsServiceRequest.FromString(self._told["/v1/metrics"][-1])
        scopes = (scope for each in last.resource_metrics for scope in each.scope_metrics)
        return [point for scope in scopes for metric in scope.metrics for point in metric.histogram.data_points]


def attributes_of(told: Any) -> dict[str, Any]:  # noqa: ANN401 - a span, a data point or a record
    def value_of(pair: KeyValue) -> object:
        return getattr(pair.value, pair.value.WhichOneof("value") or "string_value")

    return {pair.key: value_of(pair) for pair in told.attributes}


@contextmanager
def a_collector(*, silent: bool = False) -> Iterator[Collector]:
    """With `silent` it takes requests and never answers."""
    collector = Collector(silent=silent)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if collector.silent:
                self._wait_for_the_end()
                return
            collector.take(self.path, body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def _wait_for_the_end(self) -> None:
            with collector.came:
                collector.waiting += 1
                collector.came.notify_all()
            self.rfile.read(1)
            with collector.came:
                collector.waiting -= 1

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        collector.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
