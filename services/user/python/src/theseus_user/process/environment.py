"""Reads the environment, and collects all faults of it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ConfigFault:
    variable: str
    problem: str
    """What is wrong, and how to mend it."""
    given: str | None = None
    """The value; None for an absent variable and for a secret."""


class ConfigError(Exception):
    def __init__(self, faults: Sequence[ConfigFault]) -> None:
        super().__init__("; ".join(f"{fault.variable}: {fault.problem}" for fault in faults))
        self.faults = tuple(faults)


class Environment:
    """Reads variables and collects their faults. An empty variable counts as absent.

    The values may be used only when there are no faults: a variable with a fault is read as None, whatever its type.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.faults: list[ConfigFault] = []

    def read(
        self,
        name: str,
        parse: Callable[[str], T],
        *,
        wanted: str,
        default: T | None = None,
        secret: bool = False,
    ) -> T:
        """`parse` raises ValueError that says what is wrong. Its text is printed; a `secret` value is not."""
        text = self._values.get(name, "")
        if text == "":
            if default is not None:
                return default
            problem, given = f"is not set; {wanted}", None
        else:
            try:
                return parse(text)
            except ValueError as error:
                problem, given = str(error) or wanted, None if secret else text
        self.faults.append(ConfigFault(name, problem, given))
        return cast("T", None)

    def read_optional(self, name: str, parse: Callable[[str], T], *, wanted: str, secret: bool = False) -> T | None:
        return None if self._values.get(name, "") == "" else self.read(name, parse, wanted=wanted, secret=secret)

    def read_secret(self, name: str, parse: Callable[[str], T], *, wanted: str) -> T:
        """Reads a variable or, as containers have secrets, the private file that `<name>_FILE` names.

        `parse` never repeats its text, nor does a fault.
        """
        file_name = f"{name}_FILE"
        text, path = self._values.get(name, ""), self._values.get(file_name, "")
        if text == "" and path != "":
            return self.read_secret_file(file_name, lambda content: _parse_content(content, parse))
        if path != "":
            fault = ConfigFault(file_name, f"is set, and so is {name}; set one of them")
        elif text == "":
            fault = ConfigFault(name, f"is not set; {wanted}; or {file_name} must name a private file that holds it")
        else:
            try:
                return parse(text)
            except ValueError as error:
                fault = ConfigFault(name, str(error))
        self.faults.append(fault)
        return cast("T", None)

    def read_secret_file(self, name: str, parse: Callable[[str], T]) -> T:
        return self.read(name, lambda path: parse(_read_private(path)), wanted="must be the path of a file")

    def read_optional_secret_file(self, name: str, parse: Callable[[str], T]) -> T | None:
        return None if self._values.get(name, "") == "" else self.read_secret_file(name, parse)


def _parse_content(content: str, parse: Callable[[str], T]) -> T:
    text = content.removesuffix("\n")
    if text == "":
        raise ValueError("the file is empty")
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"what the file holds {error}") from None


def _read_private(path: str) -> str:
    file = Path(path)
    try:
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):
            raise ValueError("must be the path of a file")
        if mode & 0o077:
            raise ValueError(f'others may read this secret; run: chmod 600 "{path}"')
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ValueError("there is no such file") from None
    except UnicodeDecodeError:
        raise ValueError("must be a text in UTF-8") from None
    except OSError as error:
        raise ValueError(f"the file cannot be read: {os.strerror(error.errno or 0)}") from None
