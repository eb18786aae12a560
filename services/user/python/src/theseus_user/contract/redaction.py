"""The fields that the contract keeps out of logs."""

from __future__ import annotations

from functools import cache

from google.protobuf import descriptor_pb2
from theseus.user.v1 import session_pb2, user_pb2, user_service_pb2


@cache
def redacted_fields() -> frozenset[str]:
    """Returns the names of the fields that are marked `debug_redact`, in Protobuf's and in JSON's spelling."""
    names: set[str] = set()
    for module in (user_pb2, session_pb2, user_service_pb2):
        file = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        for message in file.message_type:
            for field in message.field:
                if field.options.debug_redact:
                    names |= {field.name, field.json_name}
    return frozenset(names)
