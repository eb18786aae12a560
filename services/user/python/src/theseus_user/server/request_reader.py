"""Reads a request from its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import DecodeError, Message
from protovalidate import Validator
from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal, Violation
from theseus_user.server.wire_format import assert_wire_format

if TYPE_CHECKING:
    from theseus_user.contract.policy import MethodPolicy

_VALIDATOR: Final = Validator()


def read_request(policy: MethodPolicy, raw: bytes) -> Message:
    """Refuses a request that is too large, malformed or against the contract's rules."""
    if len(raw) > policy.max_request_bytes:
        text = f"the message has {len(raw)} bytes, {policy.max_request_bytes} are allowed"
        raise Refusal(ErrorReason.REQUEST_TOO_LARGE, text)
    try:
        assert_wire_format(policy.request.DESCRIPTOR, raw)  # type: ignore[arg-type]
        request = policy.request.FromString(raw)
    except DecodeError as error:
        text = f"the message is not a {policy.request.DESCRIPTOR.full_name}"
        raise Refusal(ErrorReason.REQUEST_MALFORMED, text) from error
    violations = [_to_violation(each.proto) for each in _VALIDATOR.collect_violations(request)]
    if violations:
        # Violations of single fields come first, those of the whole message last.
        violations.sort(key=lambda violation: violation.field == "")
        raise Refusal(ErrorReason.VALIDATION_FAILED, _summary(violations), violations)
    return request


def warm_up(policy: MethodPolicy) -> None:
    """Compiles the rules of a request. That takes long, so it is done before the first call."""
    _VALIDATOR.collect_violations(policy.request())


def _to_violation(violation: Any) -> Violation:  # noqa: ANN401 - a message of the validator's own runtime
    return Violation(_path(violation.field), violation.rule_id, violation.message)


def _path(field: Any) -> str:  # noqa: ANN401
    """Spells the path of a field as the contract does: `lines[2].quantity`, `labels["a"]`."""
    text = ""
    for element in field.elements if field is not None else ():
        text += f".{element.field_name}" if text else element.field_name
        if element.subscript is not None:
            value = element.subscript.value
            text += f'["{value}"]' if isinstance(value, str) else f"[{value}]".lower()
    return text


def _summary(violations: list[Violation]) -> str:
    first, *rest = violations
    text = ": ".join(part for part in (first.field, first.message) if part)
    return f"{text} (and {len(rest)} more)" if rest else text
