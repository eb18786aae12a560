"""What is wrong with the options of a method."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from theseus.error.v1.error_reason_pb2 import ErrorReason
from theseus.mesh.v1 import policy_pb2
from theseus.mesh.v1.policy_pb2 import Auth
from theseus.quota.v1 import quota_pb2
from theseus.quota.v1.quota_pb2 import Scope

from theseus_user.contract.descriptors import option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from google.protobuf.descriptor import MethodDescriptor
    from theseus.mesh.v1.policy_pb2 import Allow, Policy
    from theseus.quota.v1.quota_pb2 import Quota


def policy_faults(method: MethodDescriptor, policy: Policy | None) -> list[str]:
    """Takes the policy as the method and its service say it together. Each line begins with the method's name."""
    reasons: Sequence[ErrorReason] = option(method.GetOptions(), policy_pb2.errors)
    quotas: Sequence[Quota] = option(method.GetOptions(), quota_pb2.quotas)
    faults = [
        *(["has no policy"] if policy is None else [*_limit_faults(policy), *_allow_faults(policy.allow)]),
        *_reason_faults(reasons),
        *_quota_faults(quotas, reasons),
    ]
    return [f"{method.full_name}: {fault}" for fault in faults]


def _limit_faults(policy: Policy) -> Iterator[str]:
    yield from _found(
        (policy.timeout.ToTimedelta() <= timedelta(), "has no timeout"),
        (policy.max_request_bytes == 0, "has no max_request_bytes"),
    )
    if policy.HasField("rate"):
        rate = policy.rate
        yield from _found(
            (rate.requests_per_second == 0, "rate lets no call through"),
            (rate.burst < rate.requests_per_second, "rate's burst is below requests_per_second"),
        )


def _allow_faults(allow: Sequence[Allow]) -> Iterator[str]:
    yield from _found((not allow, "allows no caller"))
    ways: list[str] = []
    for each in allow:
        caller, auth = each.caller, each.auth
        known = auth in Auth.values()
        way = f"{caller} {Auth.Name(auth).removeprefix('AUTH_') if known else auth}"
        yield from _found(
            (not caller, "allows a caller without a name, and its service names no single one"),
            (auth == Auth.AUTH_UNSPECIFIED, f'does not say what a call of "{caller}" must prove'),
            (not known, f'asks "{caller}" for the unknown proof {auth}'),
            (way in ways, f'allows "{way}" twice'),
        )
        ways.append(way)


def _reason_faults(reasons: Sequence[ErrorReason]) -> Iterator[str]:
    for index, reason in enumerate(reasons):
        known = reason in ErrorReason.values()
        name = ErrorReason.Name(reason) if known else str(reason)
        yield from _found(
            (reason == ErrorReason.ERROR_REASON_UNSPECIFIED, "declares an unspecified error"),
            (not known, f"declares the unknown error {reason}"),
            (reason in reasons[:index], f"declares {name} twice"),
        )


def _quota_faults(quotas: Sequence[Quota], reasons: Sequence[ErrorReason]) -> Iterator[str]:
    declares = ErrorReason.QUOTA_EXCEEDED in reasons
    yield from _found(
        (bool(quotas) and not declares, "has quotas and does not declare QUOTA_EXCEEDED"),
        (not quotas and declares, "declares QUOTA_EXCEEDED and has no quota"),
    )
    names: list[str] = []
    for each in quotas:
        whose = each.scope != Scope.SCOPE_UNSPECIFIED and each.scope in Scope.values()
        empty = each.HasField("window") and each.window.ToTimedelta() <= timedelta()
        yield from _found(
            (not each.name, "has a quota without a name"),
            (each.name in names, f'has the quota "{each.name}" twice'),
            (not whose, f'quota "{each.name}" does not say whose'),
            (each.limit < 1, f'quota "{each.name}" lets nothing through'),
            (empty, f'quota "{each.name}" has an empty window'),
        )
        names.append(each.name)


def _found(*checks: tuple[bool, str]) -> Iterable[str]:
    return (fault for is_fault, fault in checks if is_fault)
