"""The process follows its standby file."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pymongo.errors import PyMongoError

from theseus_user.config import current_mongodb_url
from theseus_user.process.environment import ConfigError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from theseus_user.config import Config
    from theseus_user.process.standby_file import StandbyFile
    from theseus_user.server.activity import Activity
    from theseus_user.store.database import Database
    from theseus_user.store.once import Preparation

_LOG: Final = logging.getLogger("user")
_LOOK_EVERY_S: Final = 0.1


@dataclass(slots=True, kw_only=True)
class Standby:
    """Makes the process active, and leads it into standby. One change comes after the other."""

    config: Config
    file: StandbyFile
    activity: Activity
    database: Database
    preparations: tuple[Preparation, ...]
    """What an active process does once: it begins with the first probe, and rests in standby."""
    active: bool = False

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()

    async def start(self) -> None:
        """Before anything of the process runs. A supervisor writes the URL first, so it is read last."""
        standby = self.file.is_there()
        await self._use_current_url()
        if standby:
            _LOG.info("the process is in standby", extra={"event": "standby"})
            return
        for each in self.preparations:
            each.allow()
        await self._say_active()

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            standby = self.file.is_there()
            if standby and self.active:
                await self._go_into_standby()
            elif not standby and not self.active:
                await self._become_active()

    async def _become_active(self) -> None:
        await self._use_current_url()
        for each in self.preparations:
            await each.attempt()
        await self._say_active()

    async def _say_active(self) -> None:
        self.active = True
        await self.activity.begin()
        _LOG.info("the process is active", extra={"event": "active"})

    async def _go_into_standby(self) -> None:
        await self.activity.end_writing()
        for each in reversed(self.preparations):
            await each.rest()
        await self._use_current_url()
        self.active = False
        await self.activity.say_standby()
        _LOG.info("the process is in standby", extra={"event": "standby"})

    async def _use_current_url(self) -> None:
        """With a file that is faulty the process goes on with the URL that it has."""
        try:
            await self.database.use(current_mongodb_url(self.config))
        except (ConfigError, PyMongoError):
            text = "the store's URL cannot be read again; the one before stays in use"
            _LOG.exception(text, extra={"event": "store-url"})
