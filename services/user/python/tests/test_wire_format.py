"""What the wire format allows, whatever the library takes."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from theseus_user.server.wire_format import assert_wire_format


def groups(depth: int) -> str:
    """Groups, one inside the other, that no message has."""
    return "db3e" * depth + "dc3e" * depth


@pytest.mark.parametrize(
    "text",
    [
        "",
        "08 01 10 02",
        "88 80 80 80 00 01",
        "f8 ff ff ff 0f 01",
        "08 ff ff ff ff ff ff ff ff ff 01",
        "d2 3e 81 80 80 80 00 61",
        "c93e0102030405060708 e53e01020304",
        groups(100),
    ],
)
def test_takes_what_is_right_or_unknown(text: str) -> None:
    assert_wire_format(Timestamp.DESCRIPTOR, bytes.fromhex(text))


@pytest.mark.parametrize(
    "text",
    [
        # Field numbers, tags, wire types.
        "00 01",
        "db3e 00 01 dc3e",
        "80 80 80 80 10 01",
        "88 80 80 80 80 00 01",
        "0e",
        "0f",
        # Numbers and bytes that are too long, or have no end.
        "c03e ff ff ff ff ff ff ff ff ff ff 01",
        "c03e ff ff ff ff ff ff ff ff ff 02",
        "c03e 80",
        "c93e 01",
        "cd3e 01",
        "d23e 02 61",
        "d23e 81 80 80 80 80 00 61",
        "d23e 81 80 80 80 10 61",
        "08",
        # Groups.
        "db3e",
        "db3e e43e",
        "dc3e",
        groups(101),
        # Other wire types than the field's own.
        "09 0000000000000000",
        "12 01 05",
        "13 14",
    ],
)
def test_refuses_what_is_none(text: str) -> None:
    with pytest.raises(DecodeError):
        assert_wire_format(Timestamp.DESCRIPTOR, bytes.fromhex(text))


@pytest.mark.parametrize("text", ["52 01 80 50 01", "22 02 0a 05 61 61 61 61 61", "22 02 08 01"])
def test_holds_inside_lists_and_messages(text: str) -> None:
    with pytest.raises(DecodeError):
        assert_wire_format(FileDescriptorProto.DESCRIPTOR, bytes.fromhex(text))
    assert_wire_format(FileDescriptorProto.DESCRIPTOR, bytes.fromhex("52 02 01 02 50 01 22 03 0a 01 61"))


def test_holds_inside_an_entry_of_a_map() -> None:
    with pytest.raises(DecodeError):
        assert_wire_format(Struct.DESCRIPTOR, bytes.fromhex("0a 02 08 01"))
