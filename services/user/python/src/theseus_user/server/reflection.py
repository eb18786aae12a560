"""Server reflection, v1 and v1alpha. The two differ only in the package's name, so one handler serves both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf import descriptor_pb2
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse

from theseus_user.server.descriptor_index import DescriptorIndex

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    Context = grpc.aio.ServicerContext[Any, Any]

_ALPHA: Final = "grpc.reflection.v1alpha"
_STABLE: Final = "grpc.reflection.v1"
_METHOD: Final = "ServerReflectionInfo"


def add_reflection(server: grpc.aio.Server, contract: Iterable[bytes], services: Iterable[str]) -> None:
    """Adds reflection. It sends the contract's files as they are, and knows health and itself."""
    own = [f"{package}.ServerReflection" for package in (_STABLE, _ALPHA)]
    alpha = reflection_pb2.DESCRIPTOR.serialized_pb
    index = DescriptorIndex([health_pb2.DESCRIPTOR.serialized_pb, alpha, _stable(alpha), *contract])
    names = sorted([*services, "grpc.health.v1.Health", *own])

    async def answer(
        requests: AsyncIterator[ServerReflectionRequest], _: Context
    ) -> AsyncIterator[ServerReflectionResponse]:
        async for request in requests:
            response = _answer(request, index, names)
            response.valid_host = request.host
            response.original_request.CopyFrom(request)
            yield response

    handler: grpc.RpcMethodHandler[Any, Any] = grpc.stream_stream_rpc_method_handler(
        answer,
        ServerReflectionRequest.FromString,
        ServerReflectionResponse.SerializeToString,
    )
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(service, {_METHOD: handler}) for service in own]
    )


def _answer(request: ServerReflectionRequest, index: DescriptorIndex, names: list[str]) -> ServerReflectionResponse:
    match request.WhichOneof("message_request"):
        case "file_by_filename":
            return _files(index.by_name(request.file_by_filename))
        case "file_containing_symbol":
            return _files(index.by_symbol(request.file_containing_symbol))
        case "file_containing_extension":
            asked = request.file_containing_extension
            return _files(index.by_extension(asked.containing_type, asked.extension_number))
        case "all_extension_numbers_of_type":
            return _numbers(index, request.all_extension_numbers_of_type)
        case "list_services":
            services = [reflection_pb2.ServiceResponse(name=name) for name in names]
            listed = reflection_pb2.ListServiceResponse(service=services)
            return ServerReflectionResponse(list_services_response=listed)
        case _:
            return _refusal(grpc.StatusCode.INVALID_ARGUMENT, "nothing was asked")


def _files(found: list[bytes] | None) -> ServerReflectionResponse:
    if found is None:
        return _refusal(grpc.StatusCode.NOT_FOUND, "not found")
    response = reflection_pb2.FileDescriptorResponse(file_descriptor_proto=found)
    return ServerReflectionResponse(file_descriptor_response=response)


def _numbers(index: DescriptorIndex, extendee: str) -> ServerReflectionResponse:
    numbers = index.extension_numbers(extendee)
    if numbers is None:
        return _refusal(grpc.StatusCode.NOT_FOUND, "not found")
    response = reflection_pb2.ExtensionNumberResponse(base_type_name=extendee, extension_number=numbers)
    return ServerReflectionResponse(all_extension_numbers_response=response)


def _refusal(code: grpc.StatusCode, message: str) -> ServerReflectionResponse:
    error = reflection_pb2.ErrorResponse(error_code=code.value[0], error_message=message)
    return ServerReflectionResponse(error_response=error)


def _stable(alpha: bytes) -> bytes:
    file = descriptor_pb2.FileDescriptorProto.FromString(alpha)
    file.name = "grpc/reflection/v1/reflection.proto"
    file.package = _STABLE
    for message in file.message_type:
        for field in message.field:
            if field.HasField("type_name"):
                field.type_name = field.type_name.replace(_ALPHA, _STABLE)
    for method in file.service[0].method:
        method.input_type = method.input_type.replace(_ALPHA, _STABLE)
        method.output_type = method.output_type.replace(_ALPHA, _STABLE)
    return file.SerializeToString()
