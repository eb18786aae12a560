"""The log: JSON lines on stdout, without the fields that the contract marks `debug_redact`."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from theseus_user.contract.redaction import redacted_fields
from theseus_user.process.bounded_line import bounded_line
from theseus_user.process.trace import current_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from theseus_user.process.trace import Trace

LEVELS: Final[Mapping[str, int]] = {
    "trace": 5,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "fatal": logging.CRITICAL,
    "silent": logging.CRITICAL + 10,
}
_WORDS: Final = {number: word for word, number in LEVELS.items()}
_REDACTED: Final = "[redacted]"
_CREDENTIALS: Final = frozenset({"authorization", "cookie", "x-theseus-claims", "secret", "token"})
# Repetitions have an end, so that a long text takes time in proportion to its length.
_PASSWORD_IN_URL: Final = re.compile(r"\b([a-z][a-z0-9+.-]{0,31}://)[^\s/@]*@", re.IGNORECASE)
_EMAIL: Final = re.compile(r"""[^\s@"'<>:=(,/]{1,254}@[^\s@"'<>:),/]{1,254}\.[^\s@"'<>:),/]{1,254}""")
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_DEEPEST_CAUSE: Final = 4


class StdoutLog(logging.StreamHandler[Any]):
    """Handles everything that is logged; of libraries, warnings and errors.

    It buffers lines until `stop_buffering`: the first line on stdout says where the process listens.
    """

    def __init__(self, name: str) -> None:
        super().__init__(sys.stdout)
        self.setFormatter(_JsonLines(name))
        self._process = name
        self._buffered: list[logging.LogRecord] | None = []
        self._tell: Callable[[str], None] | None = None
        logging.captureWarnings(capture=True)
        logging.basicConfig(handlers=[self], force=True)
        self.set_level(LEVELS["info"])

    def set_level(self, level: int) -> None:
        logging.getLogger().setLevel(max(level, logging.WARNING))
        logging.getLogger(self._process).setLevel(level)

    def tell(self, to: Callable[[str], None]) -> None:
        """Calls `to` with each line that is printed from now on."""
        self._tell = to

    def emit(self, record: logging.LogRecord) -> None:
        if self._buffered is None:
            self._print(record)
        else:
            self._buffered.append(record)

    def stop_buffering(self) -> None:
        # Under the lock of emit, so that no newer line comes in between.
        self.acquire()
        try:
            buffered, self._buffered = self._buffered, None
            for record in buffered or ():
                self._print(record)
        finally:
            self.release()

    def _print(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            self.stream.write(line + self.terminator)
            self.flush()
            if self._tell is not None:
                self._tell(line)
        except Exception:  # noqa: BLE001 - as the library does
            self.handleError(record)


def to_iso(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def scrub(text: str) -> str:
    """Removes e-mail addresses and the credentials of URLs."""
    return _EMAIL.sub(_REDACTED, _PASSWORD_IN_URL.sub(rf"\1{_REDACTED}@", text))


class _JsonLines(logging.Formatter):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._process = name

    def format(self, record: logging.LogRecord) -> str:
        fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        line = {
            "level": _WORDS.get(record.levelno, record.levelname.lower()),
            "time": to_iso(record.created),
            "name": self._process,
            **_ids_of(current_trace.get()),
            **_redact(fields),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["err"] = _describe(error)
        message = scrub(record.getMessage())
        if message:
            line["msg"] = message
        return bounded_line(json.dumps(line, default=str, ensure_ascii=False, separators=(",", ":")))


def _ids_of(trace: Trace | None) -> dict[str, str]:
    if trace is None:
        return {}
    span = {} if trace.span_id is None else {"span_id": trace.span_id}
    return {"request_id": trace.request_id, "trace_id": trace.trace_id, **span}


def _redact(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _REDACTED
        if key in _CREDENTIALS or key in redacted_fields()
        else _redact(value)
        if isinstance(value, dict)
        else scrub(value)
        if isinstance(value, str)
        else value
        for key, value in fields.items()
    }


def _describe(error: BaseException, depth: int = 0) -> dict[str, Any]:
    """Leaves out the attributes of exceptions: drivers put values of users into them."""
    frames = traceback.extract_tb(error.__traceback__)
    described: dict[str, Any] = {
        "type": type(error).__name__,
        "message": scrub(str(error)),
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and depth < _DEEPEST_CAUSE:
        described["cause"] = _describe(cause, depth + 1)
    return described
