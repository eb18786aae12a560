from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from theseus_user.process.environment import ConfigError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from theseus_user.sessions.signing_keys import SigningKey

_LOG: Final = logging.getLogger("user")
_CHECK_S: Final = 0.5


class KeyRing:
    """The signing keys of the moment: whoever rotates them replaces their file while the process runs."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self._keys = tuple(keys)

    @property
    def all(self) -> tuple[SigningKey, ...]:
        """Those that are published, the one that signs first."""
        return self._keys

    @property
    def signing(self) -> SigningKey:
        return self._keys[0]

    @property
    def lasting_secret(self) -> bytes:
        """The secret of one of the keys, the same in whatever order they are: instances do not change at once."""
        return min(self._keys, key=lambda key: key.kid).secret

    @asynccontextmanager
    async def followed(self, read: Callable[[], Sequence[SigningKey]]) -> AsyncIterator[None]:
        """Reads them again and again within the block. They stay while `read` raises ConfigError."""
        task = asyncio.create_task(self._follow(read))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _follow(self, read: Callable[[], Sequence[SigningKey]]) -> None:
        told: object = None
        while True:
            await asyncio.sleep(_CHECK_S)
            try:
                self._replace(tuple(read()))
                told = None
            except ConfigError as error:
                if error.faults != told:
                    _tell(error)
                told = error.faults

    def _replace(self, keys: tuple[SigningKey, ...]) -> None:
        if [(key.kid, key.x) for key in keys] == [(key.kid, key.x) for key in self._keys]:
            return
        self._keys = keys
        _LOG.info("the signing keys have changed", extra={"event": "signing-keys", "kid": self.signing.kid})


def _tell(error: ConfigError) -> None:
    for fault in error.faults:
        given = {} if fault.given is None else {"given": fault.given}
        _LOG.error(fault.problem, extra={"event": "config", "variable": fault.variable, **given})
