from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import signal
import sys
import time
import tomllib
from pathlib import Path
from typing import Any, Final, NoReturn

from theseus_user.app import serve_users
from theseus_user.config import parse_config
from theseus_user.process.bounded_line import bounded_line
from theseus_user.process.environment import ConfigError
from theseus_user.process.logs import StdoutLog, to_iso
from theseus_user.telemetry.start import start_telemetry

_LOG: Final = logging.getLogger("user")
# EX_CONFIG of sysexits.h.
_EXIT_CONFIG: Final = 78
# The launch protocol gives a process 10 s to stop.
_LONGEST_STOP_S: Final = 9.5


async def main() -> int:
    """Returns the exit code. The first line on stdout says where the process listens."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8, whatever the locale.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    stop_requested = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop_requested.set)
    log = StdoutLog("user")
    telemetry = None
    try:
        config = parse_config(os.environ)
        log.set_level(config.log_level)
        version = _version()
        telemetry = start_telemetry(config.telemetry, log, name="user", version=version)
        async with serve_users(config, telemetry=telemetry) as address:
            _print({"event": "listening", "address": str(address), "pid": os.getpid(), "version": version})
            log.stop_buffering()
            await stop_requested.wait()
            _LOG.info("finishing running calls", extra={"event": "stopping"})
            loop.call_later(_LONGEST_STOP_S, os._exit, 1)
    except ConfigError as error:
        for fault in error.faults:
            given = {} if fault.given is None else {"given": fault.given}
            line = {"event": "config", "variable": fault.variable, **given, "msg": fault.problem}
            _print({"level": "fatal", "time": to_iso(time.time()), **line})
        return _EXIT_CONFIG
    except Exception:  # noqa: BLE001 - the last word of the process
        log.stop_buffering()
        _LOG.critical("the process cannot go on", extra={"event": "failed"}, exc_info=True)
        return 1
    else:
        _LOG.info("stopped", extra={"event": "stopped"})
        return 0
    finally:
        if telemetry is not None:
            await asyncio.to_thread(telemetry.close)


def _version() -> str:
    project = Path(__file__).parents[2] / "pyproject.toml"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def _print(line: dict[str, Any]) -> None:
    sys.stdout.write(bounded_line(json.dumps(line, ensure_ascii=False, separators=(",", ":"))) + "\n")
    sys.stdout.flush()


async def _run() -> NoReturn:
    """Ends at once. Neither a hashing thread nor a second signal may delay it or change the exit code."""
    code = await main()
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    asyncio.run(_run())
