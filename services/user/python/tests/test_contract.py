"""The server with contracts other than the shop's."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.wrappers_pb2 import BytesValue, Int64Value
from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.mesh.v1 import policy_pb2
from theseus.mesh.v1.policy_pb2 import Allow, Auth, Policy, Rate
from theseus.quota.v1 import quota_pb2
from theseus.quota.v1.quota_pb2 import Quota, Scope

from tests.status_details import sent_reason
from theseus_user.contract.policy import policies_of, resolve_policy
from theseus_user.process.listen_address import TcpAddress
from theseus_user.server.activity import Activity
from theseus_user.server.health import Health
from theseus_user.server.identity import Identity
from theseus_user.server.interceptor import ServerContext
from theseus_user.server.server import serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.descriptor import ServiceDescriptor
    from google.protobuf.descriptor_pb2 import MethodOptions

MIB = 1024 * 1024
SECOND = timedelta(seconds=1)
LIMITS = Policy(timeout=SECOND, max_request_bytes=1)
GATEWAY, PAYMENT = (Allow(caller=caller, auth=Auth.AUTH_NONE) for caller in ("gateway", "payment"))
NUMBERS = count()


def service_with(own: MethodOptions, shared: Policy | None = None) -> ServiceDescriptor:
    """Makes a service whose one method, Measure, takes bytes and answers how many there were."""
    name = f"Service{next(NUMBERS)}"
    file = descriptor_pb2.FileDescriptorProto(name=f"measure/{name}.proto", package="measure")
    file.dependency.append("google/protobuf/wrappers.proto")
    service = file.service.add(name=name)
    if shared is not None:
        extension: Any = policy_pb2.service_policy
        service.options.Extensions[extension].CopyFrom(shared)
    method = service.method.add(
        name="Measure", input_type=".google.protobuf.BytesValue", output_type=".google.protobuf.Int64Value"
    )
    method.options.CopyFrom(own)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName(f"measure.{name}")


def options(
    own: Policy | None = None, *, reasons: Sequence[int] = (), quotas: Sequence[Quota] = ()
) -> descriptor_pb2.MethodOptions:
    result = descriptor_pb2.MethodOptions()
    extension: Any = policy_pb2.policy
    if own is not None:
        result.Extensions[extension].CopyFrom(own)
    extension = policy_pb2.errors
    result.Extensions[extension].extend(reasons)
    extension = quota_pb2.quotas
    result.Extensions[extension].extend(quotas)
    return result


def faults_of(service: ServiceDescriptor) -> list[str]:
    """Returns what is wrong, without the method's name."""
    with pytest.raises(ValueError, match="Measure: ") as refused:
        policies_of(service)
    prefix = f"{service.full_name}.Measure: "
    lines = str(refused.value).splitlines()
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


async def measure(request: BytesValue, _: grpc.aio.ServicerContext[Any, Any]) -> Int64Value:
    return Int64Value(value=len(request.value))


async def test_the_contract_alone_limits_requests() -> None:
    policy = Policy(
        timeout=timedelta(minutes=1),
        allow=[Allow(caller="gateway", auth=Auth.AUTH_PUBLIC)],
        max_request_bytes=8 * MIB,
    )
    service = service_with(options(policy))
    handlers: dict[str, Any] = {"Measure": grpc.unary_unary_rpc_method_handler(measure)}
    handler = grpc.method_handlers_generic_handler(service.full_name, handlers)
    identity = Identity(trust_domain="mesh.test", subject_prefix="users/", admin_role="keeper")
    activity = Activity(Health([service.full_name]))
    await activity.begin()
    async with serve(
        service,
        lambda server: server.add_generic_rpc_handlers([handler]),
        listen=TcpAddress("127.0.0.1", 0),
        shared=ServerContext(identity=identity, activity=activity, telemetry=None),
        probe=nothing,
    ) as address:
        unlimited = [("grpc.max_send_message_length", -1), ("grpc.enable_http_proxy", 0)]
        path = f"/{service.full_name}/Measure"
        async with grpc.aio.insecure_channel(str(address), unlimited) as channel:
            call = channel.unary_unary(path, BytesValue.SerializeToString, Int64Value.FromString)
            assert (await call(BytesValue(value=bytes(7 * MIB)))).value == 7 * MIB
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await call(BytesValue(value=bytes(9 * MIB)))
    assert sent_reason(refused.value) == "REQUEST_TOO_LARGE"


