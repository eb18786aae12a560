"""What the contract says about calling methods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from google.protobuf import message_factory
from theseus.mesh.v1 import policy_pb2

from theseus_user.contract.descriptors import has_option, option
from theseus_user.contract.reason import rule_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
    from google.protobuf.message import Message
    from theseus.error.v1.error_reason_pb2 import ErrorReason


@dataclass(frozen=True, slots=True)
class MethodPolicy:
    """What the contract says about calling a method."""

    path: str
    request: type[Message]
    timeout: timedelta
    allow: Sequence[policy_pb2.Allow]
    max_request_bytes: int
    declared: frozenset[int]

    def may_answer(self, reason: ErrorReason) -> bool:
        return rule_of(reason).common or reason in self.declared


def policies_of(service: ServiceDescriptor) -> dict[str, MethodPolicy]:
    """Returns the policies by path, such as `/theseus.user.v1.UserService/GetUser`.

    Raises ValueError that names every method without a policy, a timeout or a max_request_bytes.
    """
    missing = [f"{method.full_name} no {part}" for method in service.methods for part in _missing_in(method)]
    if missing:
        raise ValueError(f"the contract gives {', '.join(missing)}")
    policies = [_policy_of(method) for method in service.methods]
    return {policy.path: policy for policy in policies}


def _missing_in(method: MethodDescriptor) -> list[str]:
    options = method.GetOptions()
    if not has_option(options, policy_pb2.policy):
        return ["policy"]
    policy: policy_pb2.Policy = option(options, policy_pb2.policy)
    has = {"timeout": policy.timeout.ToTimedelta() > timedelta(), "max_request_bytes": policy.max_request_bytes > 0}
    return [part for part, there in has.items() if not there]


def _policy_of(method: MethodDescriptor) -> MethodPolicy:
    options = method.GetOptions()
    policy: policy_pb2.Policy = option(options, policy_pb2.policy)
    return MethodPolicy(
        path=f"/{method.containing_service.full_name}/{method.name}",
        request=message_factory.GetMessageClass(method.input_type),
        timeout=policy.timeout.ToTimedelta(),
        allow=tuple(policy.allow),
        max_request_bytes=policy.max_request_bytes,
        declared=frozenset(option(options, policy_pb2.errors)),
    )
