"""The contract's options, read once from the descriptors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf import descriptor_pb2, message_factory
from google.rpc import code_pb2
from theseus.error.v1 import error_reason_pb2, reason_rule_pb2
from theseus.mesh.v1 import policy_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
    from google.protobuf.message import Message
    from theseus.error.v1.error_reason_pb2 import ErrorReason

_DEFAULT_TIMEOUT_S: Final = 10.0
_DEFAULT_MAX_REQUEST_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReasonRule:
    code: grpc.StatusCode
    common: bool
    retry_after_ms: int | None


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


def contract_files() -> list[bytes]:
    """Serialised, with all that they import, as buf has compiled them."""
    generated = Path(error_reason_pb2.__file__).parents[3] / "contract.binpb"
    files = descriptor_pb2.FileDescriptorSet.FromString(generated.read_bytes())
    return [file.SerializeToString() for file in files.file]


def rule_of(reason: ErrorReason) -> ReasonRule:
    """A reason without a rule counts as INTERNAL."""
    return _RULES.get(reason, _INTERNAL)


def option(options: Message, extension: Any) -> Any:  # noqa: ANN401 - generated extensions carry no type
    return options.Extensions[extension]


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


def _read_rules() -> dict[int, ReasonRule]:
    codes = {code.value[0]: code for code in grpc.StatusCode}
    rules: dict[int, ReasonRule] = {}
    for value in error_reason_pb2.DESCRIPTOR.enum_types_by_name["ErrorReason"].values:
        options = value.GetOptions()
        rule: reason_rule_pb2.ReasonRule = option(options, reason_rule_pb2.rule)
        if rule.code == code_pb2.OK:
            continue
        retry_after_ms = rule.retry_after.ToMilliseconds() if rule.HasField("retry_after") else None
        rules[value.number] = ReasonRule(codes[rule.code], rule.common, retry_after_ms)
    return rules


_INTERNAL: Final = ReasonRule(grpc.StatusCode.INTERNAL, common=True, retry_after_ms=None)
_RULES: Final = _read_rules()