class TestPolicy:
    """The policy of a method over that of its service."""

    SHARED = Policy(
        timeout=timedelta(seconds=7),
        allow=[Allow(caller="gateway", auth=Auth.AUTH_ADMIN)],
        rate=Rate(requests_per_second=5, burst=6),
        max_request_bytes=1000,
    )
    USER = Allow(caller="gateway", auth=Auth.AUTH_USER)

    @pytest.mark.parametrize(
        ("own", "different"),
        [
            (None, Policy()),
            (Policy(), Policy()),
            (Policy(timeout=SECOND), Policy(timeout=SECOND)),
            (Policy(max_request_bytes=1), Policy(max_request_bytes=1)),
            (Policy(rate=Rate(requests_per_second=1, burst=2)), Policy(rate=Rate(requests_per_second=1, burst=2))),
            (Policy(allow=[PAYMENT]), Policy(allow=[PAYMENT])),
            (Policy(allow=[Allow(auth=Auth.AUTH_USER), PAYMENT]), Policy(allow=[USER, PAYMENT])),
        ],
    )
    def test_takes_the_place_of_the_services_field_by_field(self, own: Policy | None, different: Policy) -> None:
        expected = Policy()
        expected.CopyFrom(self.SHARED)
        for field, _ in different.ListFields():
            expected.ClearField(field.name)
        expected.MergeFrom(different)
        assert resolve_policy(service_with(options(own), self.SHARED).methods[0]) == expected

    def test_is_complete_without_a_service_that_has_one(self) -> None:
        own = Policy(timeout=SECOND, max_request_bytes=1, allow=[PAYMENT])
        service = service_with(options(own))
        assert resolve_policy(service.methods[0]) == own
        assert [policy.timeout for policy in policies_of(service).values()] == [SECOND]

    def test_may_not_be_silent(self) -> None:
        assert resolve_policy(service_with(options()).methods[0]) is None
        assert faults_of(service_with(options())) == ["has no policy"]
        silent = ["has no timeout", "has no max_request_bytes", "allows no caller"]
        assert faults_of(service_with(options(), Policy())) == silent

    @pytest.mark.parametrize("callers", [[], [GATEWAY, PAYMENT]])
    def test_may_leave_a_caller_out_where_the_service_names_a_single_one(self, callers: list[Allow]) -> None:
        shared = Policy(timeout=SECOND, max_request_bytes=1, allow=callers)
        service = service_with(options(Policy(allow=[Allow(auth=Auth.AUTH_USER)])), shared)
        assert faults_of(service) == ["allows a caller without a name, and its service names no single one"]

    def test_is_refused_with_every_fault(self) -> None:
        unknown: Any = 99
        own = Policy(
            rate=Rate(requests_per_second=2, burst=1),
            allow=[Allow(caller="gateway"), GATEWAY, GATEWAY, Allow(caller="gateway", auth=unknown)],
        )
        assert faults_of(service_with(options(own), LIMITS)) == [
            "rate's burst is below requests_per_second",
            'does not say what a call of "gateway" must prove',
            'allows "gateway NONE" twice',
            'asks "gateway" for the unknown proof 99',
        ]
        nothing_through = Policy(rate=Rate(), allow=[GATEWAY])
        assert faults_of(service_with(options(nothing_through), LIMITS)) == ["rate lets no call through"]

    def test_declares_reasons_that_there_are_and_each_once(self) -> None:
        taken = ErrorReason.EMAIL_TAKEN
        own = options(Policy(allow=[GATEWAY]), reasons=[0, 99_999, taken, taken])
        assert faults_of(service_with(own, LIMITS)) == [
            "declares an unspecified error",
            "declares the unknown error 99999",
            "declares EMAIL_TAKEN twice",
        ]

    def test_declares_the_reason_of_its_quotas_and_each_in_full(self) -> None:
        own, exceeded = Policy(allow=[GATEWAY]), [ErrorReason.QUOTA_EXCEEDED]
        full = Quota(name="open", scope=Scope.SCOPE_USER, limit=1)
        policies_of(service_with(options(own, reasons=exceeded, quotas=[full]), LIMITS))
        undeclared = ["has quotas and does not declare QUOTA_EXCEEDED"]
        assert faults_of(service_with(options(own, quotas=[full]), LIMITS)) == undeclared
        without = ["declares QUOTA_EXCEEDED and has no quota"]
        assert faults_of(service_with(options(own, reasons=exceeded), LIMITS)) == without
        empty = Quota(name="open", scope=Scope.SCOPE_USER, limit=1, window=timedelta())
        assert faults_of(service_with(options(own, reasons=exceeded, quotas=[Quota(), full, empty]), LIMITS)) == [
            "has a quota without a name",
            'quota "" does not say whose',
            'quota "" lets nothing through',
            'has the quota "open" twice',
            'quota "open" has an empty window',
        ]


async def nothing() -> None:
    """Probes a store that always answers."""
