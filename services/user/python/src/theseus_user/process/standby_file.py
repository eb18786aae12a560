from __future__ import annotations

import logging
import os
from typing import Final

_LOG: Final = logging.getLogger("user")


class StandbyFile:
    """Tells by a file whether the process is in standby. Without a path it never is.

    A look that fails changes nothing. Until one succeeds the process is in standby.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._standby = path is not None
        self._failing = False

    def is_there(self) -> bool:
        if self._path is None:
            return False
        try:
            os.stat(self._path)  # noqa: PTH116 - pathlib takes other failures for a file that is not there
        except FileNotFoundError:
            self._standby = False
        except OSError:
            self._log_once()
            return self._standby
        else:
            self._standby = True
        self._failing = False
        return self._standby

    def _log_once(self) -> None:
        if not self._failing:
            text = "it cannot be seen whether there is a standby file; nothing changes until it can"
            _LOG.warning(text, extra={"event": "standby-file"}, exc_info=True)
        self._failing = True


def parse_standby_file(text: str) -> str:
    if not os.path.isabs(text):  # noqa: PTH117 - a text stays a text
        raise ValueError("must be an absolute path")
    return text
