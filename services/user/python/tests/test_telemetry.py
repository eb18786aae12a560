"""What is told of calls."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from opentelemetry._logs import SeverityNumber
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from theseus.user.v1 import user_service_pb2 as pb
from theseus.user.v1 import user_service_pb2_grpc

from tests.collector import a_collector, attributes_of
from tests.running_service import a_channel, a_config, outcome, registration
from theseus_user.process.trace import Trace
from theseus_user.telemetry.export_faults import ExportFaults
from theseus_user.telemetry.log_record import to_log_record
from theseus_user.telemetry.options import TelemetryOptions
from theseus_user.telemetry.telemetry import Telemetry

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collector import Collector

NO_STORE = "mongodb://127.0.0.1:1/gone"
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
HOUR_MS = 3_600_000
GET_KEYS = "theseus.user.v1.UserService/GetJsonWebKeySet"


def telling(collector: Collector) -> Telemetry:
    """Tells nothing before it is closed."""
    options = TelemetryOptions(
        endpoint=collector.url, span_delay_ms=HOUR_MS, record_delay_ms=HOUR_MS, metric_interval_ms=HOUR_MS
    )
    return Telemetry(options, name="user", version="1.2.3")


async def get_keys(stub: user_service_pb2_grpc.UserServiceStub, flags: str) -> str:
    metadata = (("traceparent", f"00-{TRACE}-{CALLER}-{flags}"), ("x-request-id", f"of-{flags}"))
    return await outcome(stub.GetJsonWebKeySet(pb.GetJsonWebKeySetRequest(), metadata=metadata))


async def test_a_call_is_a_span_below_its_callers_and_has_a_duration() -> None:
    with a_collector() as collector:
        telemetry = telling(collector)
        async with a_channel(a_config(NO_STORE), telemetry=telemetry) as channel:
            stub = user_service_pb2_grpc.UserServiceStub(channel)
            assert [await get_keys(stub, flags) for flags in ("01", "00")] == ["OK", "OK"]
        telemetry.close()
    (span,) = collector.spans
    assert (span.trace_id.hex(), span.parent_span_id.hex(), span.name) == (TRACE, CALLER, GET_KEYS)
    assert (span.kind, span.status.code) == (Span.SPAN_KIND_SERVER, Status.STATUS_CODE_UNSET)
    known = {"rpc.system.name": "grpc", "rpc.method": GET_KEYS, "rpc.response.status_code": "OK"}
    assert attributes_of(span) == {**known, "theseus.request_id": "of-01"}
    (point,) = collector.points
    assert (attributes_of(point), point.count) == (known, 2)


async def test_a_refused_call_is_a_span_with_its_reason(tmp_path: Path) -> None:
    standby = tmp_path / "standby"
    standby.touch()
    config = replace(a_config(NO_STORE), standby_file=str(standby))
    with a_collector() as collector:
        telemetry = telling(collector)
        async with a_channel(config, telemetry=telemetry) as channel:
            stub = user_service_pb2_grpc.UserServiceStub(channel)
            assert await outcome(stub.CreateUser(registration())) == "SERVICE_UNAVAILABLE"
            assert await outcome(stub.GetUser(pb.GetUserRequest(name="x"))) == "VALIDATION_FAILED"
        telemetry.close()
    writing, invalid = collector.spans
    assert writing.status.code == Status.STATUS_CODE_ERROR
    told = attributes_of(writing)
    assert (told["rpc.response.status_code"], told["error.type"]) == ("UNAVAILABLE", "UNAVAILABLE")
    assert told["theseus.reason"] == "SERVICE_UNAVAILABLE"
    assert writing.trace_id != invalid.trace_id
    assert not invalid.parent_span_id
    assert invalid.status.code == Status.STATUS_CODE_UNSET
    told = attributes_of(invalid)
    assert (told["rpc.response.status_code"], told["theseus.reason"]) == ("INVALID_ARGUMENT", "VALIDATION_FAILED")
    assert "error.type" not in told


def test_lines_of_a_call_are_in_its_span() -> None:
    with a_collector() as collector:
        telemetry = telling(collector)
        span = telemetry.answering(f"/{GET_KEYS}", f"00-{TRACE}-{CALLER}-01")
        trace = Trace.continued({"x-request-id": "one"}, span)
        telemetry.record(json.dumps({**line("info"), "trace_id": trace.trace_id, "span_id": trace.span_id}))
        span.end("OK", None, trace.request_id)
        telemetry.close()
    (told,), (record,) = collector.spans, collector.records
    assert (trace.request_id, trace.trace_id) == ("one", TRACE)
    assert (record.trace_id, record.span_id) == (told.trace_id, told.span_id)


def line(level: str) -> dict[str, object]:
    return {"level": level, "time": "2026-11-28T01:02:03.004Z", "name": "user"}


def test_a_line_of_the_log_is_a_record() -> None:
    cause = {"type": "OSError", "message": "no", "stack": ["c:3 d"]}
    error = {"type": "ValueError", "message": "wrong", "stack": ["a:1 b", "a:2 c"], "cause": cause}
    fields = {"event": "x", "n": 2, "on": True, "f": 0.5, "list": [1], "none": None, "err": error, "bad": "\ud800"}
    record = to_log_record(json.dumps({**line("warn"), **fields, "msg": "so"}, ensure_ascii=False))
    assert record.timestamp == 1_795_827_723_004_000_000
    assert (record.severity_text, record.severity_number) == ("WARN", SeverityNumber.WARN)
    assert (record.body, record.trace_id) == ("so", 0)
    assert record.attributes == {
        "event": "x",
        "n": 2,
        "on": True,
        "f": 0.5,
        "list": "[1]",
        "bad": "?",
        "exception.type": "ValueError",
        "exception.message": "wrong",
        "exception.stacktrace": "a:1 b\na:2 c\ncaused by OSError: no\nc:3 d",
    }


def test_a_receiver_that_cannot_be_reached_is_one_warning() -> None:
    printed = io.StringIO()
    handler = logging.StreamHandler(printed)
    handler.addFilter(ExportFaults())
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    sdk, own = logging.getLogger("opentelemetry.exporter"), logging.getLogger("of-the-service")
    for logger in (sdk, own):
        logger.addHandler(handler)
    try:
        own.warning("one")
        sdk.error("gone")
        sdk.warning("gone")
        own.error("two")
    finally:
        for logger in (sdk, own):
            logger.removeHandler(handler)
    assert printed.getvalue().splitlines() == ["WARNING one", "WARNING gone", "ERROR two"]


def test_a_receiver_that_is_silent_holds_no_stop() -> None:
    with a_collector(silent=True) as collector:
        telemetry = telling(collector)
        telemetry.answering(f"/{GET_KEYS}", "").end("OK", None, "one")
        telemetry.close()
        with collector.came:
            assert collector.came.wait_for(lambda: collector.waiting > 0, timeout=0)


def test_without_an_endpoint_no_sdk_is_loaded() -> None:
    program = "import sys, theseus_user.__main__; print({*sys.modules} & {'opentelemetry', 'requests'})"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)  # noqa: S603
    assert loaded.stdout == "set()\n"
