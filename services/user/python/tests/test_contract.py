"""The server with contracts other than the shop's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.wrappers_pb2 import BytesValue, Int64Value
from theseus.mesh.v1 import policy_pb2
from theseus.mesh.v1.policy_pb2 import Allow, Auth, Policy

from tests.status_details import sent_reason
from theseus_user.contract.policy import policies_of
from theseus_user.process.listen_address import TcpAddress
from theseus_user.server.identity import Identity
from theseus_user.server.server import serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.descriptor import ServiceDescriptor

MIB = 1024 * 1024


def service_with(name: str, policies: Mapping[str, Policy | None]) -> ServiceDescriptor:
    """Makes a service whose methods take bytes and answer how many there were."""
    file = descriptor_pb2.FileDescriptorProto(name=f"measure/{name}.proto", package="measure")
    file.dependency.append("google/protobuf/wrappers.proto")
    service = file.service.add(name=name)
    for each, policy in policies.items():
        method = service.method.add(
            name=each, input_type=".google.protobuf.BytesValue", output_type=".google.protobuf.Int64Value"
        )
        if policy is not None:
            extension: Any = policy_pb2.policy
            method.options.Extensions[extension].CopyFrom(policy)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName(f"measure.{name}")


async def measure(request: BytesValue, _: grpc.aio.ServicerContext[Any, Any]) -> Int64Value:
    return Int64Value(value=len(request.value))


async def test_the_contract_alone_limits_requests() -> None:
    policy = Policy(
        timeout=timedelta(minutes=1),
        allow=[Allow(caller="gateway", auth=Auth.AUTH_PUBLIC)],
        max_request_bytes=8 * MIB,
    )
    service = service_with("Large", {"Measure": policy})
    handlers: dict[str, Any] = {"Measure": grpc.unary_unary_rpc_method_handler(measure)}
    handler = grpc.method_handlers_generic_handler(service.full_name, handlers)
    async with serve(
        service,
        lambda server: server.add_generic_rpc_handlers([handler]),
        listen=TcpAddress("127.0.0.1", 0),
        identity=Identity(trust_domain="mesh.test", subject_prefix="users/", admin_role="keeper"),
        probe=nothing,
    ) as address:
        options = [("grpc.max_send_message_length", -1)]
        async with grpc.aio.insecure_channel(str(address), options) as channel:
            call = channel.unary_unary("/measure.Large/Measure", BytesValue.SerializeToString, Int64Value.FromString)
            assert (await call(BytesValue(value=bytes(7 * MIB)))).value == 7 * MIB
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await call(BytesValue(value=bytes(9 * MIB)))
    assert sent_reason(refused.value) == "REQUEST_TOO_LARGE"


def test_a_contract_that_is_silent_is_a_fault_that_names_the_methods() -> None:
    second = timedelta(seconds=1)
    service = service_with(
        "Silent",
        {
            "Whole": Policy(timeout=second, max_request_bytes=1),
            "NoPolicy": None,
            "NoTimeout": Policy(max_request_bytes=1),
            "NoSize": Policy(timeout=second),
        },
    )
    with pytest.raises(ValueError, match="the contract gives") as refused:
        policies_of(service)
    missing = str(refused.value).removeprefix("the contract gives ").split(", ")
    assert sorted(missing) == [
        "measure.Silent.NoPolicy no policy",
        "measure.Silent.NoSize no max_request_bytes",
        "measure.Silent.NoTimeout no timeout",
    ]


async def nothing() -> None:
    """Probes a store that always answers."""
