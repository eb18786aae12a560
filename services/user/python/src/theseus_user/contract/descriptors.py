"""The contract's descriptors as buf has compiled them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2
from theseus.error.v1 import error_reason_pb2

if TYPE_CHECKING:
    from google.protobuf.message import Message


def contract_files() -> list[bytes]:
    """Serialised, with all that they import, as buf has compiled them."""
    generated = Path(error_reason_pb2.__file__).parents[3] / "contract.binpb"
    files = descriptor_pb2.FileDescriptorSet.FromString(generated.read_bytes())
    return [file.SerializeToString() for file in files.file]


def has_option(options: Any, extension: Any) -> bool:  # noqa: ANN401 - generated extensions carry no type
    return bool(options.HasExtension(extension))


def option(options: Message, extension: Any) -> Any:  # noqa: ANN401 - generated extensions carry no type
    return options.Extensions[extension]
