"""The lengths that texts and lines of the log may have."""

from __future__ import annotations

import json
from typing import Any, Final

LONGEST_TEXT: Final = 8192
"""Characters."""
LONGEST_LINE: Final = 32_768
"""Bytes, without the end of the line."""
_KEPT: Final = ("level", "time", "name", "event", "request_id", "trace_id", "span_id", "msg")
_LONGEST_KEPT: Final = 512


def bounded_line(line: str) -> str:
    """Cuts texts that are too long, which end in "…" then.

    Of a line that is still too long, only the fields stay that tell what it is about, with "cut": true.
    """
    if len(line) <= LONGEST_TEXT and _size(line) <= LONGEST_LINE:
        return line
    record = json.loads(line)
    bounded = _encode(_cut_texts(record, LONGEST_TEXT))
    if _size(bounded) <= LONGEST_LINE:
        return bounded
    kept = {name: record[name] for name in _KEPT if isinstance(record.get(name), str)}
    return _encode({**_cut_texts(kept, _LONGEST_KEPT), "cut": True})


def _size(line: str) -> int:
    """Counts bytes. A lone surrogate, which a wrong variable can bring, is no UTF-8 and is written as an escape."""
    return len(line.encode(errors="backslashreplace"))


def _encode(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _cut_texts(value: Any, longest: int) -> Any:  # noqa: ANN401 - any value of JSON
    if isinstance(value, str):
        return value if len(value) <= longest else f"{value[: longest - 1]}…"
    if isinstance(value, list):
        return [_cut_texts(each, longest) for each in value]
    if isinstance(value, dict):
        return {name: _cut_texts(each, longest) for name, each in value.items()}
    return value
