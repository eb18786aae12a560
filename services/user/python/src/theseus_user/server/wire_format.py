"""Protobuf's wire format, as strict as a contract in several languages needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

_VARINT, _FIXED64, _DELIMITED, _GROUP, _GROUP_END, _FIXED32 = range(6)

_MOST_LEVELS: Final = 100
"""So many messages and groups may stand one inside the other: decoders agree on no more."""

_LONGEST_TAG: Final = 5
"""Tags and lengths are numbers of 32 bits."""

_LONGEST_VARINT: Final = 10

_DELIMITED_TYPES: Final = frozenset(
    {
        FieldDescriptor.TYPE_STRING,
        FieldDescriptor.TYPE_BYTES,
        FieldDescriptor.TYPE_MESSAGE,
        FieldDescriptor.TYPE_GROUP,
    }
)
_FIXED64_TYPES: Final = frozenset(
    {FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FIXED64, FieldDescriptor.TYPE_SFIXED64}
)
_FIXED32_TYPES: Final = frozenset(
    {FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_FIXED32, FieldDescriptor.TYPE_SFIXED32}
)


def assert_wire_format(descriptor: Descriptor, raw: bytes) -> None:
    """Raises DecodeError unless the bytes are what the format allows, each known field in its own wire type.

    The library takes a field in another wire type for an unknown one, and is less strict in some places than the
    decoders of other languages.
    """
    _Scanner(raw).message(descriptor, len(raw), 0)


class _Scanner:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def message(self, descriptor: Descriptor | None, end: int, level: int, group: int | None = None) -> None:
        """Goes to the end of a message or, where `group` is its number, of a group."""
        if level > _MOST_LEVELS:
            raise DecodeError(f"more than {_MOST_LEVELS} messages stand one inside the other")
        while self._at < end:
            tag = self._varint(end, _LONGEST_TAG)
            number, wire_type = tag >> 3, tag & 7
            if number == 0 or tag >> 32:
                raise DecodeError(f"no field has the number {number}")
            if wire_type == _GROUP_END and number == group:
                return
            field = descriptor.fields_by_number.get(number) if descriptor else None
            if field is not None and not _is_own(field, wire_type):
                raise DecodeError(f"{field.full_name} has the wire type {wire_type}")
            if wire_type == _GROUP:
                self.message(None, end, level + 1, number)
            elif wire_type == _DELIMITED:
                self._delimited(field, end, level)
            else:
                self._number(wire_type, end)
        if group is not None:
            raise DecodeError(f"group {group} has no end")

    def _delimited(self, field: FieldDescriptor | None, end: int, level: int) -> None:
        length = self._varint(end, _LONGEST_TAG)
        last = self._at + length
        if last > end:
            raise DecodeError(f"{length} bytes are said, {end - self._at} are there")
        if field is not None and field.message_type is not None:
            self.message(field.message_type, last, level + 1)
        elif field is not None and (single := _wire_type_of(field)) != _DELIMITED:
            while self._at < last:
                self._number(single, last)
        self._at = last

    def _number(self, wire_type: int, end: int) -> None:
        if wire_type == _VARINT:
            self._varint(end, _LONGEST_VARINT)
        elif wire_type == _FIXED64:
            self._at += 8
        elif wire_type == _FIXED32:
            self._at += 4
        else:
            raise DecodeError(f"wire type {wire_type} is none, or ends a group that has not begun")
        if self._at > end:
            raise DecodeError("a number has no end")

    def _varint(self, end: int, longest: int) -> int:
        value = 0
        for count in range(longest):
            if self._at >= end:
                raise DecodeError("a number has no end")
            byte = self._raw[self._at]
            self._at += 1
            value |= (byte & 0x7F) << (7 * count)
            if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
                if value >> 64:
                    raise DecodeError("a number has more than 64 bits")
                return value
        raise DecodeError(f"a number has more than {longest} bytes")


def _is_own(field: FieldDescriptor, wire_type: int) -> bool:
    return wire_type == _wire_type_of(field) or (field.is_repeated and wire_type == _DELIMITED)


def _wire_type_of(field: FieldDescriptor) -> int:
    if field.type in _DELIMITED_TYPES:
        return _DELIMITED
    if field.type in _FIXED64_TYPES:
        return _FIXED64
    return _FIXED32 if field.type in _FIXED32_TYPES else _VARINT
