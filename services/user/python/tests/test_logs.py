"""The log on stdout."""

from __future__ import annotations

import io
import json
import logging
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from theseus_user.process.bounded_line import LONGEST_LINE, LONGEST_TEXT
from theseus_user.process.logs import StdoutLog
from theseus_user.process.trace import Trace, current_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = "test-logs"
LOG = logging.getLogger(NAME)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[StdoutLog]:
    """The only handler. The handlers of the test run are restored afterwards."""
    root = logging.getLogger()
    level = root.level
    monkeypatch.setattr(root, "handlers", [])
    yield StdoutLog(NAME)
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def in_a_thread(work: Callable[[], object]) -> Thread:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def say_fifty(who: str) -> None:
    for n in range(50):
        LOG.info("%s %d", who, n)


def test_lines_of_all_threads_are_buffered_until_the_process_listens(log: StdoutLog) -> None:
    printed = io.StringIO()
    log.setStream(printed)
    one, two = in_a_thread(lambda: say_fifty("one")), in_a_thread(lambda: say_fifty("two"))
    for thread in (one, two):
        thread.join(10)
        assert not thread.is_alive()
    assert printed.getvalue() == ""

    log.stop_buffering()
    after = in_a_thread(lambda: LOG.info("after"))
    after.join(10)
    assert not after.is_alive()
    *said, last = [json.loads(line)["msg"] for line in printed.getvalue().splitlines()]
    assert last == "after"
    assert len(said) == 100
    for who in ("one", "two"):
        assert [text for text in said if text.startswith(who)] == [f"{who} {n}" for n in range(50)]


def test_no_line_is_printed_between_the_buffered_ones(log: StdoutLog) -> None:
    entered = []

    class Printed(io.StringIO):
        def write(self, text: str) -> int:
            in_a_thread(enter).join(10)
            return super().write(text)

    def enter() -> None:
        assert log.lock is not None
        entered.append(log.lock.acquire(blocking=False))
        if entered[-1]:
            log.release()

    log.setStream(Printed())
    LOG.info("older")
    log.stop_buffering()
    assert entered == [False]


def test_no_field_with_a_password_is_printed(log: StdoutLog) -> None:
    printed = io.StringIO()
    log.setStream(printed)
    log.stop_buffering()
    fields = {"password": "a", "currentPassword": "b", "user": {"password": "c"}, "request": {"new_password": "d"}}
    LOG.info("", extra=fields)
    line = json.loads(printed.getvalue())
    assert (line["password"], line["currentPassword"]) == ("[redacted]", "[redacted]")
    assert (line["user"], line["request"]) == ({"password": "[redacted]"}, {"new_password": "[redacted]"})


def test_each_line_is_told_as_it_is_printed(log: StdoutLog) -> None:
    printed = io.StringIO()
    told: list[str] = []
    log.setStream(printed)
    LOG.info("buffered")
    log.tell(told.append)
    assert told == []
    log.stop_buffering()
    LOG.info("at once", extra={"password": "a"})
    assert told == printed.getvalue().splitlines()
    assert [json.loads(each)["msg"] for each in told] == ["buffered", "at once"]


def test_a_line_names_the_span_of_its_call_where_somebody_is_told(log: StdoutLog) -> None:
    printed = io.StringIO()
    log.setStream(printed)
    log.stop_buffering()
    for trace in (Trace("r", "t"), Trace("r", "t", "s")):
        token = current_trace.set(trace)
        LOG.info("x" * LONGEST_LINE, extra={f"f{n}": "y" * LONGEST_TEXT for n in range(4)})
        current_trace.reset(token)
    one, two = (json.loads(each) for each in printed.getvalue().splitlines())
    assert (one["request_id"], one["trace_id"], one["cut"]) == ("r", "t", True)
    assert "span_id" not in one
    assert (two["trace_id"], two["span_id"], two["cut"]) == ("t", "s", True)


def test_a_handler_keeps_what_the_library_calls_its_own(log: StdoutLog) -> None:
    library = {*vars(logging.Handler), *vars(logging.StreamHandler)}
    assert {name for name in library & {*vars(StdoutLog)} if not name.startswith("__")} == {"emit"}
    assert log.name is None


def test_texts_and_lines_are_bounded(log: StdoutLog) -> None:
    printed = io.StringIO()
    log.setStream(printed)
    log.stop_buffering()
    long = "é" * 100_000
    LOG.info("one", extra={"event": "x", "method": long, "err": {"stack": ["x" * 100_000]}, "n": 2**60})
    LOG.info(long, extra={"event": "y", "a": long, "b": long, "c": long, "d": long})

    one, two = printed.getvalue().splitlines()
    first = json.loads(one)
    assert first["n"] == 2**60
    for text in (first["method"], *first["err"]["stack"]):
        assert len(text) == LONGEST_TEXT
        assert text.endswith("…")
    assert len(two.encode()) <= LONGEST_LINE
    second = json.loads(two)
    assert (second["event"], second["cut"]) == ("y", True)
    assert "a" not in second
