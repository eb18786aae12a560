from __future__ import annotations

from typing import TYPE_CHECKING

from theseus_user.telemetry.export_faults import ExportFaults

if TYPE_CHECKING:
    from theseus_user.process.logs import StdoutLog
    from theseus_user.telemetry.options import TelemetryOptions
    from theseus_user.telemetry.telemetry import Telemetry


def start_telemetry(options: TelemetryOptions | None, log: StdoutLog, *, name: str, version: str) -> Telemetry | None:
    """Tells of the log's lines from now on. Returns None where nobody is told.

    Loads the SDK only when it is needed: that takes as long as the rest of a start.
    """
    if options is None:
        return None
    from theseus_user.telemetry.telemetry import Telemetry  # noqa: PLC0415

    log.addFilter(ExportFaults())
    telemetry = Telemetry(options, name=name, version=version)
    log.tell(telemetry.record)
    return telemetry
