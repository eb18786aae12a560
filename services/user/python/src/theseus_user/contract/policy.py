"""What the contract says about calling methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf import message_factory
from google.protobuf.descriptor_pb2 import MethodOptions
from theseus.mesh.v1 import policy_pb2

from theseus_user.contract.descriptors import has_option, option
from theseus_user.contract.policy_faults import policy_faults
from theseus_user.contract.reason import rule_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
    from google.protobuf.message import Message
    from theseus.error.v1.error_reason_pb2 import ErrorReason


@dataclass(frozen=True, slots=True)
class MethodPolicy:
    """What the contract says about calling a method: its own options over those of its service."""

    path: str
    request: type[Message]
    timeout: timedelta
    allow: Sequence[policy_pb2.Allow]
    max_request_bytes: int
    read_only: bool
    """It has no side effects. All others are refused in standby."""
    declared: frozenset[int]

    def may_answer(self, reason: ErrorReason) -> bool:
        return rule_of(reason).common or reason in self.declared


def policies_of(service: ServiceDescriptor) -> dict[str, MethodPolicy]:
    """Returns the policies by path, such as `/theseus.user.v1.UserService/GetUser`.

    Raises ValueError that names every fault, a line each: the contract may never be silent about a limit.
    """
    faults = [fault for method in service.methods for fault in policy_faults(method, resolve_policy(method))]
    if faults:
        raise ValueError("\n".join(faults))
    policies = [_policy_of(method) for method in service.methods]
    return {policy.path: policy for policy in policies}


def resolve_policy(method: MethodDescriptor) -> policy_pb2.Policy | None:
    """Returns the policy of a method over that of its service, field by field; None where neither has one.

    Another contract's option with the same number cannot be mistaken for one: its module could not be imported.
    """
    service_options, options = method.containing_service.GetOptions(), method.GetOptions()
    if not (has_option(service_options, policy_pb2.service_policy) or has_option(options, policy_pb2.policy)):
        return None
    shared: policy_pb2.Policy = option(service_options, policy_pb2.service_policy)
    own: policy_pb2.Policy = option(options, policy_pb2.policy)
    only_caller = _only_caller_of(shared)
    return policy_pb2.Policy(
        timeout=next((each.timeout for each in (own, shared) if each.HasField("timeout")), None),
        allow=[
            policy_pb2.Allow(caller=each.caller or only_caller, auth=each.auth) for each in own.allow or shared.allow
        ],
        rate=next((each.rate for each in (own, shared) if each.HasField("rate")), None),
        max_request_bytes=own.max_request_bytes or shared.max_request_bytes,
    )


def _only_caller_of(shared: policy_pb2.Policy) -> str:
    """Returns an empty text when the policy of a service names no caller, or more than one."""
    callers = {each.caller for each in shared.allow}
    return callers.pop() if len(callers) == 1 else ""


def _policy_of(method: MethodDescriptor) -> MethodPolicy:
    policy = resolve_policy(method) or policy_pb2.Policy()
    return MethodPolicy(
        path=f"/{method.containing_service.full_name}/{method.name}",
        request=message_factory.GetMessageClass(method.input_type),
        timeout=policy.timeout.ToTimedelta(),
        allow=tuple(policy.allow),
        max_request_bytes=policy.max_request_bytes,
        read_only=method.GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS,
        declared=frozenset(option(method.GetOptions(), policy_pb2.errors)),
    )
