"""The descriptors of the contract and their options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2
from theseus.error.v1 import error_reason_pb2

if TYPE_CHECKING:
    from google.protobuf.message import Message


def contract_files() -> list[bytes]:
    """Returns every file of the contract and every file that they import, serialised as buf compiled it."""
    generated = Path(error_reason_pb2.__file__).parents[3] / "contract.binpb"
    files = descriptor_pb2.FileDescriptorSet.FromString(generated.read_bytes())
    return [file.SerializeToString() for file in files.file]


def has_option(options: Any, extension: Any) -> bool:  # noqa: ANN401 - generated extensions carry no type
    return bool(options.HasExtension(extension))


def option(options: Message, extension: Any) -> Any:  # noqa: ANN401 - generated extensions carry no type
    return options.Extensions[extension]
