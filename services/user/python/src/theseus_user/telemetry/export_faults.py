from __future__ import annotations

import logging
import time
from threading import Lock
from typing import Final

_EVERY_S: Final = 60.0


class ExportFaults(logging.Filter):
    """Lets into a log one warning a minute of what the SDK says of its receiver, and everything else.

    It says something of every batch. A handler asks its filters before it takes its lock, which a thread that tells a
    line of the log holds already.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._silent_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("opentelemetry."):
            return True
        now = time.monotonic()
        with self._lock:
            if now < self._silent_until:
                return False
            self._silent_until = now + _EVERY_S
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.event = "telemetry"
        return True
