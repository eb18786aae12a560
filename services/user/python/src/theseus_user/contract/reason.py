"""What the contract says about reasons of refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from google.rpc import code_pb2
from theseus.error.v1 import error_reason_pb2, reason_rule_pb2

from theseus_user.contract.descriptors import option

if TYPE_CHECKING:
    from datetime import timedelta

    from theseus.error.v1.error_reason_pb2 import ErrorReason


@dataclass(frozen=True, slots=True)
class ReasonRule:
    code: grpc.StatusCode
    common: bool
    retry_after: timedelta | None


def rule_of(reason: ErrorReason) -> ReasonRule:
    """A reason without a rule counts as INTERNAL."""
    return _RULES.get(reason, _INTERNAL)


def _read_rules() -> dict[int, ReasonRule]:
    codes = {code.value[0]: code for code in grpc.StatusCode}
    rules: dict[int, ReasonRule] = {}
    for value in error_reason_pb2.DESCRIPTOR.enum_types_by_name["ErrorReason"].values:
        options = value.GetOptions()
        rule: reason_rule_pb2.ReasonRule = option(options, reason_rule_pb2.rule)
        if rule.code == code_pb2.OK:
            continue
        retry_after = rule.retry_after.ToTimedelta() if rule.HasField("retry_after") else None
        rules[value.number] = ReasonRule(codes[rule.code], rule.common, retry_after)
    return rules


_INTERNAL: Final = ReasonRule(grpc.StatusCode.INTERNAL, common=True, retry_after=None)
_RULES: Final = _read_rules()
