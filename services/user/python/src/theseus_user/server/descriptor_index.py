from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class DescriptorIndex:
    """Finds the files of a descriptor set by what they define. Each file stays the bytes that it was read from."""

    def __init__(self, files: Iterable[bytes]) -> None:
        self._bytes: dict[str, bytes] = {}
        self._imports: dict[str, list[str]] = {}
        self._symbols: dict[str, str] = {}
        self._extensions: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for raw in files:
            file = FileDescriptorProto.FromString(raw)
            self._bytes[file.name] = raw
            self._imports[file.name] = list(file.dependency)
            for symbol in _symbols_of(file):
                self._symbols[symbol] = file.name
            for extension in _extensions_of(file):
                self._extensions[extension.extendee.removeprefix(".")][extension.number] = file.name

    def by_name(self, file: str | None) -> list[bytes] | None:
        """Returns a file and all that it imports, the file first; None for an unknown name."""
        if file is None or file not in self._bytes:
            return None
        closure = {file: None}
        waiting = [file]
        while waiting:
            imported = [name for name in self._imports.get(waiting.pop(), []) if name not in closure]
            closure.update(dict.fromkeys(imported))
            waiting.extend(imported)
        return [self._bytes[name] for name in closure if name in self._bytes]

    def by_symbol(self, full_name: str) -> list[bytes] | None:
        return self.by_name(self._symbols.get(full_name))

    def by_extension(self, extendee: str, number: int) -> list[bytes] | None:
        return self.by_name(self._extensions.get(extendee, {}).get(number))

    def extension_numbers(self, extendee: str) -> list[int] | None:
        """Returns the numbers of all extensions of a message, ascending; None for an unknown message."""
        return sorted(self._extensions.get(extendee, {})) if extendee in self._symbols else None


def _symbols_of(file: FileDescriptorProto) -> Iterator[str]:
    scope = f"{file.package}." if file.package else ""
    for message in file.message_type:
        yield from _symbols_of_message(scope, message)
    for enum in file.enum_type:
        yield from _symbols_of_enum(scope, enum)
    for extension in file.extension:
        yield scope + extension.name
    for service in file.service:
        yield scope + service.name
        for method in service.method:
            yield f"{scope}{service.name}.{method.name}"


def _symbols_of_message(scope: str, message: DescriptorProto) -> Iterator[str]:
    yield scope + message.name
    inner = f"{scope}{message.name}."
    for field in (*message.field, *message.extension):
        yield inner + field.name
    for oneof in message.oneof_decl:
        yield inner + oneof.name
    for nested in message.nested_type:
        yield from _symbols_of_message(inner, nested)
    for enum in message.enum_type:
        yield from _symbols_of_enum(inner, enum)


def _symbols_of_enum(scope: str, enum: EnumDescriptorProto) -> Iterator[str]:
    """The values of an enum are in the scope of the enum itself, not below it."""
    yield scope + enum.name
    for value in enum.value:
        yield scope + value.name


def _extensions_of(scope: FileDescriptorProto | DescriptorProto) -> Iterator[FieldDescriptorProto]:
    yield from scope.extension
    nested = scope.message_type if isinstance(scope, FileDescriptorProto) else scope.nested_type
    for message in nested:
        yield from _extensions_of(message)
