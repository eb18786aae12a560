"""What the contract says about calling methods, read once from its descriptors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from google.protobuf import message_factory
from theseus.mesh.v1 import policy_pb2

from theseus_user.contract.descriptors import option
from theseus_user.contract.reason import rule_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
    from google.protobuf.message import Message
    from theseus.error.v1.error_reason_pb2 import ErrorReason

_DEFAULT_TIMEOUT_S: Final = 10.0
_DEFAULT_MAX_REQUEST_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MethodPolicy:
    """What the contract says about calling a method. Where it is silent: 10 s, 4 MiB, and nobody may call."""

    path: str
    request: type[Message]
    timeout_s: float
    allow: Sequence[policy_pb2.Allow]
    max_request_bytes: int
    declared: frozenset[int]

    def may_answer(self, reason: ErrorReason) -> bool:
        return rule_of(reason).common or reason in self.declared


def policies_of(service: ServiceDescriptor) -> dict[str, MethodPolicy]:
    """By the methods' paths, `/theseus.user.v1.UserService/GetUser`."""
    policies = [_policy_of(method) for method in service.methods]
    return {policy.path: policy for policy in policies}


def _policy_of(method: MethodDescriptor) -> MethodPolicy:
    options = method.GetOptions()
    policy: policy_pb2.Policy = option(options, policy_pb2.policy)
    timeout_s = policy.timeout.seconds + policy.timeout.nanos / 1e9
    return MethodPolicy(
        path=f"/{method.containing_service.full_name}/{method.name}",
        request=message_factory.GetMessageClass(method.input_type),
        timeout_s=timeout_s if policy.HasField("timeout") else _DEFAULT_TIMEOUT_S,
        allow=tuple(policy.allow),
        max_request_bytes=policy.max_request_bytes or _DEFAULT_MAX_REQUEST_BYTES,
        declared=frozenset(option(options, policy_pb2.errors)),
    )
